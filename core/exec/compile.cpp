#include <algorithm>

#include "compiler.hpp"
#include "recur/ir/edit.hpp"
#include "recur/error/error.hpp"

namespace recur::exec {

Plan compile(const ir::Program& program, const std::vector<std::string>& weights) { return Compiler().compile(program, weights); }

Plan Compiler::compile(const ir::Program& program, const std::vector<std::string>& weights) {
  const Block block = legalise(program, std::vector<bool>(program.outputs.size(), true));
  lists_.push_back(&plan_.main);

  Frame frame{block, std::vector<View>(block.values.size()), ir::use_counts(block)};
  const auto external = [&](const std::string& name, const Shape& shape) {
    View view = dense(shape);
    Buffer& buffer = plan_.buffers[static_cast<size_t>(view.base)];
    buffer.persistent = true;
    buffer.external = plan_.bases++;
    return Plan::Port{name, view, elements(shape), false};
  };
  std::vector<bool> weight(block.values.size());  // depends on weights alone
  for (const ValueId id : block.inputs) {
    Plan::Port port = external(block.producer(id).name, block.shape(id));
    port.weight = std::find(weights.begin(), weights.end(), port.name) != weights.end();
    weight[static_cast<size_t>(id)] = port.weight;
    if (port.weight) weight_buffers_.insert(port.view.base);
    frame.views[static_cast<size_t>(id)] = port.view;
    plan_.inputs.push_back(std::move(port));
  }
  for (size_t i = 0; i < block.outputs.size(); ++i) {
    plan_.outputs.push_back(external(i < block.output_names.size() ? block.output_names[i] : "", block.shape(block.outputs[i])));
    frame.views[static_cast<size_t>(block.outputs[i])] = plan_.outputs.back().view;
  }

  std::vector<bool> early(block.nodes.size()), late(block.nodes.size());
  for (size_t n = 0; n < block.nodes.size(); ++n) {
    const Node& node = block.nodes[n];
    if (node.op == Op::kInput || node.op == Op::kConstant) continue;
    early[n] = !node.inputs.empty() && node.op != Op::kScan && node.op != Op::kPrimitive && node.op != Op::kPrimitiveGradient;
    for (const ValueId in : node.inputs) early[n] = early[n] && (weight[static_cast<size_t>(in)] || block.producer(in).op == Op::kConstant);
    early[n] = early[n] && std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId in) { return weight[static_cast<size_t>(in)]; });
    late[n] = !early[n];
    if (early[n])
      for (const ValueId out : node.outputs) weight[static_cast<size_t>(out)] = true;
  }
  prologue_ = true;
  compile_nodes(frame, early);
  prologue_ = false;
  compile_nodes(frame, late);
  assign_memory();
  return std::move(plan_);
}

void Compiler::compile_nodes(Frame& frame, const std::vector<bool>& only) {
  const std::vector<std::vector<size_t>> units = schedule(frame.block, only);
  place(frame, units);
  for (const std::vector<size_t>& unit : units) {
    const Node& first = frame.block.nodes[unit[0]];
    if (joins_groups(first.op)) compile_group(frame, unit);
    else compile_node(frame, first);
  }
}

// Gives the parts of a concatenation their places in it, so that nothing has to be copied; from the last node to the first, since a
// concatenation may itself have a place.
void Compiler::place(Frame& frame, const std::vector<std::vector<size_t>>& units) {
  for (size_t u = units.size(); u-- > 0;) {
    const Node& node = frame.block.nodes[units[u][0]];
    if (node.op != Op::kConcat) continue;
    const Shape& shape = frame.block.shape(node.outputs[0]);
    const size_t axis = ir::axis_from_start(node.ints[0], shape);
    const View whole = result(frame, node.outputs[0]);
    int64_t begin = 0;
    for (const ValueId part : node.inputs) {
      View& view = frame.views[static_cast<size_t>(part)];
      const Node& producer = frame.block.producer(part);
      // legalise() has made each part that can be written in place a value of this concatenation alone.
      const bool own = frame.uses[static_cast<size_t>(part)] >= 1 && producer.op != Op::kInput && producer.op != Op::kConstant &&
                       (joins_groups(producer.op) || producer.op == Op::kMatmul || producer.op == Op::kMatmulAdd);
      if (!view.valid() && own) {
        const View slot = slice_of(whole, shape, node.ints[0], begin);
        if (slot.valid()) view = slot;
      }
      begin += frame.block.shape(part)[axis];
    }
  }
}

void Compiler::compile_node(Frame& frame, const Node& node) {
  switch (node.op) {
    case Op::kInput: case Op::kConstant: return;
    case Op::kScan: return compile_scan(frame, node);
    case Op::kMatmul: case Op::kMatmulAdd:
      return frame.block.shape(node.inputs[1]).size() == 3 ? compile_batched(frame, node) : compile_matmul(frame, node);
    case Op::kOuterSum: return compile_outer_sum(frame, node);
    case Op::kPrimitive: case Op::kPrimitiveGradient: return compile_primitive(frame, node);
    default: return compile_operator(frame, node);
  }
}

}  // namespace recur::exec
