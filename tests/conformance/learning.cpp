// A cell learns to carry one bit over a few steps: the sign of an impulse at the first step is asked for at the last.
#include <fmt/format.h>

#include <cmath>

#include "conformance.hpp"
#include "layer_run.hpp"
#include "recur/exec/engine.hpp"
#include "recur/random/stream.hpp"

namespace recur::conformance {
namespace {

constexpr int64_t T = 6, N = 16, H = 12, kUpdates = 400;

struct Parameter {
  std::string name;
  std::vector<float> values, mean, square;
};

// One step of Adam (Kingma, Ba 2015, algorithm 1).
void adam(Parameter& p, std::span<const float> gradient, int64_t update) {
  const double rate = 0.02 * std::sqrt(1 - std::pow(0.999, static_cast<double>(update))) / (1 - std::pow(0.9, static_cast<double>(update)));
  for (size_t i = 0; i < p.values.size(); ++i) {
    const float g = std::clamp(gradient[i], -1.0f, 1.0f);
    p.mean[i] = 0.9f * p.mean[i] + 0.1f * g;
    p.square[i] = 0.999f * p.square[i] + 0.001f * g * g;
    p.values[i] -= static_cast<float>(rate) * p.mean[i] / (std::sqrt(p.square[i]) + 1e-8f);
  }
}

}  // namespace

Finding learns_a_delayed_impulse(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, 2, H, cell.hypers);
  ir::Builder b;
  std::vector<Parameter> parameters;
  std::vector<std::string> names;
  std::map<std::string, ir::ValueId> values;
  const auto parameter = [&](const std::string& name, const ir::Shape& shape, double range) {
    values[name] = b.input(name, shape);
    size_t size = 1;
    for (const int64_t dim : shape) size *= static_cast<size_t>(dim);
    Parameter p{name, std::vector<float>(size), std::vector<float>(size), std::vector<float>(size)};
    Stream stream(1, 0, name);
    for (float& value : p.values) value = static_cast<float>(stream.uniform(-range, range));
    parameters.push_back(std::move(p));
    names.push_back(name);
  };
  for (const plugin::WeightInfo& weight : instance.weights()) parameter(weight.name, weight.dims, weight.dims.size() == 1 ? 0 : 0.5);
  parameter("readout", {instance.output(), 1}, 0.3);
  plugin::LayerInputs in;
  in.x = b.input("x", {T, N, 2});  // the impulse, and a mark at the last step
  in.weights = [&](const std::string& name) { return values.at(name); };
  in.segments = plugin::segment_inputs(b, instance.levels(), T, N);
  const plugin::LayerOutputs out = instance.record_layer(b, in);
  const ir::ValueId last = b.reshape(b.slice(out.y, 0, T - 1, T), {N, instance.output()});
  const ir::ValueId error = b.sub(b.matmul(last, values.at("readout")), b.input("target", {N, 1}));
  const ir::ValueId squared = b.mean(b.mul(error, error), {0, 1});
  ir::ValueId loss = squared;
  for (const plugin::AuxiliaryLoss& auxiliary : out.losses) loss = b.add(loss, b.mul(auxiliary.value, b.constant(0.01 * auxiliary.scale)));
  exec::PathMemory memory;
  exec::Engine engine = exec::compile_training(bind_segments(b.finish({loss, squared}, {"loss", "squared"}), instance.levels(), T), 0, names, memory, exec::Path::kRecorded);
  for (const Parameter& p : parameters) engine.native.bind_input(p.name, p.values.data());

  Numbers boundaries;
  draw_segments(boundaries, instance.levels(), T, N, {}, 4);
  for (const auto& [name, tensor] : boundaries) std::copy(tensor.data.begin(), tensor.data.end(), engine.native.input(name).begin());

  Stream signs(2);
  double first = 0, latest = 0;
  for (int64_t update = 1; update <= kUpdates; ++update) {
    const std::span<float> x = engine.native.input("x"), target = engine.native.input("target");
    std::fill(x.begin(), x.end(), 0.0f);
    for (size_t n = 0; n < static_cast<size_t>(N); ++n) {
      target[n] = signs.below(2) == 0 ? -1.0f : 1.0f;
      x[n * 2] = target[n];
      x[((T - 1) * N + n) * 2 + 1] = 1;
    }
    engine.native.weights_changed();
    engine.native.run({.seed = 3, .step = static_cast<uint64_t>(update)});
    latest = engine.native.output("squared")[0];
    if (update == 1) first = latest;
    for (size_t p = 0; p < parameters.size(); ++p) adam(parameters[p], engine.native.output(2 + p), update);
  }
  return latest < 0.05 ? "" : fmt::format("the squared error fell from {:.3f} to {:.3f} in {} updates, not below 0.05", first, latest, kUpdates);
}

}  // namespace recur::conformance
