#include "recur/train/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"
#include "recur/train/stepper.hpp"

namespace recur::train {
namespace {

using Input = data::InputSpec::Kind;
using Output = data::OutputSpec::Kind;

int64_t product(const std::vector<int64_t>& dims) { return std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>()); }

bool has_target(const data::TaskSpec& spec) {
  return spec.output.at == data::OutputSpec::At::every_step && (spec.output.kind == Output::regression || spec.output.kind == Output::binary);
}

// Why a network cannot be run step by step; "" where it can.
std::string not_by_step(const model::Network& network) {
  for (const plugin::CellInstance& layer : network.layers())
    if (layer.info().kind != RECUR_CELL)
      return fmt::format("'{}' reads whole sequences, so it has no states after each step; look at a model of cells alone", layer.info().id);
  if (network.spec().output.kind == Output::density) return "the model of a density draws its own input when it is run step by step";
  if (network.spec().characters > 0) return "the task gives its model spellings with each batch, so the model cannot be run step by step";
  return "";
}

void require_steps(const model::Network& network) {
  if (const std::string why = not_by_step(network); !why.empty()) throw UserError(why);
}

// The names that are meant, in the order in which they were asked for.
std::vector<std::string> resolved(std::span<const std::string> names, const std::vector<std::string>& known) {
  std::vector<std::string> all;
  for (const std::string& name : names) {
    bool found = false;
    for (const std::string& each : known) {
      if (!is_meant(name, each)) continue;
      found = true;
      if (std::find(all.begin(), all.end(), each) == all.end()) all.push_back(each);
    }
    if (found) continue;
    std::vector<std::string> near = known;
    if (name.find('/') == std::string::npos)
      for (std::string& each : near) each.erase(0, each.find('/') + 1);
    throw UserError(fmt::format("the model has no state '{}'{}", name, suggestion(name, near)));
  }
  return all;
}

// One sequence of a part.
struct Sequence {
  int64_t steps = 0;
  std::vector<float> x, y;      // [T, C], [T, K]
  std::vector<int32_t> tokens;  // [T]
};

Sequence read(const data::TaskSpec& spec, const data::Batches& batches, int64_t index) {
  const data::BatchShape shape = batches.shape(index);
  const int64_t T = shape.time;
  Sequence sequence;
  const auto times = [&](int64_t width) { return static_cast<size_t>(T * width); };
  std::vector<int32_t> labels, lengths(1, static_cast<int32_t>(T));
  std::vector<float> counts(times(1));
  if (spec.input.kind == Input::continuous) sequence.x.resize(times(spec.input.width));
  else sequence.tokens.resize(times(1));
  if (spec.output.kind == Output::categorical) labels.resize(times(1));
  else sequence.y.resize(times(spec.output.width));
  data::BatchBuffers buffers{.x = sequence.x, .tokens = sequence.tokens, .y = sequence.y, .labels = labels, .lengths = lengths, .counts = counts};
  // Cells do not read boundaries, but they come with the batch.
  std::array<std::array<std::vector<int32_t>, 3>, data::kMaxLevels> segments;
  int64_t below = T;
  for (size_t l = 0; l < static_cast<size_t>(spec.levels); ++l) {
    auto& [ends, of, count] = segments[l];
    ends.resize(static_cast<size_t>(shape.segments[l]));
    of.resize(static_cast<size_t>(below));
    count.resize(1);
    buffers.segments[l] = {ends, of, count};
    below = shape.segments[l];
  }
  batches.fill(index, buffers);
  sequence.steps = spec.has_lengths ? lengths[0] : T;
  return sequence;
}

// Numbers of the batches of one sequence each that are to be read: all before it where the state is carried on, itself last.
std::vector<int64_t> batches_to_read(const data::TaskSpec& spec, const data::Batches& batches, const TraceOptions& options) {
  int64_t found = 0;
  for (int64_t b = 0; b < batches.size(); ++b) {
    if (options.group >= 0 && batches.shape(b).group != options.group) continue;
    if (found++ < options.sequence) continue;
    std::vector<int64_t> all(spec.carries_state ? static_cast<size_t>(b) : 0);
    std::iota(all.begin(), all.end(), int64_t{0});
    all.push_back(b);
    return all;
  }
  throw UserError(fmt::format("there is no sequence {}: the {} part has {}, counted from 0", options.sequence, to_string(options.part), found));
}

std::vector<float> shown(std::span<const float> prediction, Output kind) {
  std::vector<float> out(prediction.begin(), prediction.end());
  if (kind == Output::binary)
    for (float& value : out) value = 1 / (1 + std::exp(-value));
  if (kind != Output::categorical) return out;
  const float largest = *std::max_element(out.begin(), out.end());
  float sum = 0;
  for (float& value : out) sum += value = std::exp(value - largest);
  for (float& value : out) value /= sum;
  return out;
}

}  // namespace

