#include "layer_program.hpp"

#include <map>

#include "recur/ir/edit.hpp"

namespace recur::conformance {

LayerProgram layer_program(const plugin::CellInstance& cell, const LayerSizes& sizes, bool lengths, recur_phase phase) {
  ir::Builder b;
  LayerProgram layer;
  std::map<std::string, ir::ValueId> weights;
  for (const plugin::WeightInfo& weight : cell.weights()) {
    weights[weight.name] = b.input(weight.name, weight.dims);
    layer.weights.push_back(weight.name);
  }
  layer.differentiable = layer.weights;
  plugin::LayerInputs in;
  in.x = b.input("x", {sizes.T, sizes.N, cell.input()});
  layer.differentiable.push_back("x");
  for (const plugin::StateInfo& state : cell.states()) {
    ir::Shape shape = state.dims;
    shape.insert(shape.begin(), sizes.N);
    in.initial.push_back(b.input("initial/" + state.name, shape));
    layer.differentiable.push_back("initial/" + state.name);
  }
  if (lengths) in.lengths = b.input("lengths", {sizes.N});
  in.segments = plugin::segment_inputs(b, cell.levels(), sizes.T, sizes.N);
  in.phase = phase;
  in.weights = [&](const std::string& name) { return weights.at(name); };
  const plugin::LayerOutputs out = cell.record_layer(b, in);

  const auto product = [&](const std::string& name, ir::ValueId value) {
    std::vector<int64_t> axes;
    for (size_t i = 0; i < b.shape(value).size(); ++i) axes.push_back(static_cast<int64_t>(i));
    return b.sum(b.mul(value, b.input(name, b.shape(value))), axes);
  };
  ir::ValueId loss = product("d_y", out.y);
  std::vector<ir::ValueId> outputs{ir::kNone, out.y};
  std::vector<std::string> names{"loss", "y"};
  for (size_t i = 0; i < out.final_states.size(); ++i) {
    const std::string& state = cell.states()[i].name;
    loss = b.add(loss, product("d_final/" + state, out.final_states[i]));
    outputs.push_back(out.final_states[i]);
    names.push_back("final/" + state);
  }
  for (const plugin::AuxiliaryLoss& auxiliary : out.losses) loss = b.add(loss, b.mul(auxiliary.value, b.constant(auxiliary.scale)));
  outputs[0] = loss;
  layer.program = bind_segments(b.finish(outputs, names), cell.levels(), sizes.T);
  return layer;
}

int64_t segments_of(int64_t steps, int64_t level) {
  for (int64_t l = 0; l < level; ++l) steps = (steps + 1) / 2;
  return steps;
}

ir::Program bind_segments(const ir::Program& program, int64_t levels, int64_t steps) {
  if (levels == 0) return program;
  ir::Bindings bindings;
  for (int64_t level = 1; level <= levels; ++level) bindings[RECUR_DIM_SEGMENTS(level)] = segments_of(steps, level);
  return ir::bind(program, bindings);
}

LayerProgram without_noise(LayerProgram layer) {
  layer.program = ir::clone(layer.program);
  ir::for_each_block(layer.program, [](ir::Block& block) {
    for (ir::Node& node : block.nodes) {
      if (!ir::is_noise(node.op)) continue;
      node.reals = {node.op == ir::Op::kUniform ? 0.5 : 0.0};
      node.op = ir::Op::kConstant;
    }
  });
  return layer;
}

}  // namespace recur::conformance
