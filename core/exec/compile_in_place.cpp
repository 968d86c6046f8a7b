// Gates over their pre-activations. A scan reads x W + b for all steps, adds h U and keeps the gates for its adjoint: three arrays
// of one size. Here the sum is written over what it begins from, and a gate over its part of the sum, so that the memory a step
// touches is less by half.
#include <algorithm>
#include <functional>

#include "compiler.hpp"
#include "recur/ir/edit.hpp"

namespace recur::exec {
namespace {

bool depends_on(const Block& block, ValueId value, size_t node) {
  const auto at = static_cast<size_t>(block.values[static_cast<size_t>(value)].node);
  if (at == node) return true;
  if (at < node) return false;
  return std::any_of(block.nodes[at].inputs.begin(), block.nodes[at].inputs.end(), [&](ValueId in) { return depends_on(block, in, node); });
}

// Nodes that read a value.
std::vector<size_t> readers(const Block& block, ValueId value) {
  std::vector<size_t> found;
  for (size_t n = 0; n < block.nodes.size(); ++n)
    if (std::find(block.nodes[n].inputs.begin(), block.nodes[n].inputs.end(), value) != block.nodes[n].inputs.end()) found.push_back(n);
  return found;
}

bool is_output(const Block& block, ValueId value) { return std::find(block.outputs.begin(), block.outputs.end(), value) != block.outputs.end(); }

// A part of a row that one operator reads, and nobody after it.
struct Part {
  int64_t begin, size;
  size_t reader;
};

// The parts of a value, or none where its readers are not slices of its last axis that lie apart and have one reader each.
std::vector<Part> parts_of(const Block& block, ValueId value) {
  std::vector<Part> parts;
  const auto rank = static_cast<int64_t>(block.shape(value).size());
  for (const size_t n : readers(block, value)) {
    const Node& slice = block.nodes[n];
    if (slice.op != Op::kSlice || (slice.ints[0] != -1 && slice.ints[0] != rank - 1) || is_output(block, slice.outputs[0])) return {};
    const std::vector<size_t> users = readers(block, slice.outputs[0]);
    if (users.size() != 1) return {};
    parts.push_back({slice.ints[1], slice.ints[2] - slice.ints[1], users[0]});
  }
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.begin < b.begin; });
  for (size_t i = 1; i < parts.size(); ++i)
    if (parts[i - 1].begin + parts[i - 1].size > parts[i].begin) return {};
  return parts;
}

}  // namespace

void Compiler::reuse_inputs(Frame& frame, const Node& node, Frame& inside) {
  const ir::Scan& scan = *node.scan;
  const Block& body = inside.block;
  for (size_t i = 0; i < static_cast<size_t>(scan.x_count); ++i) {
    // The array must be this scan's alone, made at this level, and made again in each run.
    const ValueId outer = node.inputs[i];
    const View& array = frame.views[static_cast<size_t>(outer)];
    const Op maker = frame.block.producer(outer).op;
    const Buffer& buffer = plan_.buffers[static_cast<size_t>(array.base)];
    const bool own = (maker == Op::kMatmul || maker == Op::kMatmulAdd) && frame.uses[static_cast<size_t>(outer)] == 1 && !buffer.persistent &&
                     buffer.external < 0 && view_level(array) == level() && is_dense(array, frame.block.shape(outer));
    ValueId base = body.inputs[i];
    if (!own || is_output(body, base)) continue;

    const std::vector<size_t> users = readers(body, base);
    if (users.size() == 1 && body.nodes[users[0]].op == Op::kMatmulAdd && body.nodes[users[0]].inputs[2] == base &&
        body.nodes[users[0]].inputs[0] != base && !inside.views[static_cast<size_t>(body.nodes[users[0]].outputs[0])].valid() &&
        !is_output(body, body.nodes[users[0]].outputs[0])) {
      const ValueId sum = body.nodes[users[0]].outputs[0];
      inside.views[static_cast<size_t>(sum)] = inside.views[static_cast<size_t>(base)];
      base = sum;
    }

    std::vector<Part> parts = parts_of(body, base);
    for (size_t j = 0; j < static_cast<size_t>(scan.y_count); ++j) {
      const size_t at = static_cast<size_t>(scan.state_count) + j;
      const ValueId value = body.outputs[at];
      View& place = frame.views[static_cast<size_t>(node.outputs[at])];
      const bool stacked = !place.valid() && joins_groups(body.producer(value).op) && std::count(body.outputs.begin(), body.outputs.end(), value) == 1 &&
                           std::find(body.inputs.begin(), body.inputs.end(), value) == body.inputs.end();
      if (!stacked) continue;
      const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& p) {
        return cols_of(body.shape(value)) == p.size && rows_of(body.shape(value)) == rows_of(body.shape(base)) && depends_on(body, value, p.reader);
      });
      if (part == parts.end()) continue;
      place = slice_of(array, frame.block.shape(outer), -1, part->begin);
      parts.erase(part);
    }
  }
}

}  // namespace recur::exec
