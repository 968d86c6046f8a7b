// A sequence's result is its own: neighbours in the batch, padding behind its end and the cut into chunks do not change a bit.
#include <fmt/format.h>

#include "conformance.hpp"
#include "layer_run.hpp"

namespace recur::conformance {
namespace {

constexpr LayerSizes kSizes{.T = 9, .N = 7, .I = 13, .H = 21};

LayerSizes alone(int64_t steps) { return {.T = steps, .N = 1, .I = kSizes.I, .H = kSizes.H}; }

// The rows of an input "segments<level>/ends" or "segments<level>/of" over so many steps.
int64_t boundary_rows(const std::string& name, int64_t steps) {
  const int64_t level = name[8] - '0';
  return segments_of(steps, name.ends_with("/ends") ? level : level - 1);
}

// The inputs of sequence n by itself, its first `steps` steps.
Numbers inputs_of(const Numbers& all, const LayerProgram& layer, int64_t n, int64_t steps) {
  Numbers one;
  for (const auto& [name, tensor] : all) {
    if (std::find(layer.weights.begin(), layer.weights.end(), name) != layer.weights.end()) one[name] = tensor;
    else if (name == "x" || name == "d_y") one[name] = steps_of(sequence_of(tensor, n, true), 0, steps);
    else if (name.starts_with("segments") && !name.ends_with("/counts")) one[name] = steps_of(sequence_of(tensor, n, true), 0, boundary_rows(name, steps));
    else if (name != "lengths") one[name] = sequence_of(tensor, n, false);
  }
  return one;
}

Finding compare_alone(const plugin::CellInstance& instance, bool lengths) {
  const LayerProgram batch = without_noise(layer_program(instance, kSizes, lengths, RECUR_EVALUATE));
  const Numbers inputs = draw_inputs(batch, kSizes, 5);
  const Numbers together = run_native(batch, inputs, false);
  for (int64_t n = 0; n < kSizes.N; ++n) {
    const int64_t steps = lengths ? static_cast<int64_t>(inputs.at("lengths").data[static_cast<size_t>(n)]) : kSizes.T;
    const LayerProgram single = without_noise(layer_program(instance, alone(steps), false, RECUR_EVALUATE));
    const Numbers own = run_native(single, inputs_of(inputs, batch, n, steps), false);
    const std::string what = fmt::format("sequence {} of {} steps: ", n, steps);
    Finding finding = bit_difference(steps_of(sequence_of(together.at("y"), n, true), 0, steps), own.at("y"), what + "y");
    for (const plugin::StateInfo& state : instance.states())
      if (finding.empty()) finding = bit_difference(sequence_of(together.at("final/" + state.name), n, false), own.at("final/" + state.name), what + state.name);
    if (!finding.empty()) return finding;
    for (size_t i = 0; i < together.at("y").data.size() && lengths; ++i) {
      const auto width = together.at("y").data.size() / static_cast<size_t>(kSizes.T * kSizes.N);
      const auto t = static_cast<int64_t>(i / width) / kSizes.N, m = static_cast<int64_t>(i / width) % kSizes.N;
      if (m == n && t >= steps && together.at("y").data[i] != 0) return what + "the output behind its end is not zero";
    }
  }
  return "";
}

// With its noise: sequence 0 keeps its own steps while all others, or what stands behind the ends, become other numbers.
Finding compare_changed(const plugin::CellInstance& instance, bool padding) {
  const LayerProgram batch = layer_program(instance, kSizes, padding, RECUR_EVALUATE);
  Numbers inputs = draw_inputs(batch, kSizes, 5);
  const Numbers before = run_native(batch, inputs, false);
  std::vector<double>& x = inputs["x"].data;
  const auto width = static_cast<size_t>(kSizes.I), N = static_cast<size_t>(kSizes.N);
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t t = i / width / N, n = i / width % N;
    if (padding ? static_cast<double>(t) >= inputs["lengths"].data[n] : n != 0) x[i] = 0.25 - x[i];
  }
  const Numbers after = run_native(batch, inputs, false);
  for (int64_t n = 0; n < (padding ? kSizes.N : 1); ++n)
    if (const Finding finding = bit_difference(sequence_of(before.at("y"), n, true), sequence_of(after.at("y"), n, true), fmt::format("sequence {} with noise", n)); !finding.empty())
      return finding;
  return "";
}

}  // namespace

Finding sequences_do_not_depend_on_neighbours(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, kSizes.I, kSizes.H, cell.hypers);
  const Finding finding = compare_alone(instance, false);
  return finding.empty() ? compare_changed(instance, false) : finding;
}

Finding sequences_do_not_depend_on_padding(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, kSizes.I, kSizes.H, cell.hypers);
  const Finding finding = compare_alone(instance, true);
  return finding.empty() ? compare_changed(instance, true) : finding;
}

Finding chunks_with_carried_state_equal_the_whole(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, kSizes.I, kSizes.H, cell.hypers);
  if (instance.states().empty()) return "";  // nothing is carried
  const LayerProgram whole = without_noise(layer_program(instance, kSizes, false, RECUR_EVALUATE));
  Numbers inputs = draw_inputs(whole, kSizes, 6);
  const Numbers expected = run_native(whole, inputs, false);
  const exec::Tensor x = inputs.at("x"), d_y = inputs.at("d_y");
  int64_t begin = 0;
  for (const int64_t end : {int64_t{4}, int64_t{5}, kSizes.T}) {
    LayerSizes sizes = kSizes;
    sizes.T = end - begin;
    inputs["x"] = steps_of(x, begin, end);
    inputs["d_y"] = steps_of(d_y, begin, end);
    const Numbers part = run_native(without_noise(layer_program(instance, sizes, false, RECUR_EVALUATE)), inputs, false);
    const Finding finding = bit_difference(part.at("y"), steps_of(expected.at("y"), begin, end), fmt::format("steps {} to {}", begin, end));
    if (!finding.empty()) return finding;
    for (const plugin::StateInfo& state : instance.states()) inputs["initial/" + state.name] = part.at("final/" + state.name);
    begin = end;
  }
  return "";
}

}  // namespace recur::conformance
