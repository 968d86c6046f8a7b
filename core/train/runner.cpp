#include "runner.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <string_view>

#include "recur/error/error.hpp"

namespace recur::train {
namespace {

using model::Purpose;

// oneDNN would start a team of threads of its own in every worker.
void use_one_thread() { omp_set_num_threads(1); }

bool carries(const model::Network& network, Purpose purpose) { return network.spec().carries_state || purpose == Purpose::kStep; }

}  // namespace

std::string_view to_string(Purpose purpose) {
  switch (purpose) {
    case Purpose::kTrain: return "train";
    case Purpose::kEvaluate: return "evaluate";
    case Purpose::kPredict: return "predict";
    case Purpose::kStep: return "step";
  }
  return "";
}

Runner::Runner(exec::Engine engine, const ir::Program& bound, const model::Network& network, Purpose purpose, int64_t time,
               int64_t batch, Carry* carry)
    : engine_(std::move(engine)), time_(time), batch_(batch), carry_(carry) {
  exec::Native& native = engine_.native;
  const auto input = [&](const std::string& name) {
    const bool has = std::any_of(bound.inputs.begin(), bound.inputs.end(), [&](ir::ValueId id) { return bound.producer(id).name == name; });
    return has ? native.input(name) : std::span<float>();
  };
  const auto output = [&](const std::string& name) {
    const bool has = std::find(bound.output_names.begin(), bound.output_names.end(), name) != bound.output_names.end();
    return has ? native.output(name) : std::span<const float>();
  };
  x = input("x");
  tokens = input("tokens");
  last = input("last");
  lengths = input("lengths");
  fresh = input("fresh");
  updates = input("updates");
  for (size_t l = 0; l < static_cast<size_t>(network.spec().levels); ++l) {
    const std::string level = fmt::format("segments{}/", l + 1);
    segments[l] = {input(level + "ends"), input(level + "of"), input(level + "counts")};
  }
  y = input("y");
  labels = input("labels");
  weight = input("weight");
  loss = output("loss");
  data_loss = output("data_loss");
  correct = output("correct");
  prediction = output("prediction");
  std::fill(last.begin(), last.end(), static_cast<float>(time - 1));
  if (!carries(network, purpose)) return;
  for (size_t i = 0; i < network.states().size(); ++i) {
    const std::string name = "state/" + network.states()[i].name;
    native.bind_input(name, (*carry_)[i].data());
    states_after_.push_back(native.output(name));
  }
}

void Runner::run(exec::NoiseKey key, uint64_t weights_version) {
  use_one_thread();
  if (weights_version != weights_version_) engine_.native.weights_changed();
  weights_version_ = weights_version;
  engine_.native.run(key);
  for (size_t i = 0; i < states_after_.size(); ++i) std::copy(states_after_[i].begin(), states_after_[i].end(), (*carry_)[i].begin());
}

Runners::Runners(const model::Network& network, const model::ParameterSet& weights, model::ParameterSet* gradients,
                 exec::PathMemory& memory, exec::PathChoice choice)
    : network_(network), weights_(weights), gradients_(gradients), memory_(memory), choice_(choice) {}

const ir::Program& Runners::program(Purpose purpose) {
  const auto found = programs_.find(purpose);
  return found != programs_.end() ? found->second : programs_.emplace(purpose, network_.program(purpose)).first->second;
}

Carry& Runners::carry(Purpose purpose, int64_t batch) {
  const auto [found, made] = carries_.try_emplace({purpose, batch});
  if (made)
    for (const model::CarriedState& state : network_.states()) found->second.emplace_back(static_cast<size_t>(batch * state.size()));
  return found->second;
}

std::map<int64_t, int64_t> ProgramSize::symbols() const {
  std::map<int64_t, int64_t> symbols{{ir::kBatch, batch}, {ir::kTime, time}};
  for (size_t l = 0; l < segments.size(); ++l)
    if (segments[l] > 0) symbols[RECUR_DIM_SEGMENTS(static_cast<int64_t>(l) + 1)] = segments[l];
  return symbols;
}

Runner& Runners::get(Purpose purpose, const ProgramSize& size) {
  std::unique_ptr<Runner>& runner = runners_[{purpose, size}];
  if (runner) return *runner;
  use_one_thread();
  const int64_t batch = size.batch;
  const ir::Program bound = ir::bind(program(purpose), size.symbols());
  const std::vector<std::string> names = network_.layout()->names();
  const auto known = paths_.find(purpose);
  const exec::PathChoice choice = known == paths_.end() ? choice_ : known->second;

  const bool training = purpose == Purpose::kTrain;
  exec::Engine engine = training ? exec::compile_training(bound, 0, names, memory_, choice)
                                 : exec::compile_inference(bound, names, memory_, choice);
  paths_[purpose] = engine.path;
  for (size_t i = 0; i < names.size(); ++i) engine.native.bind_input(names[i], weights_[i].data());
  if (training) {
    RECUR_CHECK(gradients_ != nullptr, "training program without gradients");
    for (size_t i = 0; i < names.size(); ++i) engine.native.bind_output(bound.outputs.size() + i, (*gradients_)[i].data());
  }
  Carry* const states = carries(network_, purpose) ? &carry(purpose, batch) : nullptr;
  runner = std::make_unique<Runner>(std::move(engine), bound, network_, purpose, size.time, batch, states);
  return *runner;
}

BatchFeed::BatchFeed(const data::TaskSpec& spec, Runners& runners, Purpose purpose) : spec_(spec), runners_(runners), purpose_(purpose) {}

void BatchFeed::fill(const data::Batches& batches, int64_t index, const data::BatchShape& shape, Runner& runner) {
  const auto N = static_cast<size_t>(shape.batch), T = static_cast<size_t>(shape.time);
  const auto grown = [](auto& memory, size_t size) {
    if (memory.size() < size) memory.resize(size);
    return std::span(memory).first(size);
  };
  data::BatchBuffers buffers{.x = runner.x, .tokens = {}, .y = runner.y, .labels = {}, .lengths = {}};
  buffers.tokens = grown(tokens_, runner.tokens.size());
  buffers.labels = grown(labels_, runner.labels.size());
  if (spec_.has_lengths) buffers.lengths = grown(lengths_, N);
  if (spec_.has_counts) buffers.counts = grown(counts_, runner.weight.size());
  for (size_t l = 0, below = T; l < static_cast<size_t>(spec_.levels); ++l) {
    const auto S = static_cast<size_t>(shape.segments[l]);
    buffers.segments[l] = {grown(levels_[l].ends, S * N), grown(levels_[l].of, below * N), grown(levels_[l].counts, N)};
    below = S;
  }
  batches.fill(index, buffers);

  const auto to_floats = [](std::span<const int32_t> from, std::span<float> to) {
    std::transform(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(to.size()), to.begin(), [](int32_t v) { return static_cast<float>(v); });
  };
  to_floats(buffers.tokens, runner.tokens);
  to_floats(buffers.lengths, runner.lengths);
  for (size_t l = 0; l < static_cast<size_t>(spec_.levels); ++l) {
    to_floats(buffers.segments[l].ends, runner.segments[l].ends);
    to_floats(buffers.segments[l].of, runner.segments[l].of);
    to_floats(buffers.segments[l].counts, runner.segments[l].counts);
  }
  if (spec_.has_lengths)
    for (size_t n = 0; n < runner.last.size(); ++n) runner.last[n] = static_cast<float>(buffers.lengths[n] - 1);

  const float share = shape.counted > 0 ? static_cast<float>(1 / static_cast<double>(shape.counted)) : 0;
  if (!runner.labels.empty()) {
    for (size_t i = 0; i < runner.labels.size(); ++i) {
      const int32_t label = buffers.labels[i];
      runner.labels[i] = static_cast<float>(std::max(label, 0));
      runner.weight[i] = label >= 0 ? share : 0;
    }
  } else if (spec_.has_counts) {
    for (size_t i = 0; i < runner.weight.size(); ++i) runner.weight[i] = buffers.counts[i] > 0 ? share : 0;
  } else if (runner.weight.size() == N || !spec_.has_lengths) {
    std::fill(runner.weight.begin(), runner.weight.end(), share);
  } else {
    for (size_t t = 0; t < T; ++t)
      for (size_t n = 0; n < N; ++n) runner.weight[t * N + n] = static_cast<int32_t>(t) < buffers.lengths[n] ? share : 0;
  }
}

BatchFeed::Result BatchFeed::run(const data::Batches& batches, int64_t index, bool is_fresh, exec::NoiseKey key, int64_t updates) {
  const data::BatchShape shape = batches.shape(index);
  Runner& runner = runners_.get(purpose_, ProgramSize::of(shape));
  fill(batches, index, shape, runner);
  std::fill(runner.updates.begin(), runner.updates.end(), static_cast<float>(updates));
  std::fill(runner.fresh.begin(), runner.fresh.end(), is_fresh ? 1.0f : 0.0f);
  runner.run(key, runners_.weights_version());
  Result result;
  result.data_loss = static_cast<double>(runner.data_loss[0]);
  result.loss = runner.loss.empty() ? result.data_loss : static_cast<double>(runner.loss[0]);
  result.counted = shape.counted;
  result.outcome.predictions = runner.prediction;
  result.outcome.y = runner.y;
  result.outcome.labels = std::span(labels_).first(runner.labels.size());
  if (spec_.has_lengths) result.outcome.lengths = std::span(lengths_).first(static_cast<size_t>(shape.batch));
  if (spec_.has_counts) result.outcome.counts = std::span(counts_).first(runner.weight.size());
  result.outcome.batch = shape.batch;
  result.outcome.group = shape.group;
  result.outcome.counted = shape.counted;
  result.outcome.nats = result.data_loss * static_cast<double>(shape.counted);
  if (!runner.correct.empty()) result.outcome.correct = static_cast<int64_t>(runner.correct[0]);
  return result;
}

}  // namespace recur::train
