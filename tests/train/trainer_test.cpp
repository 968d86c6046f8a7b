#include "recur/train/trainer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "allocations.hpp"
#include "recur/error/error.hpp"
#include "trainings.hpp"

namespace recur::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Trained {
  Ending ending;
  Recording rows;
  std::vector<float> last, best;
};

Trained train(const Training& training, exec::PathMemory& memory, int64_t prune_after = -2) {
  Trainer trainer(training, find_cell, memory);
  Trained run;
  run.rows.prune_after = prune_after;
  run.ending = trainer.run(run.rows);
  run.last = flat(trainer.last_weights());
  run.best = flat(trainer.best_weights());
  return run;
}

Trained train(const Training& training) {
  exec::PathMemory memory;
  return train(training, memory);
}

TEST(Trainer, NamesItsMetricsAndCountsItsWork) {
  exec::PathMemory memory;
  const Trainer trainer(toy_training(), find_cell, memory);
  EXPECT_THAT(trainer.epoch_metrics(), ElementsAre("train/loss", "train/mae", "valid/loss", "valid/mae"));
  EXPECT_THAT(trainer.step_metrics(), ElementsAre("loss", "grad_norm", "lr"));
  EXPECT_EQ(trainer.objective(), "valid/loss");
  EXPECT_EQ(trainer.steps_per_epoch(), 5);
  // gru: 1*24 + 8*24 + 32; head 8 + 1
  EXPECT_EQ(trainer.parameters(), 257);
  // Products alone: forward 2 (24 + 8*24) a step and sequence, the gradients by weights and states about twice that.
  EXPECT_GT(trainer.flops_per_step(), 6 * 10 * 2 * (24 + 192));
  EXPECT_LT(trainer.flops_per_step(), 6 * 10 * 6 * (24 + 192) * 3);
}

TEST(Trainer, LearnsToRememberAnImpulse) {
  for (const char* cell : {"lstm", "gru", "mgu"}) {
    Training training = toy_training(cell);
    training.train.epochs = 40;
    const Trained run = train(training);
    EXPECT_EQ(run.ending.state, Ending::State::kDone) << cell;
    EXPECT_LT(run.ending.results.at("test/loss"), 0.02) << cell;
    EXPECT_EQ(run.ending.steps, 200);
  }
}

TEST(Trainer, LearnsOfTheAirlineSeries) {
  Training training = toy_training("lstm");
  training.task = data::make_task(airline_options());
  training.train.epochs = 15;
  const Trained run = train(training);
  ASSERT_EQ(run.rows.epochs.size(), 15u);
  EXPECT_LT(run.rows.epochs.back()[1], 0.6 * run.rows.epochs.front()[1]) << "train/rmse";
  for (const char* metric : {"train/rmse", "valid/rmse", "test/rmse", "test/mase"}) EXPECT_TRUE(run.ending.results.contains(metric)) << metric;
}

TEST(Trainer, LearnsText) {
  const Trained run = train(language_training(text_file("learns.txt")));
  EXPECT_LT(run.rows.epochs.back()[1], 0.8 * run.rows.epochs.front()[1]) << "train/bits_per_character";
}

TEST(Trainer, GivesTheSameBitsAgainAndOnAnotherThread) {
  Training training = toy_training("lstm");
  training.model.layers = 2;
  training.model.dropout = {"between_layers", 0.2};
  exec::PathMemory memory;
  const Trained first = train(training, memory);
  std::vector<Trained> others(2);
  std::vector<std::thread> threads;
  for (Trained& other : others) threads.emplace_back([&] { other = train(training, memory); });
  for (std::thread& thread : threads) thread.join();
  for (const Trained& other : others) {
    EXPECT_EQ(first.last, other.last);
    EXPECT_EQ(first.rows.epochs, other.rows.epochs);
    EXPECT_EQ(first.ending.results, other.ending.results);
  }
  training.replicate = 1;
  EXPECT_NE(first.last, train(training, memory).last);
}

TEST(Trainer, IsTheSameWhateverLiesInThePadding) {
  ToyOptions zeros, garbage;
  zeros.has_lengths = garbage.has_lengths = true;
  garbage.padding = 1e3f;
  exec::PathMemory memory;
  const Trained a = train(toy_training("gru", zeros), memory), b = train(toy_training("gru", garbage), memory);
  EXPECT_EQ(a.last, b.last);
  EXPECT_EQ(a.ending.results, b.ending.results);
}

