#include "recur/train/sampling.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "recur/error/error.hpp"

namespace recur::train {
namespace {

// Shares of 40,000 draws from the probabilities 0.5, 0.1, 0.3, 0.1.
std::array<double, 4> shares(const SamplingOptions& options, int32_t exclude = -1) {
  const std::array<float, 4> logits{std::log(0.5f), std::log(0.1f), std::log(0.3f), std::log(0.1f)};
  std::array<double, 4> shares{};
  Stream stream(17);
  std::vector<std::pair<double, int32_t>> scratch;
  for (int i = 0; i < 40000; ++i) shares[static_cast<size_t>(sample(logits, options, stream, exclude, scratch))] += 1.0 / 40000;
  return shares;
}

void expect_shares(const std::array<double, 4>& got, const std::array<double, 4>& expected) {
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(got[i], expected[i], expected[i] == 0 || expected[i] == 1 ? 1e-9 : 0.01) << i;
}

TEST(Sampling, FollowsTheProbabilities) { expect_shares(shares({}), {0.5, 0.1, 0.3, 0.1}); }

TEST(Sampling, TemperatureSharpensOrFlattens) {
  // Squares of the probabilities: 0.25, 0.01, 0.09, 0.01 of 0.36.
  expect_shares(shares({.temperature = 0.5}), {0.25 / 0.36, 0.01 / 0.36, 0.09 / 0.36, 0.01 / 0.36});
  expect_shares(shares({.temperature = 1e6}), {0.25, 0.25, 0.25, 0.25});
}

TEST(Sampling, TemperatureZeroTakesTheMostProbable) { expect_shares(shares({.temperature = 0}), {1, 0, 0, 0}); }

TEST(Sampling, TopKLeavesTheKMostProbableTiesBySmallerClass) {
  expect_shares(shares({.top_k = 2}), {0.625, 0, 0.375, 0});
  expect_shares(shares({.top_k = 3}), {5.0 / 9, 1.0 / 9, 3.0 / 9, 0});
}

TEST(Sampling, TopPLeavesTheFewestThatReachTheProbability) {
  expect_shares(shares({.top_p = 0.4}), {1, 0, 0, 0});
  expect_shares(shares({.top_p = 0.75}), {0.625, 0, 0.375, 0});
}

TEST(Sampling, NeverDrawsTheExcludedClass) { expect_shares(shares({}, 0), {0, 0.2, 0.6, 0.2}); }

TEST(Sampling, SaysYesWithTheProbabilityOfTheLogit) {
  const auto share = [](float logit, double temperature) {
    Stream stream(5);
    double yes = 0;
    for (int i = 0; i < 40000; ++i) yes += sample_yes(logit, temperature, stream) ? 1.0 / 40000 : 0;
    return yes;
  };
  const float logit = std::log(4.0f);  // odds of 4 to 1
  EXPECT_NEAR(share(logit, 1), 0.8, 0.01);
  EXPECT_NEAR(share(-logit, 1), 0.2, 0.01);
  EXPECT_NEAR(share(logit, 2), 2.0 / 3, 0.01);
  EXPECT_NEAR(share(logit, 0.5), 16.0 / 17, 0.01);
  EXPECT_NEAR(share(logit, 0), 1, 1e-9);
  EXPECT_EQ(share(-0.1f, 0), 0);
  EXPECT_EQ(share(-1000, 0.01), 0);
  EXPECT_NEAR(share(1000, 0.01), 1, 1e-9);
}

TEST(Sampling, RefusesOptionsOutOfTheirRange) {
  EXPECT_THROW(check({.temperature = -1}), UserError);
  EXPECT_THROW(check({.top_k = -1}), UserError);
  EXPECT_THROW(check({.top_p = 0}), UserError);
  EXPECT_THROW(check({.top_p = 1.5}), UserError);
}

}  // namespace
}  // namespace recur::train