int64_t Trace::size() const { return product(dims); }
int64_t Trace::steps() const { return size() == 0 ? 0 : static_cast<int64_t>(values.size()) / size(); }

std::vector<std::string> traceable(const model::Network& network) {
  std::vector<std::string> names;
  if (!not_by_step(network).empty()) return names;
  for (const model::CarriedState& state : network.states()) names.push_back(state.name);
  names.emplace_back("input");
  names.emplace_back("prediction");
  if (has_target(network.spec())) names.emplace_back("target");
  return names;
}

bool is_meant(std::string_view asked, std::string_view name) { return name == asked || name.ends_with("/" + std::string(asked)); }

void check_trace(const data::Task& task, const model::Network& network, std::span<const std::string> names, const TraceOptions& options) {
  require_steps(network);
  resolved(names, traceable(network));
  batches_to_read(network.spec(), *task.batches(options.part, 1), options);
}

std::vector<Trace> trace(const data::Task& task, const model::Network& network, const model::ParameterSet& weights,
                         std::span<const std::string> names, const TraceOptions& options, exec::PathMemory& memory, exec::PathChoice choice) {
  const data::TaskSpec& spec = network.spec();
  require_steps(network);
  const std::vector<std::string> chosen = resolved(names, traceable(network));
  const std::unique_ptr<data::Batches> batches = task.batches(options.part, 1);
  const std::vector<int64_t> to_read = batches_to_read(spec, *batches, options);

  std::vector<Trace> traces;
  std::vector<std::optional<size_t>> starts;  // of a state within all states
  for (const std::string& name : chosen) {
    size_t at = 0;
    const auto state = std::find_if(network.states().begin(), network.states().end(), [&](const model::CarriedState& each) {
      if (each.name == name) return true;
      at += static_cast<size_t>(each.size());
      return false;
    });
    const bool is_state = state != network.states().end();
    traces.push_back({name, is_state ? std::vector<int64_t>(state->dims.begin(), state->dims.end()) : std::vector<int64_t>{}, {}});
    starts.push_back(is_state ? std::optional(at) : std::nullopt);
    if (name == "input") traces.back().dims = {spec.input.width};
    if (name == "target") traces.back().dims = {spec.output.width};
  }

  Stepper stepper(network, weights, 1, memory, choice);
  for (const int64_t index : to_read) {
    const bool wanted = index == to_read.back();
    const Sequence sequence = read(spec, *batches, index);
    for (int64_t t = 0; t < sequence.steps; ++t) {
      const auto at = static_cast<size_t>(t);
      const auto row = [&](const std::vector<float>& of, int64_t width) {
        return std::span(of).subspan(at * static_cast<size_t>(width), static_cast<size_t>(width));
      };
      const bool continuous = spec.input.kind == Input::continuous;
      const std::span<const float> prediction =
          continuous ? stepper.step(row(sequence.x, spec.input.width)) : stepper.step(std::span(sequence.tokens).subspan(at, 1));
      if (!wanted) continue;
      const std::vector<float> states = stepper.state();
      for (size_t i = 0; i < traces.size(); ++i) {
        Trace& trace = traces[i];
        const auto append = [&](std::span<const float> values) { trace.values.insert(trace.values.end(), values.begin(), values.end()); };
        if (starts[i]) {
          append(std::span(states).subspan(*starts[i], static_cast<size_t>(trace.size())));
        } else if (trace.name == "target") {
          append(row(sequence.y, spec.output.width));
        } else if (trace.name == "prediction") {
          trace.dims = {static_cast<int64_t>(prediction.size())};
          append(shown(prediction, spec.output.kind));
        } else if (continuous) {
          append(row(sequence.x, spec.input.width));
        } else {
          std::vector<float> one(static_cast<size_t>(spec.input.width));
          one[static_cast<size_t>(sequence.tokens[at])] = 1;
          append(one);
        }
      }
    }
  }
  return traces;
}

}  // namespace recur::train