TEST(Trainer, AllocatesNothingInStepsAfterTheFirstEpoch) {
  class Counting : public Observer {
   public:
    void step(const StepRow& row) override {
      const size_t now = conformance::allocations();
      if (row.epoch > 0 && row.step % 5 != 0) worst = std::max(worst, now - before);  // within an epoch of 5 steps
      before = now;
      ++steps;
    }
    size_t before = 0, worst = 0;
    int steps = 0;
  };
  for (const char* cell : {"gru", "birnn", "ntm", "vrnn", "hmlstm"}) {
    Counting counting;
    Training training = toy_training(cell);
    training.train.clip_norm = 1;
    training.train.clip_value = 0.5;
    exec::PathMemory memory;
    Trainer(training, find_cell, memory, exec::Path::kRecorded).run(counting);  // oneDNN allocates for itself when its primitives run
    EXPECT_EQ(counting.steps, 20) << cell;
    EXPECT_EQ(counting.worst, 0u) << cell;
  }
}

TEST(Trainer, KeepsTheWeightsOfTheBestEpoch) {
  Training training = toy_training();
  training.train.epochs = 12;
  training.train.optimizer = {.kind = "sgd", .lr = 0.2, .momentum = 0.97};  // swings to and fro
  training.objective = "valid/mae";
  const Trained run = train(training);
  size_t best = 0;
  for (size_t e = 0; e < run.rows.epochs.size(); ++e) best = run.rows.epochs[e][3] < run.rows.epochs[best][3] ? e : best;
  EXPECT_EQ(run.ending.best_epoch, static_cast<int64_t>(best));
  EXPECT_EQ(run.ending.results.at("valid/mae"), run.rows.epochs[best][3]);
  ASSERT_LT(best + 1, run.rows.epochs.size()) << "the last epoch is the best: nothing is shown";
  EXPECT_NE(run.best, run.last);
}

TEST(Trainer, StopsEarlyWhenNothingImproves) {
  Training training = toy_training();
  training.train.epochs = 20;
  training.train.early_stopping = EarlyStopping{"valid/mae", 3, 100.0};
  const Trained run = train(training);
  EXPECT_EQ(run.ending.state, Ending::State::kDone);
  EXPECT_EQ(run.ending.epochs, 4);
  EXPECT_EQ(run.ending.message, "stopped early: valid/mae has not improved for 3 epochs");
}

TEST(Trainer, StopsAfterItsTime) {
  Training training = toy_training();
  training.train.max_minutes = 1e-9;
  const Trained run = train(training);
  EXPECT_EQ(run.ending.epochs, 1);
  EXPECT_THAT(run.ending.message, HasSubstr("train.max_minutes"));
}

TEST(Trainer, CanBePruned) {
  exec::PathMemory memory;
  const Trained run = train(toy_training(), memory, 1);
  EXPECT_EQ(run.ending.state, Ending::State::kPruned);
  EXPECT_EQ(run.ending.epochs, 2);
  EXPECT_TRUE(run.ending.results.contains("valid/loss"));
}

TEST(Trainer, FailsWithStepAndNormsWhereTheLossIsNotFinite) {
  Training training = toy_training();
  training.train.optimizer = {.kind = "sgd", .lr = 1e25};
  const Trained run = train(training);
  EXPECT_EQ(run.ending.state, Ending::State::kFailed);
  EXPECT_THAT(run.ending.message, testing::MatchesRegex(
      "the (loss|gradient's norm) is not finite \\(.*\\) at step [0-9]+ of epoch 0; last gradient norms .*; lower train.optimizer.lr or set train.clip_norm"));
  EXPECT_THAT(run.rows.log_lines, ElementsAre(run.ending.message));
  EXPECT_TRUE(run.ending.results.empty());
}

TEST(Trainer, FollowsItsSchedule) {
  Training training = toy_training();
  training.train.schedule = {.kind = "step", .warmup = 2, .every = 1, .gamma = 0.5};
  const Trained run = train(training);
  EXPECT_DOUBLE_EQ(run.rows.steps[0][2], 0.01);
  EXPECT_DOUBLE_EQ(run.rows.steps[1][2], 0.02);
  EXPECT_DOUBLE_EQ(run.rows.steps[5][2], 0.01);
  EXPECT_DOUBLE_EQ(run.rows.steps[15][2], 0.0025);
}

TEST(Trainer, TrainsWithoutAValidationPart) {
  ToyOptions toy;
  toy.sizes = {48, 0, 0};
  const Trained run = train(toy_training("gru", toy));
  EXPECT_EQ(run.rows.epochs.at(0).size(), 2u);
  EXPECT_EQ(run.ending.results.size(), 2u);
  EXPECT_GE(run.ending.best_epoch, 0);
}

TEST(Trainer, NamesTheNearestMetric) {
  Training training = toy_training();
  training.train.early_stopping = EarlyStopping{"valid/mea", 3, 0.0};
  exec::PathMemory memory;
  try {
    Trainer trainer(training, find_cell, memory);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("unknown metric 'valid/mea'; did you mean 'valid/mae'?"));
  }
}

}  // namespace
}  // namespace recur::train
