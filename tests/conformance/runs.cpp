// Running again, on more threads, and from a file gives the same bits; and replaying takes no memory.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "allocations.hpp"
#include "conformance.hpp"
#include "layer_run.hpp"
#include "recur/store/experiment.hpp"

namespace recur::conformance {
namespace {

constexpr LayerSizes kSizes{.T = 8, .N = 5, .I = 17, .H = 33};

Finding compare_bits(const Numbers& a, const Numbers& b) {
  for (const auto& [name, tensor] : a)
    if (Finding finding = bit_difference(tensor, b.at(name), name); !finding.empty()) return finding;
  return "";
}

// A directory that goes with the object.
struct TemporaryDirectory {
  std::filesystem::path path = [] {
    std::string name = (std::filesystem::temp_directory_path() / "recur-conformance-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    return std::filesystem::path(name);
  }();
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

Finding two_runs_are_bit_equal(const plugin::Registry& registry, const CellUnderTest& cell) {
  const auto run = [&](exec::Path path) {
    const plugin::CellInstance instance = registry.make(cell.id, kSizes.I, kSizes.H, cell.hypers);
    const LayerProgram layer = layer_program(instance, kSizes, path == exec::Path::kRecorded);
    return run_native(layer, draw_inputs(layer, kSizes, 7), true, path);
  };
  for (const exec::Path path : {exec::Path::kRecorded, exec::Path::kLowered})
    if (const Finding finding = compare_bits(run(path), run(path)); !finding.empty()) return finding;
  return "";
}

Finding two_workers_are_bit_equal_to_one(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, kSizes.I, kSizes.H, cell.hypers);
  const LayerProgram layer = layer_program(instance, kSizes, true);
  std::vector<Numbers> inputs, one(4), two(4);
  for (size_t i = 0; i < one.size(); ++i) inputs.push_back(draw_inputs(layer, kSizes, 8 + i));
  for (size_t i = 0; i < one.size(); ++i) one[i] = run_native(layer, inputs[i], true);
  const auto work = [&](size_t first) {
    for (size_t i = first; i < two.size(); i += 2) two[i] = run_native(layer, inputs[i], true);
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  for (size_t i = 0; i < one.size(); ++i)
    if (Finding finding = compare_bits(one[i], two[i]); !finding.empty()) return finding;
  return "";
}

Finding replaying_allocates_nothing(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, kSizes.I, kSizes.H, cell.hypers);
  const LayerProgram layer = layer_program(instance, kSizes, true);
  Numbers inputs = draw_inputs(layer, kSizes, 9);
  exec::PathMemory memory;
  exec::Engine engine = exec::compile_training(layer.program, 0, layer.weights, memory, exec::Path::kRecorded);
  std::map<std::string, std::vector<float>> values;
  for (const auto& [name, tensor] : inputs) {
    values[name].assign(tensor.data.begin(), tensor.data.end());
    engine.native.bind_input(name, values[name].data());
  }
  engine.native.run();
  const size_t before = allocations();
  for (int i = 0; i < 3; ++i) {
    engine.native.weights_changed();
    engine.native.run();
  }
  const size_t taken = allocations() - before;
  return taken == 0 ? "" : fmt::format("three runs allocated {} times", taken);
}

Finding saved_weights_are_loaded_equal(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, kSizes.I, kSizes.H, cell.hypers);
  const LayerProgram layer = layer_program(instance, kSizes);
  const Numbers inputs = draw_inputs(layer, kSizes, 10);
  const TemporaryDirectory directory;
  store::Experiment experiment({.root = directory.path, .name = "weights", .definition = "name: weights\n"});
  store::TrialSpec spec;
  spec.name = "trial";
  store::Outcome outcome;
  for (const plugin::WeightInfo& weight : instance.weights()) {
    const std::vector<double>& values = inputs.at(weight.name).data;
    outcome.last.push_back({"layer0/" + weight.name, weight.dims, {values.begin(), values.end()}, {{"gates", weight.gates}}});
  }
  experiment.begin(spec).finish(outcome);
  Numbers loaded = inputs;
  const store::TrialRecord record = store::read_trial(experiment.trial_file("trial"));
  if (record.outcome.last.size() != instance.weights().size()) return fmt::format("{} of {} weights came back", record.outcome.last.size(), instance.weights().size());
  for (const store::Array& array : record.outcome.last) loaded[array.name.substr(7)] = {array.shape, {array.values.begin(), array.values.end()}};
  return compare_bits(run_native(layer, inputs, false), run_native(layer, loaded, false));
}

}  // namespace recur::conformance
