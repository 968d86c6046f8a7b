#include "recur/data/ngram.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "recur/random/stream.hpp"

namespace recur::data {
namespace {

// Tokens 1 2 1 2 1 3 over a vocabulary of 4. Counts: 0 3 2 1. After 1: 2 twice, 3 once; after 2: 1 twice; after 3: none.
const std::vector<int32_t> kTraining{1, 2, 1, 2, 1, 3};

TEST(NgramModelTest, UnigramsAreSmoothedByAddingOne) {
  const NgramModel model(kTraining, 4);
  EXPECT_DOUBLE_EQ(model.unigram(0), 1 / 10.0);
  EXPECT_DOUBLE_EQ(model.unigram(1), 4 / 10.0);
  EXPECT_EQ(model.best_unigram(), 1);
}

TEST(NgramModelTest, BigramsAreSmoothedAsByWittenAndBell) {
  const NgramModel model(kTraining, 4);
  EXPECT_DOUBLE_EQ(model.bigram(1, 2), (2 + 2 * 0.3) / (3 + 2));
  EXPECT_DOUBLE_EQ(model.bigram(1, 0), (0 + 2 * 0.1) / (3 + 2));
  EXPECT_DOUBLE_EQ(model.bigram(2, 1), (2 + 1 * 0.4) / (2 + 1));
  EXPECT_DOUBLE_EQ(model.bigram(3, 2), model.unigram(2));
  EXPECT_EQ(model.best_bigram(1), 2);
  EXPECT_EQ(model.best_bigram(3), 1);
}

TEST(NgramModelTest, ScoresTheTargetsOfAStretch) {
  const NgramModel model(kTraining, 4);
  const std::vector<int32_t> tokens{1, 2, 2, 1};  // targets 2 2 1 after 1 2 2
  const Outcome unigram = model.score_unigram(tokens, 1, 4);
  EXPECT_NEAR(unigram.nats, -std::log(0.3 * 0.3 * 0.4), 1e-12);
  EXPECT_EQ(unigram.correct, 1);
  EXPECT_EQ(unigram.counted, 3);
  const Outcome bigram = model.score_bigram(tokens, 1, 4);
  EXPECT_NEAR(bigram.nats, -std::log(0.52 * (0.3 / 3) * 0.8), 1e-12);
  EXPECT_EQ(bigram.correct, 2);
}

TEST(NgramModelTest, ProbabilitiesSumToOneAndTheBestIsTheLargest) {
  Stream stream(11);
  std::vector<int32_t> training;
  for (int i = 0; i < 200; ++i) training.push_back(static_cast<int32_t>(stream.below(3) * stream.below(4)));
  const int32_t V = 9;
  const NgramModel model(training, V);
  for (int32_t v = 0; v < V; ++v) {
    double sum = 0, largest = 0;
    for (int32_t w = 0; w < V; ++w) {
      sum += model.bigram(v, w);
      largest = std::max(largest, model.bigram(v, w));
    }
    EXPECT_NEAR(sum, 1, 1e-12);
    EXPECT_EQ(model.bigram(v, model.best_bigram(v)), largest);
  }
}

TEST(NgramModelTest, KnowsNothingWithoutText) {
  const NgramModel model({}, 4);
  EXPECT_DOUBLE_EQ(model.bigram(1, 2), 0.25);
}

}  // namespace
}  // namespace recur::data
