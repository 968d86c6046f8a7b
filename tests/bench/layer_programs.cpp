#include "layer_programs.hpp"

#include <map>

namespace recur::bench {

LayerProgram layer_program(const plugin::CellInstance& cell, const LayerSizes& sizes, recur_phase phase) {
  ir::Builder b;
  LayerProgram layer;
  std::map<std::string, ir::ValueId> weights;
  for (const plugin::WeightInfo& weight : cell.weights()) {
    weights[weight.name] = b.input(weight.name, ir::Shape(weight.dims.begin(), weight.dims.end()));
    layer.weights.push_back(weight.name);
  }
  plugin::LayerInputs in;
  in.x = b.input("x", {sizes.T, sizes.N, cell.input()});
  for (const plugin::StateInfo& state : cell.states()) {
    ir::Shape shape(state.dims.begin(), state.dims.end());
    shape.insert(shape.begin(), sizes.N);
    in.initial.push_back(b.input("initial/" + state.name, shape));
  }
  in.phase = phase;
  in.weights = [&](const std::string& name) { return weights.at(name); };
  const plugin::LayerOutputs out = cell.record_layer(b, in);
  const ir::ValueId d_y = b.input("d_y", b.shape(out.y));
  std::vector<ir::ValueId> outputs{b.sum(b.mul(out.y, d_y), {0, 1, 2}), out.y};
  std::vector<std::string> names{"loss", "y"};
  for (size_t i = 0; i < out.final_states.size(); ++i) {
    outputs.push_back(out.final_states[i]);
    names.push_back("final/" + cell.states()[i].name);
  }
  layer.program = b.finish(outputs, names);
  return layer;
}

}  // namespace recur::bench
