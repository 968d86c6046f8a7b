// Making a block fit for compiling: simpler operators, one place a value, and an order with groups.
#include <algorithm>
#include <set>

#include "compiler.hpp"
#include "recur/ir/edit.hpp"
#include "recur/error/error.hpp"
#include "recur/ir/rewrite.hpp"

namespace recur::exec {

using ir::BlockWriter;
using ir::Rewrite;

bool joins_groups(Op op) { return ir::is_elementwise(op) || op == Op::kBroadcast; }

namespace {

// Operators that the executor knows only in terms of others.
Block desugar(const Block& block) {
  Rewrite rewrite(block);
  return rewrite.run([&](const Node& node) {
    BlockWriter& to = rewrite.to;
    const auto in = [&](size_t i) { return rewrite.at(node.inputs[i]); };
    switch (node.op) {
      case Op::kMean: {
        const ValueId sum = to.emit(Op::kSum, {in(0)}, node.ints);
        const double share = static_cast<double>(elements(to.shape(sum))) / static_cast<double>(elements(to.shape(in(0))));
        return rewrite.set(node.outputs[0], to.emit(Op::kMul, {sum, to.constant(share)}));
      }
      case Op::kOuter: {
        const Shape a = to.shape(in(0)), b = to.shape(in(1));
        const ValueId column = to.emit(Op::kReshape, {in(0)}, {a[0], a[1], 1}), row = to.emit(Op::kReshape, {in(1)}, {b[0], 1, b[1]});
        return rewrite.set(node.outputs[0], to.emit(Op::kMul, {column, row}));
      }
      case Op::kRoll: {
        const Shape shape = to.shape(in(0));
        const int64_t axis = node.ints[0];
        const int64_t size = shape[ir::axis_from_start(axis, shape)], shift = ((node.ints[1] % size) + size) % size;
        if (shift == 0) return rewrite.set(node.outputs[0], in(0));
        const ValueId tail = to.emit(Op::kSlice, {in(0)}, {axis, size - shift, size}), head = to.emit(Op::kSlice, {in(0)}, {axis, 0, size - shift});
        return rewrite.set(node.outputs[0], to.emit(Op::kConcat, {tail, head}, {axis}));
      }
      default: return rewrite.copy(node);
    }
  });
}

bool writes_in_place(Op op) {
  switch (op) {
    case Op::kInput: case Op::kConstant: case Op::kScan: case Op::kReshape: case Op::kSlice: return false;
    default: return true;
  }
}

}  // namespace

Block legalise(const Block& block, const std::vector<bool>& placed) {
  BlockWriter writer(desugar(block));
  Block& b = writer.block;
  std::set<ValueId> taken;
  const auto own = [&](ValueId id, bool strided) {
    const Op op = b.producer(id).op;
    const bool can = strided ? joins_groups(op) || op == Op::kMatmul || op == Op::kMatmulAdd : writes_in_place(op);
    if (can && taken.insert(id).second) return id;
    const ValueId copied = writer.emit(Op::kStopGradient, {id});  // the identity, as far as values go
    taken.insert(copied);
    return copied;
  };
  for (size_t i = 0; i < b.outputs.size(); ++i)
    if (placed[i]) b.outputs[i] = own(b.outputs[i], false);
  const size_t count = b.nodes.size();
  for (size_t n = 0; n < count; ++n) {
    if (b.nodes[n].op != Op::kConcat) continue;
    const Shape shape = b.shape(b.nodes[n].outputs[0]);
    View probe;
    probe.base = 0;
    probe.ld = cols_of(shape);
    if (!slice_of(probe, shape, b.nodes[n].ints[0], 0).valid()) continue;  // written by strided copies
    for (size_t i = 0; i < b.nodes[n].inputs.size(); ++i) {
      const ValueId part = own(b.nodes[n].inputs[i], true);
      b.nodes[n].inputs[i] = part;
    }
  }
  ir::sort_topologically(b);
  return std::move(b);
}

std::vector<std::vector<size_t>> schedule(const Block& block, const std::vector<bool>& only) {
  std::vector<bool> ready(block.values.size()), done(block.nodes.size());
  size_t left = 0;
  for (size_t n = 0; n < block.nodes.size(); ++n) {
    done[n] = !only[n];
    if (only[n]) ++left;
    else
      for (const ValueId out : block.nodes[n].outputs) ready[static_cast<size_t>(out)] = true;
  }
  const auto is_ready = [&](size_t n) {
    const Node& node = block.nodes[n];
    return !done[n] && std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId in) { return ready[static_cast<size_t>(in)]; });
  };
  const auto finish = [&](size_t n) {
    done[n] = true;
    --left;
    for (const ValueId out : block.nodes[n].outputs) ready[static_cast<size_t>(out)] = true;
  };
  std::vector<std::vector<size_t>> units;
  while (left > 0) {
    const size_t before = left;
    // What is no element-wise work first: it may set free more for the next group.
    for (size_t n = 0; n < block.nodes.size(); ++n) {
      if (joins_groups(block.nodes[n].op) || !is_ready(n)) continue;
      units.push_back({n});
      finish(n);
    }
    std::vector<size_t> group;
    for (size_t n = 0; n < block.nodes.size(); ++n) {
      if (!joins_groups(block.nodes[n].op) || !is_ready(n)) continue;
      if (!group.empty() && block.shape(block.nodes[group[0]].outputs[0]) != block.shape(block.nodes[n].outputs[0])) continue;
      group.push_back(n);
      finish(n);
    }
    if (!group.empty()) units.push_back(std::move(group));
    RECUR_CHECK(left < before, "{} nodes cannot be scheduled", left);
  }
  return units;
}

}  // namespace recur::exec
