// Tasks of whole sequences of different lengths, through training and evaluation.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "recur/data/task.hpp"
#include "recur/train/evaluation.hpp"
#include "recur/train/trainer.hpp"
#include "trainings.hpp"

namespace recur::train {
namespace {

// Letters of 1 to 23 places; the class is the first of them, so that only memory tells it.
data::TaskOptions letters() {
  const auto file = std::filesystem::path(::testing::TempDir()) / "letters.tsv";
  std::ofstream out(file, std::ios::binary);
  out << "sequence\tlabel\n";
  for (int i = 0; i < 120; ++i) {
    out << (i % 2 == 0 ? 'A' : 'B');
    for (int j = 0; j < i * 7 % 23; ++j) out << "CD"[(i + j) % 3 == 0];
    out << '\t' << (i % 2 == 0 ? "even" : "odd") << '\n';
  }
  data::TaskOptions options;
  options.kind = "classification";
  options.classification.file = file.string();
  options.classification.train_rows = 80;
  options.classification.valid = 0.2;
  return options;
}

TEST(Sequences, AResultDoesNotDependOnThePaddingOrTheNeighbours) {
  const auto task = data::make_task(letters());
  ASSERT_TRUE(task->spec().has_lengths);
  model::ModelOptions options;
  options.cell = "gru";
  options.hidden = 6;
  const model::Network network(options, task->spec(), find_cell);
  const model::ParameterSet weights = network.initial(1, 0);
  exec::PathMemory memory;
  const auto together = evaluate(*task, data::Part::test, network, weights, 16, memory);
  const auto alone = evaluate(*task, data::Part::test, network, weights, 1, memory);
  for (const auto& [name, value] : together) EXPECT_NEAR(value, alone.at(name), 1e-5) << name;
}

TEST(Sequences, OfDifferentLengthsAreLearned) {
  Training training;
  training.task = data::make_task(letters());
  training.model.cell = "gru";
  training.model.hidden = 12;
  training.train.epochs = 40;
  training.train.batch = 8;
  training.train.optimizer.lr = 0.02;
  training.train.clip_norm = 1.0;
  exec::PathMemory memory;
  Trainer trainer(training, find_cell, memory);
  Recording recording;
  const Ending ending = trainer.run(recording);
  EXPECT_EQ(ending.state, Ending::State::kDone) << ending.message;
  EXPECT_GT(ending.results.at("test/accuracy"), 0.9);
  EXPECT_NEAR(ending.results.at("test/error"), 100 - 100 * ending.results.at("test/accuracy"), 1e-9);
}

// With weights of zero every bit has the probability one half: one bit a bit of the answers, and nothing for the rest.
TEST(Sequences, OnlyTheAnswersOfAProblemCount) {
  data::TaskOptions options;
  options.kind = "algorithm";
  options.algorithm.bits = 3;
  options.algorithm.min_length = options.algorithm.max_length = 4;
  options.algorithm.test_lengths = {"7"};
  options.algorithm.train = options.algorithm.valid = options.algorithm.test = 10;
  const auto task = data::make_task(options);
  model::ModelOptions model;
  model.cell = "gru";
  model.hidden = 5;
  const model::Network network(model, task->spec(), find_cell);
  model::ParameterSet weights = network.initial(1, 0);
  std::fill(weights.flat().begin(), weights.flat().end(), 0.0f);
  exec::PathMemory memory;
  const auto valid = evaluate(*task, data::Part::valid, network, weights, 4, memory), test = evaluate(*task, data::Part::test, network, weights, 4, memory);
  EXPECT_NEAR(valid.at("valid/bits_per_sequence"), 12, 1e-4);
  EXPECT_NEAR(valid.at("valid/loss"), 3 * std::log(2.0), 1e-5);
  EXPECT_TRUE(std::isnan(valid.at("valid/bits_per_sequence/7")));
  EXPECT_NEAR(test.at("test/bits_per_sequence"), 12, 1e-4);
  EXPECT_NEAR(test.at("test/bits_per_sequence/7"), 21, 1e-4);
}

}  // namespace
}  // namespace recur::train
