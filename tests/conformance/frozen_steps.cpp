#include "frozen_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recur/ir/edit.hpp"

namespace recur::conformance {
namespace {

using ir::Block;
using ir::BlockWriter;
using ir::Node;
using ir::Op;
using ir::ValueId;

bool is_step(const Node& node) { return node.op == Op::kStraightThrough; }

// The scans of the program with steps in their bodies, in order; steps stand nowhere else.
std::vector<size_t> scans_with_steps(const Block& program) {
  std::vector<size_t> found;
  for (size_t n = 0; n < program.nodes.size(); ++n)
    if (program.nodes[n].scan && std::any_of(program.nodes[n].scan->body->nodes.begin(), program.nodes[n].scan->body->nodes.end(), is_step)) found.push_back(n);
  return found;
}

// The program with what each step is away from its smooth value as further outputs, [T, ...].
ir::Program with_offsets(const ir::Program& of) {
  ir::Program program = ir::clone(of);
  for (const size_t n : scans_with_steps(program)) {
    ir::Scan& scan = *program.nodes[n].scan;
    BlockWriter body(std::move(*scan.body));
    const size_t count = body.block.nodes.size();
    for (size_t i = 0; i < count; ++i) {
      if (!is_step(body.block.nodes[i])) continue;
      const std::vector<ValueId> in = body.block.nodes[i].inputs;
      const ValueId offset = body.emit(Op::kSub, {in[0], in[1]});
      const auto place = static_cast<long>(scan.state_count + scan.y_count++);
      body.block.outputs.insert(body.block.outputs.begin() + place, offset);
      ir::Shape stacked = body.shape(offset);
      stacked.insert(stacked.begin(), program.shape(program.nodes[n].inputs[0])[0]);
      const auto made = static_cast<ValueId>(program.values.size());
      program.values.push_back({stacked, static_cast<int32_t>(n)});
      program.nodes[n].outputs.insert(program.nodes[n].outputs.begin() + place, made);
      program.outputs.push_back(made);
      program.output_names.push_back("");
    }
    *scan.body = std::move(body.block);
  }
  ir::verify(program);
  return program;
}

// The program with every step replaced by its smooth value plus an input "offset/<i>", in the order of with_offsets.
ir::Program with_inputs(const ir::Program& of) {
  BlockWriter writer(ir::clone(of));
  size_t number = 0;
  for (const size_t n : scans_with_steps(writer.block)) {
    const std::shared_ptr<ir::Scan> scan = writer.block.nodes[n].scan;
    BlockWriter body(std::move(*scan->body));
    const size_t count = body.block.nodes.size();
    for (size_t i = 0; i < count; ++i) {
      if (!is_step(body.block.nodes[i])) continue;
      const ir::Shape shape = body.shape(body.block.nodes[i].outputs[0]);
      const ValueId offset = body.input("", shape);
      body.block.inputs.pop_back();
      body.block.inputs.insert(body.block.inputs.begin() + scan->x_count, offset);
      body.block.nodes[i].op = Op::kAdd;
      body.block.nodes[i].inputs[0] = offset;
      ir::Shape stacked = shape;
      stacked.insert(stacked.begin(), writer.shape(writer.block.nodes[n].inputs[0])[0]);
      const ValueId input = writer.input(fmt::format("offset/{}", number++), stacked);
      std::vector<ValueId>& in = writer.block.nodes[n].inputs;
      in.insert(in.begin() + scan->x_count++, input);
    }
    ir::sort_topologically(body.block);
    *scan->body = std::move(body.block);
  }
  ir::sort_topologically(writer.block);
  ir::verify(writer.block);
  return std::move(writer.block);
}

}  // namespace

FrozenSteps freeze_steps(const LayerProgram& layer, const Numbers& inputs) {
  FrozenSteps frozen{layer, inputs};
  if (scans_with_steps(layer.program).empty()) return frozen;
  const std::vector<exec::Tensor> values = exec::Reference(with_offsets(layer.program)).run(inputs, kNoise);
  frozen.layer.program = with_inputs(layer.program);
  for (size_t i = layer.program.outputs.size(); i < values.size(); ++i)
    frozen.inputs[fmt::format("offset/{}", i - layer.program.outputs.size())] = values[i];
  return frozen;
}

}  // namespace recur::conformance
