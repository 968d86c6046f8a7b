#include "recur/train/evaluation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "recur/data/language_model.hpp"
#include "recur/train/stepper.hpp"
#include "trainings.hpp"

namespace recur::train {
namespace {

model::ModelOptions small_lstm() {
  model::ModelOptions options;
  options.cell = "lstm";
  options.hidden = 6;
  options.layers = 2;
  return options;
}

double nats_of(std::span<const float> logits, int32_t label) {
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit));
  return std::log(sum) - static_cast<double>(logits[static_cast<size_t>(label)]);
}

TEST(Evaluation, OfChunksWithCarriedStateEqualsThatOfOneLongSequence) {
  const std::string text = text_file("chunks.txt");
  exec::PathMemory memory;
  std::vector<double> losses;
  for (const int64_t steps : {3, 16, 4000}) {
    const auto task = data::make_task(language_options(text, steps));
    const model::Network network(small_lstm(), task->spec(), find_cell);
    losses.push_back(evaluate(*task, data::Part::valid, network, network.initial(1, 0), 1, memory).metrics.at("valid/loss"));
  }
  EXPECT_NEAR(losses[0], losses[2], 1e-5);
  EXPECT_NEAR(losses[1], losses[2], 1e-5);
}

// Streams of unequal length, so that the last batch has labels that are not counted: against one step at a time.
TEST(Evaluation, CountsEveryTargetOnceAndNoIgnoredOne) {
  const data::LanguageModelTask task(language_options(text_file("counted.txt")).language_model);
  const model::Network network(small_lstm(), task.spec(), find_cell);
  const model::ParameterSet weights = network.initial(1, 0);
  exec::PathMemory memory;
  constexpr int64_t kStreams = 7;
  const data::Range targets = task.targets(data::Part::valid);
  ASSERT_NE(targets.size() % kStreams, 0);
  const auto metrics = evaluate(task, data::Part::valid, network, weights, kStreams, memory).metrics;

  Stepper stepper(network, weights, 1, memory);
  double nats = 0;
  int64_t correct = 0, begin = targets.begin;
  for (int64_t n = 0; n < kStreams; ++n) {
    stepper.reset();
    const int64_t end = begin + targets.size() / kStreams + (n < targets.size() % kStreams ? 1 : 0);
    for (; begin < end; ++begin) {
      const auto i = static_cast<size_t>(begin);
      const auto logits = stepper.step(task.tokens().subspan(i - 1, 1));
      nats += nats_of(logits, task.tokens()[i]);
      correct += std::max_element(logits.begin(), logits.end()) - logits.begin() == task.tokens()[i];
    }
  }
  EXPECT_EQ(begin, targets.end);
  const auto count = static_cast<double>(targets.size());
  EXPECT_NEAR(metrics.at("valid/loss"), nats / count, 1e-5);
  EXPECT_NEAR(metrics.at("valid/bits_per_character"), nats / count / std::log(2), 1e-5);
  EXPECT_NEAR(metrics.at("valid/accuracy"), static_cast<double>(correct) / count, 1e-12);
}

TEST(Evaluation, GivesTheResultsOfTheTraining) {
  const Training training = toy_training();
  exec::PathMemory memory;
  Trainer trainer(training, find_cell, memory);
  Recording rows;
  const Ending ending = trainer.run(rows);
  for (const data::Part part : data::kParts)
    for (const auto& [name, value] : evaluate(*training.task, part, trainer.network(), trainer.best_weights(), training.train.batch, memory).metrics)
      EXPECT_EQ(value, ending.results.at(name)) << name;
}

TEST(Stepper, GoesOnFromAStateThatWasKept) {
  const auto task = data::make_task(language_options(text_file("stepper.txt")));
  for (const char* cell : {"lstm", "gru"}) {
    model::ModelOptions options = small_lstm();
    options.cell = cell;
    const model::Network network(options, task->spec(), find_cell);
    const model::ParameterSet weights = network.initial(1, 0);
    exec::PathMemory memory;
    Stepper stepper(network, weights, 2, memory), other(network, weights, 2, memory);
    const auto step = [](Stepper& s, int32_t a, int32_t b) {
      const int32_t tokens[] = {a, b};
      const auto logits = s.step(tokens);
      return std::vector<float>(logits.begin(), logits.end());
    };
    const auto fresh = step(stepper, 1, 2);
    step(stepper, 3, 4);
    other.set_state(stepper.state());
    const auto expected = step(stepper, 5, 1);
    EXPECT_EQ(step(other, 5, 1), expected) << cell;
    EXPECT_NE(step(other, 1, 2), fresh) << cell;
    other.reset();
    EXPECT_EQ(step(other, 1, 2), fresh) << cell;
  }
}

}  // namespace
}  // namespace recur::train
