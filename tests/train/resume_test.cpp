// A training that is interrupted and resumed ends with the bits of one that was not.
#include <gtest/gtest.h>

#include "recur/error/error.hpp"
#include "trainings.hpp"

namespace recur::train {
namespace {

struct Case {
  std::string name;
  std::function<Training()> make;
};

std::vector<Case> cases() {
  return {
      {"adam_with_dropout_and_plateau", [] {
         Training training = toy_training("lstm");
         training.model.layers = 2;
         training.model.dropout = {"between_layers", 0.3};
         training.train.schedule = {.kind = "plateau", .warmup = 3, .every = 1, .gamma = 0.5, .floor = 0.01, .patience = 0};
         training.train.early_stopping = EarlyStopping{"valid/mae", 2, 0.001};
         training.train.epochs = 6;
         return training;
       }},
      {"centred_rmsprop_with_momentum", [] {
         Training training = toy_training("gru");
         training.train.optimizer = {.kind = "rmsprop", .lr = 0.01, .momentum = 0.5, .nesterov = false, .alpha = 0.9, .centered = true};
         training.train.schedule = {.kind = "cosine", .warmup = 4};
         return training;
       }},
      {"text_with_carried_state", [] { return language_training(text_file("resume.txt")); }},
  };
}

class Resume : public testing::TestWithParam<Case> {};

TEST_P(Resume, EndsWithTheSameBits) {
  const Training training = GetParam().make();
  exec::PathMemory memory;
  Trainer whole(training, find_cell, memory);
  Recording rows;
  const Ending expected = whole.run(rows);
  ASSERT_EQ(expected.state, Ending::State::kDone);

  // Stopped in the middle of the second epoch, and again in that of the third.
  std::optional<Checkpoint> checkpoint;
  std::vector<std::vector<double>> epochs;
  for (const int64_t epoch : {1, 2}) {
    Trainer part(training, find_cell, memory);
    if (checkpoint) part.resume(*checkpoint);
    Recording partial;
    partial.stop_at = epoch * part.steps_per_epoch() + 2;
    const Ending ending = part.run(partial);
    ASSERT_EQ(ending.state, Ending::State::kInterrupted);
    EXPECT_EQ(ending.epochs, epoch);
    EXPECT_TRUE(ending.results.empty());
    checkpoint = partial.last_checkpoint;
    epochs.insert(epochs.end(), partial.epochs.begin(), partial.epochs.end());
  }
  exec::PathMemory fresh;  // as in another process: the checkpoint says in which form the programs ran
  Trainer last(training, find_cell, fresh);
  last.resume(*checkpoint);
  Recording rest;
  const Ending ending = last.run(rest);
  epochs.insert(epochs.end(), rest.epochs.begin(), rest.epochs.end());

  EXPECT_EQ(ending.state, Ending::State::kDone);
  EXPECT_EQ(flat(last.last_weights()), flat(whole.last_weights()));
  EXPECT_EQ(flat(last.best_weights()), flat(whole.best_weights()));
  EXPECT_EQ(ending.results, expected.results);
  EXPECT_EQ(ending.best_epoch, expected.best_epoch);
  EXPECT_EQ(ending.epochs, expected.epochs);
  EXPECT_EQ(ending.steps, expected.steps);
  EXPECT_EQ(ending.message, expected.message);
  EXPECT_EQ(epochs, rows.epochs);
}

INSTANTIATE_TEST_SUITE_P(Trainings, Resume, testing::ValuesIn(cases()), [](const auto& each) { return each.param.name; });

TEST(Resume, FromTheLastEpochOnlyEvaluates) {
  const Training training = toy_training();
  exec::PathMemory memory;
  Trainer whole(training, find_cell, memory);
  Recording rows;
  const Ending expected = whole.run(rows);
  Trainer again(training, find_cell, memory);
  again.resume(*rows.last_checkpoint);
  Recording none;
  const Ending ending = again.run(none);
  EXPECT_TRUE(none.steps.empty());
  EXPECT_EQ(ending.results, expected.results);
}

TEST(Resume, RefusesTheCheckpointOfAnotherModelOrOptimizer) {
  exec::PathMemory memory;
  Recording rows;
  Trainer(toy_training("gru"), find_cell, memory).run(rows);
  EXPECT_THROW(Trainer(toy_training("lstm"), find_cell, memory).resume(*rows.last_checkpoint), UserError);
  Training other = toy_training("gru");
  other.train.optimizer.kind = "rmsprop";
  EXPECT_THROW(Trainer(other, find_cell, memory).resume(*rows.last_checkpoint), UserError);
}

}  // namespace
}  // namespace recur::train
