#include <gmock/gmock.h>

#include <limits>

#include "fixture.hpp"
#include "recur/error/error.hpp"

namespace recur::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Checkpoint some_state() {
  Checkpoint state;
  state.arrays = {{"weights/W", {2, 2}, {1, -0.0F, std::numeric_limits<float>::denorm_min(), 3}, {{"gate_order", "i f g o"}}},
                  {"adam.m/W", {2, 2}, {0.1F, 0.2F, 0.3F, 0.4F}, {}},
                  {"empty", {0, 3}, {}, {}}};
  state.scalars = {{"epoch", int64_t{2}},
                   {"order.key", static_cast<int64_t>(0xfedcba9876543210U)},
                   {"best", 0.1},
                   {"improved", false},
                   {"metric", std::string("valid/rmse")}};
  state.numbers = {{"plateau/history", {1.5, std::numeric_limits<double>::infinity(), 0.1}}, {"none", {}}};
  return state;
}

TEST_F(StoreTest, ACheckpointReadsBackBitForBitWithTheRowsBeforeIt) {
  Experiment experiment(options());
  TrialWriter writer = experiment.begin(spec());
  train(writer, 0, 2);
  writer.checkpoint(some_state());
  train(writer, 2, 3);
  writer.flush();

  const Checkpoint read = *experiment.checkpoint(spec().name);
  const Checkpoint given = some_state();
  EXPECT_EQ(read.arrays, given.arrays);
  EXPECT_TRUE(std::signbit(read.array("weights/W").values[1]));
  EXPECT_EQ(read.scalars, given.scalars);
  EXPECT_EQ(read.numbers, given.numbers);
  EXPECT_EQ(read.epochs.rows(), 2);
  EXPECT_EQ(read.steps.rows(), 20);
  EXPECT_EQ(read.integer("epoch"), 2);
  EXPECT_EQ(static_cast<uint64_t>(read.integer("order.key")), 0xfedcba9876543210U);
  EXPECT_EQ(read.real("best"), 0.1);
  EXPECT_FALSE(read.flag("improved"));
  EXPECT_EQ(read.text("metric"), "valid/rmse");
}

TEST_F(StoreTest, AResumedTrialBeginsWithTheCheckpointsRows) {
  Experiment experiment(options());
  {
    TrialWriter writer = experiment.begin(spec());
    train(writer, 0, 2);
    writer.checkpoint(some_state());
    train(writer, 2, 3);  // an epoch after the checkpoint: it will be trained again
  }
  const Checkpoint from = *experiment.checkpoint(spec().name);
  TrialWriter writer = experiment.resume(spec(), from);
  train(writer, 2, 4);
  writer.finish(outcome());
  const TrialRecord read = *experiment.trial(spec().name, {});
  EXPECT_THAT(read.epochs.column("epoch"), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(read.steps.column("step").size(), 40U);
  std::vector<std::string> texts;
  for (const Event& event : read.log) texts.push_back(event.text);
  EXPECT_THAT(texts, ElementsAre("started", "interrupted", "ended: stale", "resumed after 2 epochs", "ended: done"));
}

TEST_F(StoreTest, ADoneTrialNeedsNoCheckpointAndAnInterruptedOneKeepsIt) {
  Experiment experiment(options());
  TrialWriter interrupted = experiment.begin(spec("gru", 0)), done = experiment.begin(spec("gru", 1));
  interrupted.checkpoint(some_state());
  done.checkpoint(some_state());
  interrupted.finish({.state = TrialState::stale, .message = "stopped by the user"});
  done.finish(outcome());
  EXPECT_TRUE(experiment.checkpoint(spec("gru", 0).name).has_value());
  EXPECT_FALSE(experiment.checkpoint(spec("gru", 1).name).has_value());
}

TEST_F(StoreTest, AFreshStartForgetsTheCheckpointOfAnEarlierAttempt) {
  Experiment experiment(options());
  {
    TrialWriter writer = experiment.begin(spec());
    writer.checkpoint(some_state());
  }
  TrialWriter writer = experiment.begin(spec());
  EXPECT_FALSE(experiment.checkpoint(spec().name).has_value());
}

TEST_F(StoreTest, ACheckpointOfOtherMetricsIsRefused) {
  Experiment experiment(options());
  TrialSpec other = spec();
  other.epoch_metrics.push_back("valid/mae");
  {
    TrialWriter writer = experiment.begin(spec());
    writer.checkpoint(some_state());
  }
  const Checkpoint from = *experiment.checkpoint(spec().name);
  EXPECT_THROW(experiment.resume(other, from), StoreError);
}

TEST(CheckpointTest, SaysWhatIsMissing) {
  const Checkpoint state = some_state();
  const auto message = [](const auto& call) -> std::string {
    try {
      call();
    } catch (const StoreError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message([&] { state.array("weights/U"); }), HasSubstr("lacks the array 'weights/U'"));
  EXPECT_THAT(message([&] { state.integer("step"); }), HasSubstr("lacks 'step'"));
  EXPECT_THAT(message([&] { state.integer("best"); }), HasSubstr("'best' is 0.1, not an integer"));
}

}  // namespace
}  // namespace recur::store
