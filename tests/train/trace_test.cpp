// Looking at a network while it reads a sequence.
#include "recur/train/trace.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "recur/error/error.hpp"
#include "recur/train/stepper.hpp"
#include "trainings.hpp"

namespace recur::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Names = std::vector<std::string>;

struct Traced {
  std::shared_ptr<const data::Task> task;
  model::Network network;
  model::ParameterSet weights;

  Traced(std::shared_ptr<const data::Task> of, const std::string& cell, int64_t layers = 1)
      : task(std::move(of)), network(options(cell, layers), task->spec(), find_cell), weights(network.initial(1, 0)) {}

  static model::ModelOptions options(const std::string& cell, int64_t layers) {
    model::ModelOptions options;
    options.cell = cell;
    options.hidden = 4;
    options.layers = layers;
    return options;
  }
  std::vector<Trace> operator()(const Names& names, const TraceOptions& which = {}) {
    exec::PathMemory memory;
    return trace(*task, network, weights, names, which, memory);
  }
};

data::TaskOptions copying() {
  data::TaskOptions options;
  options.kind = "algorithm";
  options.algorithm.problem = "copy";
  options.algorithm.bits = 2;
  options.algorithm.min_length = 2;
  options.algorithm.max_length = 2;
  options.algorithm.test_lengths = {"5"};
  options.algorithm.train = 4;
  options.algorithm.valid = 2;
  options.algorithm.test = 3;
  return options;
}

TEST(Trace, GivesEveryStateAfterEveryStep) {
  Traced traced(std::make_shared<ToyTask>(), "lstm", 2);
  EXPECT_THAT(traceable(traced.network), ElementsAre("layer0/h", "layer0/c", "layer1/h", "layer1/c", "input", "prediction"));
  const std::vector<Trace> traces = traced({"layer1/c", "h", "input", "prediction"}, {.part = data::Part::valid, .sequence = 2});
  ASSERT_EQ(traces.size(), 5U);
  EXPECT_EQ(traces[0].name, "layer1/c");
  EXPECT_EQ(traces[1].name, "layer0/h");
  EXPECT_EQ(traces[2].name, "layer1/h");
  for (const Trace& each : traces) EXPECT_EQ(each.steps(), 6) << each.name;
  EXPECT_THAT(traces[0].dims, ElementsAre(4));

  exec::PathMemory memory;
  Stepper stepper(traced.network, traced.weights, 1, memory);
  for (size_t t = 0; t < 6; ++t) {
    const std::span<const float> prediction = stepper.step(std::span(traces[3].values).subspan(t, 1));
    const std::vector<float> states = stepper.state();  // h, c, h, c
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(traces[1].values[4 * t + i], states[i]);
      EXPECT_EQ(traces[2].values[4 * t + i], states[8 + i]);
      EXPECT_EQ(traces[0].values[4 * t + i], states[12 + i]);
    }
    EXPECT_EQ(traces[4].values[t], prediction[0]);
  }
}

TEST(Trace, ShowsWhatIsReadAndAskedForOfAGeneratedSequence) {
  Traced traced(data::make_task(copying()), "gru");
  const std::vector<Trace> traces = traced({"input", "target", "prediction"});
  const Trace &input = traces[0], &target = traces[1], &prediction = traces[2];
  ASSERT_EQ(input.steps(), target.steps());
  // The two vectors come out again in the last two steps.
  const auto T = static_cast<size_t>(input.steps());
  for (size_t t = 0; t < 2; ++t)
    for (size_t bit = 0; bit < 2; ++bit)
      EXPECT_EQ(input.values[t * static_cast<size_t>(input.size()) + bit], target.values[(T - 2 + t) * 2 + bit]) << t << " " << bit;
  for (const float value : prediction.values) EXPECT_TRUE(value > 0 && value < 1) << value;
}

TEST(Trace, CountsTheSequencesOfAGroup) {
  Traced traced(data::make_task(copying()), "gru");
  EXPECT_EQ(traced({"h"}, {.sequence = 2})[0].steps(), 2 + 1 + 2);
  EXPECT_EQ(traced({"h"}, {.sequence = 3})[0].steps(), 5 + 1 + 5);
  const Trace further = traced({"h"}, {.sequence = 0, .group = 1})[0];
  EXPECT_EQ(further.steps(), 5 + 1 + 5);
  EXPECT_EQ(further.values, traced({"h"}, {.sequence = 3})[0].values);
}

// The state at the end of a chunk is where the next begins.
TEST(Trace, OfATextCarriesTheStateOn) {
  const std::string text = text_file("trace.txt");
  Traced in_chunks(data::make_task(language_options(text, 5)), "gru"), whole(data::make_task(language_options(text, 4000)), "gru");
  const Trace chunk = in_chunks({"h", "input"}, {.sequence = 3})[0], all = whole({"h"})[0];
  ASSERT_EQ(chunk.steps(), 5);
  for (size_t i = 0; i < chunk.values.size(); ++i) EXPECT_NEAR(chunk.values[i], all.values[3 * chunk.values.size() + i], 1e-6);
  const Trace input = in_chunks({"input"}, {.sequence = 3})[0];
  EXPECT_EQ(std::accumulate(input.values.begin(), input.values.end(), 0.0f), 5);
}

TEST(Trace, OfSequencesOfDifferentLengthsEndsWithTheSequence) {
  Traced traced(std::make_shared<ToyTask>(ToyOptions{.has_lengths = true, .padding = 9}), "gru");
  bool shorter = false;
  for (int64_t s = 0; s < 16; ++s) {
    const std::vector<Trace> traces = traced({"h", "input"}, {.sequence = s});
    shorter = shorter || traces[0].steps() < 6;
    for (const float value : traces[1].values) EXPECT_NE(value, 9);
  }
  EXPECT_TRUE(shorter);
}

std::string mistake(Traced& traced, const Names& names, const TraceOptions& which = {}) {
  try {
    traced(names, which);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Trace, TellsWhatCannotBeLookedAt) {
  Traced traced(std::make_shared<ToyTask>(), "lstm");
  EXPECT_THAT(mistake(traced, {"layer0/hh"}), HasSubstr("the model has no state 'layer0/hh'; did you mean 'layer0/h'?"));
  EXPECT_THAT(mistake(traced, {"h"}, {.sequence = 16}), HasSubstr("there is no sequence 16: the test part has 16, counted from 0"));
  Traced whole(std::make_shared<ToyTask>(), "bidirectional");
  EXPECT_THAT(mistake(whole, {"input"}), HasSubstr("reads whole sequences"));
}

}  // namespace
}  // namespace recur::train
