// Networks that say how probable their input is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "cells.hpp"
#include "recur/error/error.hpp"
#include "specs.hpp"

namespace recur::model {
namespace {

using Distribution = OutputSpec::Distribution;
using testing::HasSubstr;
using testing_cells::find_cell;

std::string refusal(const ModelOptions& options, const data::TaskSpec& spec) {
  try {
    const Network network(options, spec, find_cell);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

// With a head of zeros every step has the head's bias as parameters.
Tensors with_bias(const ir::Program& program, const Network& network, const std::vector<double>& bias) {
  Tensors inputs = inputs_for(program, network);
  std::fill(inputs["head/W"].data.begin(), inputs["head/W"].data.end(), 0.0);
  inputs["head/b"].data = bias;
  return inputs;
}

TEST(Density, IsThatOfAGaussianInNats) {
  const Network network(options("gru", 3), density(Distribution::gaussian), find_cell);
  const ir::Program program = bind(network, Purpose::kEvaluate, 2, 1);
  Tensors inputs = with_bias(program, network, {0.5, -1, 0.3, 2});
  inputs["x"].data = {1, 0, -2, 0.25};
  inputs["weight"].data = {0.75, 0.25};
  const auto outputs = exec::Reference(program).run(inputs);
  const auto nats = [](double x, double mean, double spread) {
    const double deviation = std::log1p(std::exp(spread)) + 1e-3, z = (x - mean) / deviation;
    return 0.5 * z * z + std::log(deviation) + 0.5 * std::log(2 * std::numbers::pi);
  };
  const double first = nats(1, 0.5, 0.3) + nats(0, -1, 2), second = nats(-2, 0.5, 0.3) + nats(0.25, -1, 2);
  EXPECT_NEAR(output(program, outputs, "data_loss").data[0], 0.75 * first + 0.25 * second, 1e-12);
  const std::vector<double>& prediction = output(program, outputs, "prediction").data;
  ASSERT_EQ(output(program, outputs, "prediction").shape, (ir::Shape{2, 1, 2}));
  EXPECT_NEAR(prediction[0], -first, 1e-12);
  EXPECT_NEAR(prediction[1], -first, 1e-12) << "without latent variables the importance weight is the density";
  EXPECT_NEAR(prediction[2], -second, 1e-12);
}

TEST(Density, IsThatOfIndependentBitsInNats) {
  const Network network(options("gru", 3), density(Distribution::bernoulli), find_cell);
  const ir::Program program = bind(network, Purpose::kEvaluate, 1, 2);
  Tensors inputs = with_bias(program, network, {0.4, -3});
  inputs["x"].data = {1, 0, 0, 1};
  const auto p = [](double logit) { return 1 / (1 + std::exp(-logit)); };
  const std::vector<double> prediction = output(program, exec::Reference(program).run(inputs), "prediction").data;
  EXPECT_NEAR(prediction[0], std::log(p(0.4)) + std::log(1 - p(-3)), 1e-12);
  EXPECT_NEAR(prediction[2], std::log(1 - p(0.4)) + std::log(p(-3)), 1e-12);
}

TEST(Density, OfAStepHasSeenOnlyTheStepsBeforeIt) {
  for (const char* cell : {"lstm", "vrnn"}) {
    const Network network(options(cell, 4), density(Distribution::gaussian), find_cell);
    const ir::Program program = bind(network, Purpose::kEvaluate, 4, 1);
    Tensors inputs = inputs_for(program, network);
    const auto log_p = [&] { return output(program, exec::Reference(program).run(inputs, {1, 2}), "prediction").data; };
    const std::vector<double> before = log_p();
    inputs["x"].data[2 * 2] += 1;  // step 2
    const std::vector<double> after = log_p();
    for (size_t t = 0; t < 4; ++t) EXPECT_EQ(before[2 * t] == after[2 * t], t < 2) << cell << ", step " << t;
  }
}

TEST(Density, OfACellThatModelsItsInputIsTheSumOfItsLosses) {
  const Network network(options("vrnn", 4), density(Distribution::bernoulli), find_cell);
  EXPECT_FALSE(network.layout()->find("head/W").has_value());
  const ir::Program program = bind(network, Purpose::kTrain, 3, 2);
  Tensors inputs = inputs_for(program, network);
  inputs["updates"].data = {0};
  inputs["x"].data = {1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1};
  const auto outputs = exec::Reference(program).run(inputs, {3, 4});
  EXPECT_NEAR(output(program, outputs, "loss").data[0], output(program, outputs, "data_loss").data[0], 1e-9);
}

TEST(Density, OfACellThatModelsItsInputIsAnnealedByTheNumberOfUpdates) {
  ModelOptions annealed = options("vrnn", 4), without = annealed;
  annealed.hyper["kl_warm_up"] = int64_t{100};
  without.hyper["kl_weight"] = 0.0;
  const auto loss = [](const ModelOptions& model, double updates) {
    const Network network(model, density(Distribution::gaussian), find_cell);
    const ir::Program program = bind(network, Purpose::kTrain, 3, 2);
    Tensors inputs = inputs_for(program, network);
    inputs["updates"].data = {updates};
    return output(program, exec::Reference(program).run(inputs, {3, 4}), "loss").data[0];
  };
  EXPECT_NEAR(loss(annealed, 0), loss(without, 0), 1e-12);
  EXPECT_GT(loss(annealed, 50), loss(annealed, 0));
  EXPECT_NEAR(loss(annealed, 1000), loss(annealed, 100), 1e-12);
}

TEST(Density, IsDrawnFromStepByStep) {
  for (const char* cell : {"gru", "vrnn"}) {
    const Network network(options(cell, 4), density(Distribution::bernoulli), find_cell);
    const ir::Program program = bind(network, Purpose::kStep, 1, 3);
    Tensors inputs = inputs_for(program, network);
    const exec::Tensor x = output(program, exec::Reference(program).run(inputs, {5, 6}), "prediction");
    EXPECT_EQ(x.shape, (ir::Shape{3, 2})) << cell;
    for (const double value : x.data) EXPECT_TRUE(value == 0 || value == 1) << cell;
  }
}

TEST(Density, OfACellThatModelsItsInputNeedsToBeTheOnlyLayerAndOfTheTasksKind) {
  EXPECT_THAT(refusal(options("vrnn", 4, 2), density(Distribution::gaussian)), HasSubstr("set layers to 1"));
  ModelOptions other = options("vrnn", 4);
  other.hyper["emission"] = std::string("bernoulli");
  EXPECT_THAT(refusal(other, density(Distribution::gaussian)), HasSubstr("leave out emission"));
}

TEST(Boundaries, ThatTheTaskDoesNotGiveAreAskedForInVain) {
  EXPECT_THAT(refusal(options("hrnn", 4), language()), HasSubstr("hrnn needs boundaries of 1 level"));
}

}  // namespace
}  // namespace recur::model
