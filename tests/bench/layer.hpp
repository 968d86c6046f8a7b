// A recurrent layer that the benchmarks run: its training step with a given gradient by its outputs, compiled, with random inputs.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "layer_program.hpp"
#include "recur/exec/engine.hpp"
#include "recur/ir/adjoint.hpp"
#include "recur/ir/passes.hpp"
#include "recur/random/stream.hpp"

namespace recur::bench {

using conformance::layer_program;
using conformance::LayerProgram;
using conformance::LayerSizes;

inline const plugin::Registry& registry() {
  static const plugin::Registry found([] {
    plugin::ScanOptions options;
    options.paths = {RECUR_BENCH_PLUGINS, RECUR_BENCH_FIXTURES};
    options.environment = "";
    options.probe = RECUR_BENCH_PROBE;
    return options;
  }());
  return found;
}

inline std::vector<float> draw(size_t size, double range, uint64_t seed) {
  Stream stream(seed);
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(stream.uniform(-range, range));
  return values;
}

// Of the products of a training step, forwards and backwards.
inline double product_flops_of(const plugin::CellInstance& cell, const LayerSizes& s) {
  const LayerProgram layer = layer_program(cell, s);
  return ir::product_flops(ir::optimize(ir::differentiate(layer.program, 0, layer.differentiable)));
}

struct Layer {
  Layer(const plugin::CellInstance& cell, const LayerSizes& s, exec::PathChoice choice)
      : program(layer_program(cell, s)), engine(exec::compile_training(program.program, 0, program.weights, memory, choice, further(cell))) {
    for (const ir::ValueId id : program.program.inputs) {
      const std::string& name = program.program.producer(id).name;
      size_t size = 1;
      for (const int64_t dim : program.program.shape(id)) size *= static_cast<size_t>(dim);
      inputs[name] = draw(size, name == "x" || name == "d_y" ? 1 : 1 / std::sqrt(static_cast<double>(s.H)), 1);
      engine.native.bind_input(name, inputs[name].data());
    }
  }
  static std::vector<std::string> further(const plugin::CellInstance& cell) {
    std::vector<std::string> names{"x"};
    for (const plugin::StateInfo& carried : cell.states()) names.push_back("initial/" + carried.name);
    return names;
  }
  void step() {
    engine.native.weights_changed();
    engine.native.run();
  }

  LayerProgram program;
  exec::PathMemory memory;
  std::map<std::string, std::vector<float>> inputs;
  exec::Engine engine;
};

}  // namespace recur::bench
