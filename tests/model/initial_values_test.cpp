#include "recur/model/initial_values.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "cells.hpp"
#include "specs.hpp"

namespace recur::model {
namespace {

using testing_cells::find_cell;

struct Moments {
  double mean = 0, variance = 0, largest = 0;
};

Moments moments_of(std::span<const float> values) {
  Moments moments;
  for (const float value : values) {
    moments.mean += static_cast<double>(value) / static_cast<double>(values.size());
    moments.largest = std::max(moments.largest, std::abs(static_cast<double>(value)));
  }
  for (const float value : values) moments.variance += std::pow(static_cast<double>(value) - moments.mean, 2) / static_cast<double>(values.size());
  return moments;
}

TEST(InitialValues, EachRuleHasTheVarianceOfItsPaper) {
  struct Case {
    const char* rule;
    double variance;  // for fan_in 200, fan_out 100, H 25
    bool bounded;     // uniform: no value beyond sqrt(3 variance)
  };
  for (const Case& each : {Case{"glorot_uniform", 2.0 / 300, true}, Case{"glorot_normal", 2.0 / 300, false},
                           Case{"he_uniform", 2.0 / 200, true}, Case{"he_normal", 2.0 / 200, false},
                           Case{"lecun_uniform", 1.0 / 200, true}, Case{"lecun_normal", 1.0 / 200, false},
                           Case{"uniform_hidden", 1.0 / 75, true}, Case{"normal", 0.0025, false}}) {
    std::vector<float> values(200 * 100);
    Stream stream(7);
    fill_by_rule(each.rule, {200, 100}, 25, stream, values);
    const Moments moments = moments_of(values);
    EXPECT_NEAR(moments.mean, 0, 4 * std::sqrt(each.variance / 20000)) << each.rule;
    EXPECT_NEAR(moments.variance, each.variance, 0.04 * each.variance) << each.rule;
    EXPECT_EQ(moments.largest <= std::sqrt(3 * each.variance), each.bounded) << each.rule;
  }
}

TEST(InitialValues, OrthogonalMatricesHaveOrthonormalRowsOrColumnsWhicheverAreFewer) {
  for (const auto& shape : {std::pair<int64_t, int64_t>{20, 20}, {12, 48}, {48, 12}, {1, 5}}) {
    const int64_t rows = shape.first, columns = shape.second;
    std::vector<float> values(static_cast<size_t>(rows * columns));
    Stream stream(3);
    fill_by_rule("orthogonal", {rows, columns}, 1, stream, values);
    const bool by_rows = rows <= columns;
    const int64_t count = by_rows ? rows : columns, size = by_rows ? columns : rows;
    for (int64_t i = 0; i < count; ++i)
      for (int64_t j = 0; j <= i; ++j) {
        double product = 0;
        for (int64_t k = 0; k < size; ++k) {
          const auto at = [&](int64_t v) { return static_cast<double>(values[static_cast<size_t>(by_rows ? v * columns + k : k * columns + v)]); };
          product += at(i) * at(j);
        }
        EXPECT_NEAR(product, i == j ? 1 : 0, 1e-6) << rows << " x " << columns << ": " << i << ", " << j;
      }
  }
}

TEST(InitialValues, TheForgetBiasIsAddedToTheForgetGateAlone) {
  ModelOptions model = options("lstm", 3);
  model.hyper["forget_bias"] = 2.0;
  const Network network(model, regression_at_last_step(), find_cell);
  const ParameterSet set = network.initial(1, 0);
  const std::vector<float> expected{0, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(std::vector<float>(set.at("layer0/b").begin(), set.at("layer0/b").end()), expected);
}

TEST(InitialValues, SchemesAndOverridesDecideByRole) {
  const auto bias_and_input = [](const InitOptions& init) {
    ModelOptions model = options("gru", 16);
    model.init = init;
    const ParameterSet set = Network(model, regression_at_last_step(16), find_cell).initial(1, 0);
    return std::pair(moments_of(set.at("layer0/b")).largest, moments_of(set.at("layer0/W")).variance);
  };
  EXPECT_EQ(bias_and_input({"cell", "", "", ""}).first, 0);
  EXPECT_EQ(bias_and_input({"keras", "", "", ""}).first, 0);
  const auto pytorch = bias_and_input({"pytorch", "", "", ""});
  EXPECT_GT(pytorch.first, 0.1);
  EXPECT_LE(pytorch.first, 0.25);
  EXPECT_NEAR(pytorch.second, 1.0 / 48, 0.1 / 48);
  const auto mixed = bias_and_input({"pytorch", "ones", "", "zeros"});
  EXPECT_EQ(mixed.first, 0);
  EXPECT_NEAR(mixed.second, 0, 1e-12);
}

TEST(InitialValues, DependOnNameSeedAndReplicateAlone) {
  const Network gru(options("gru", 6), regression_at_last_step(), find_cell), lstm(options("lstm", 6), regression_at_last_step(), find_cell);
  const auto head = [](const Network& network, uint64_t seed, uint64_t replicate) {
    const ParameterSet set = network.initial(seed, replicate);
    return std::vector<float>(set.at("head/W").begin(), set.at("head/W").end());
  };
  EXPECT_EQ(head(gru, 1, 2), head(lstm, 1, 2));
  EXPECT_NE(head(gru, 1, 2), head(gru, 1, 3));
  EXPECT_NE(head(gru, 1, 2), head(gru, 2, 2));
}

}  // namespace
}  // namespace recur::model
