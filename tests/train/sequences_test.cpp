// Tasks of whole sequences of different lengths, through training and evaluation.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <fstream>

#include "recur/data/task.hpp"
#include "recur/train/evaluation.hpp"
#include "recur/train/trainer.hpp"
#include "sequences_task.hpp"
#include "trainings.hpp"

namespace recur::train {
namespace {

// Letters of 1 to 23 places; the class is the first of them, so that only memory tells it.
data::TaskOptions letters() {
  const auto file = own_file("letters.tsv");
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
  const auto together = evaluate(*task, data::Part::test, network, weights, 16, memory).metrics;
  const auto alone = evaluate(*task, data::Part::test, network, weights, 1, memory).metrics;
  for (const auto& [name, value] : together) EXPECT_NEAR(value, alone.at(name), 1e-5) << name;
}

// Sentences of made-up words, no two alike, whose last letter is their tag.
data::TaskOptions made_up_words() {
  int made = 0;
  const auto write = [&](const std::string& name, int sentences) {
    const auto file = own_file(name);
    std::ofstream out(file, std::ios::binary);
    for (int sentence = 0; sentence < sentences; ++sentence, out << '\n')
      for (int word = 0; word <= 2 + sentence % 5; ++word) {
        for (int rest = ++made; rest > 0; rest /= 7) out << "qrstuvw"[rest % 7];
        const char tag = "abc"[made * made % 11 % 3];
        out << tag << '\t' << tag << '\n';
      }
    return file.string();
  };
  data::TaskOptions options;
  options.kind = "tagging";
  options.tagging.format = "columns";
  options.tagging.train = write("words_train", 80);
  options.tagging.test = write("words_test", 20);
  options.tagging.min_count = 2;  // so every word is <unk>
  options.tagging.characters.length = 5;
  return options;
}

TEST(Sequences, TagsOfUnknownWordsAreLearnedFromTheirSpelling) {
  Training training;
  training.task = data::make_task(made_up_words());
  training.model.cell = "gru";
  training.model.hidden = 8;
  training.model.characters = {.hidden = 6, .cell = "gru"};
  training.model.crf = true;
  training.train.epochs = 15;
  training.train.batch = 8;
  training.train.optimizer.lr = 0.03;
  exec::PathMemory memory;
  Trainer trainer(training, find_cell, memory);
  EXPECT_GT(trainer.flops_per_step(), 0);
  Recording observer;
  Ending ending = trainer.run(observer);
  ASSERT_EQ(ending.state, Ending::State::kDone) << ending.message;
  EXPECT_GT(ending.results.at("test/accuracy"), 0.97);

  // And used again by what a result keeps, whatever stands beside a sentence in its batch.
  const model::Network network(training.model, model::task_spec(training.task->encoding()), find_cell);
  for (const int64_t batch : {8, 1}) {
    const auto again = evaluate(*training.task, data::Part::test, network, trainer.best_weights(), batch, memory).metrics;
    EXPECT_NEAR(again.at("test/accuracy"), ending.results.at("test/accuracy"), 1e-12);
    EXPECT_NEAR(again.at("test/loss"), ending.results.at("test/loss"), 1e-4);
  }
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
  const auto valid = evaluate(*task, data::Part::valid, network, weights, 4, memory).metrics, test = evaluate(*task, data::Part::test, network, weights, 4, memory).metrics;
  EXPECT_NEAR(valid.at("valid/bits_per_sequence"), 12, 1e-4);
  EXPECT_NEAR(valid.at("valid/loss"), 3 * std::log(2.0), 1e-5);
  EXPECT_TRUE(std::isnan(valid.at("valid/bits_per_sequence/7")));
  EXPECT_NEAR(test.at("test/bits_per_sequence"), 12, 1e-4);
  EXPECT_NEAR(test.at("test/bits_per_sequence/7"), 21, 1e-4);
}

// Words of 1 to 4 letters, texts of 1 to 7 words. The class is whether the first word has one letter, which boundaries alone tell: all letters
// are alike.
std::shared_ptr<const data::Task> words(bool with_boundaries = true) {
  data::Sequences sequences;
  sequences.levels.resize(1);
  for (int i = 0; i < 60; ++i) {
    int32_t letters = 0;
    for (int word = 0; word <= i % 7; ++word) {
      letters += word == 0 ? (i % 2 == 0 ? 1 : 3) : 1 + (i * 3 + word) % 4;
      sequences.levels[0].ends.push_back(letters - 1);
    }
    sequences.levels[0].begin.push_back(static_cast<int64_t>(sequences.levels[0].ends.size()));
    sequences.tokens.insert(sequences.tokens.end(), static_cast<size_t>(letters), 1);
    sequences.begin.push_back(static_cast<int64_t>(sequences.tokens.size()));
    sequences.labels.push_back(i % 2);
  }
  data::TaskSpec spec;
  spec.input = {data::InputSpec::Kind::discrete, 2};
  spec.output = {data::OutputSpec::Kind::categorical, data::OutputSpec::At::last_step, 2, true};
  spec.has_lengths = true;
  if (with_boundaries) spec.levels = 1;
  else sequences.levels.clear();
  return std::make_shared<SequencesTask>(std::move(sequences), spec);
}

model::ModelOptions levels_model() {
  model::ModelOptions options;
  options.cell = "hrnn";
  options.hidden = 8;
  return options;
}

TEST(Sequences, BoundariesReachTheLayerThatAsksForThemWhateverThePadding) {
  const auto task = words();
  const model::Network network(levels_model(), task->spec(), find_cell);
  const model::ParameterSet weights = network.initial(1, 0);
  exec::PathMemory memory;
  const auto together = evaluate(*task, data::Part::test, network, weights, 16, memory).metrics;
  const auto alone = evaluate(*task, data::Part::test, network, weights, 1, memory).metrics;
  EXPECT_NEAR(together.at("test/loss"), alone.at("test/loss"), 1e-5);
}

TEST(Sequences, BoundariesAreLearnedFrom) {
  Training training;
  training.task = words();
  training.model = levels_model();
  training.train.epochs = 60;
  training.train.batch = 10;
  training.train.optimizer.lr = 0.02;
  exec::PathMemory memory;
  Trainer trainer(training, find_cell, memory);
  EXPECT_GT(trainer.flops_per_step(), 0);
  Recording recording;
  const Ending ending = trainer.run(recording);
  EXPECT_EQ(ending.state, Ending::State::kDone) << ending.message;
  EXPECT_LT(ending.results.at("test/loss"), 0.1);
  EXPECT_GT(trainer.flops_per_step(), 0);
}

// A layer that does not ask for boundaries takes no notice of them.
TEST(Sequences, BoundariesChangeNothingForOtherCells) {
  model::ModelOptions options;
  options.cell = "gru";
  exec::PathMemory memory;
  const auto results = [&](bool with_boundaries) {
    const auto task = words(with_boundaries);
    const model::Network network(options, task->spec(), find_cell);
    return evaluate(*task, data::Part::test, network, network.initial(1, 0), 16, memory).metrics;
  };
  EXPECT_EQ(results(true), results(false));
}

// Runs of numbers that count up from anywhere: the next is known from the one before.
Training density_training(const std::string& cell) {
  data::Sequences sequences;
  sequences.features = 1;
  for (int i = 0; i < 40; ++i) {
    for (int t = 0; t <= 3 + i % 5; ++t) sequences.values.push_back(0.2f * static_cast<float>(t + i % 3));
    sequences.begin.push_back(static_cast<int64_t>(sequences.values.size()));
  }
  data::TaskSpec spec;
  spec.input = {data::InputSpec::Kind::continuous, 1};
  spec.output = {data::OutputSpec::Kind::density, data::OutputSpec::At::every_step, 1};
  spec.has_lengths = true;
  Training training;
  training.task = std::make_shared<SequencesTask>(std::move(sequences), spec);
  training.model.cell = cell;
  training.model.hidden = 12;
  training.train.epochs = 60;
  training.train.batch = 10;
  training.train.optimizer.lr = 0.01;
  training.train.clip_norm = 1.0;
  return training;
}

TEST(Sequences, DensitiesAreLearned) {
  for (const char* cell : {"lstm", "vrnn"}) {
    exec::PathMemory memory;
    Trainer trainer(density_training(cell), find_cell, memory);
    Recording recording;
    const Ending ending = trainer.run(recording);
    EXPECT_EQ(ending.state, Ending::State::kDone) << cell << ": " << ending.message;
    // One Gaussian for all values has 0.67 nats a step.
    EXPECT_LT(ending.results.at("test/loss"), 0.2) << cell;
    EXPECT_GT(ending.results.at("test/log_weights"), -0.2 * 240) << cell;
  }
}

TEST(Sequences, TheNumberOfUpdatesReachesACellThatAnneals) {
  const auto losses = [](model::HyperValue weight, int64_t warm_up) {
    Training training = density_training("vrnn");
    training.model.hyper = {{"kl_weight", weight}, {"kl_warm_up", warm_up}};
    training.train.epochs = 1;
    exec::PathMemory memory;
    Trainer trainer(training, find_cell, memory);
    Recording recording;
    trainer.run(recording);
    return std::pair{recording.steps[0][0], recording.steps[1][0]};
  };
  const auto annealed = losses(1.0, 1), without = losses(0.0, 0);
  EXPECT_FLOAT_EQ(static_cast<float>(annealed.first), static_cast<float>(without.first)) << "nothing before the first update";
  EXPECT_GT(annealed.second, without.second) << "all of it after one";
}

}  // namespace
}  // namespace recur::train
