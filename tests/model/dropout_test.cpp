#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "cells.hpp"
#include "specs.hpp"

namespace recur::model {
namespace {

using testing_cells::find_cell;

constexpr int64_t kTime = 20, kBatchSize = 30, kWidth = 8;

// The values that a mask of a training program multiplies by: mul(x, mask), where the mask comes from noise.
std::vector<exec::Tensor> masks(const ModelOptions& model, uint64_t step = 0) {
  const Network network(model, regression_at_last_step(), find_cell);
  ir::Program program = bind(network, Purpose::kTrain, kTime, kBatchSize);
  // Look at the masks themselves: they are products of a comparison with a constant.
  program.outputs.clear();
  program.output_names.clear();
  for (const ir::Node& node : program.nodes)
    if (node.op == ir::Op::kMul && program.producer(node.inputs[0]).op == ir::Op::kGreaterEqual &&
        program.producer(node.inputs[1]).op == ir::Op::kConstant)
      program.outputs.push_back(node.outputs[0]);
  return exec::Reference(program).run(inputs_for(program, network), {5, step});
}

ModelOptions with_dropout(const std::string& kind, double rate, int64_t layers = 2) {
  ModelOptions model = options("vanilla", kWidth, layers);
  model.dropout = {kind, rate};
  return model;
}

TEST(Dropout, KeepsTheExpectationAndDropsTheShareAskedFor) {
  const auto all = masks(with_dropout("between_layers", 0.25));
  ASSERT_EQ(all.size(), 2u);  // after each layer; continuous inputs themselves are not dropped
  for (const exec::Tensor& mask : all) {
    EXPECT_EQ(mask.shape, (ir::Shape{kTime, kBatchSize, kWidth}));
    double sum = 0, zeros = 0;
    for (const double value : mask.data) {
      EXPECT_TRUE(value == 0 || std::abs(value - 1 / 0.75) < 1e-12) << value;
      sum += value;
      zeros += value == 0;
    }
    EXPECT_NEAR(sum / static_cast<double>(mask.data.size()), 1, 0.03);
    EXPECT_NEAR(zeros / static_cast<double>(mask.data.size()), 0.25, 0.03);
  }
  EXPECT_NE(all[0].data, all[1].data);
  EXPECT_NE(all[0].data, masks(with_dropout("between_layers", 0.25), 1)[0].data) << "a new mask for each update";
}

TEST(Dropout, TakesTheShareOfWordsAskedForToBeUnknownAndKeepsTheOthers) {
  ModelOptions model = options("vanilla", kWidth);
  model.dropout.words = 0.25;
  const Network network(model, language(50), find_cell);
  ir::Program program = bind(network, Purpose::kTrain, kTime, kBatchSize);
  for (const ir::Node& node : program.nodes)
    if (node.op == ir::Op::kGather) program.outputs = {node.inputs[1]};
  program.output_names.clear();
  Tensors inputs = inputs_for(program, network);
  for (double& token : inputs["tokens"].data) token += token == 0;
  const std::vector<double>& given = inputs["tokens"].data;
  const std::vector<double> read = exec::Reference(program).run(inputs, {5, 0})[0].data;
  double unknown = 0;
  for (size_t i = 0; i < given.size(); ++i) {
    EXPECT_TRUE(read[i] == given[i] || read[i] == 0);
    unknown += read[i] == 0;
  }
  EXPECT_NEAR(unknown / static_cast<double>(given.size()), 0.25, 0.05);
}

TEST(Dropout, VariationalMasksAreOneASequence) {
  const auto all = masks(with_dropout("variational", 0.5));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].shape, (ir::Shape{1, kBatchSize, kWidth}));  // broadcast over all steps
  EXPECT_NE(std::vector(all[0].data.begin(), all[0].data.begin() + kWidth), std::vector(all[0].data.begin() + kWidth, all[0].data.begin() + 2 * kWidth));
}

TEST(Dropout, ActsOnTheEmbeddingAndEveryLayer) {
  ModelOptions model = with_dropout("between_layers", 0.5);
  const Network network(model, language(), find_cell);
  int64_t noise = 0;
  for (const ir::Node& node : network.program(Purpose::kTrain).nodes) noise += node.op == ir::Op::kUniform;
  EXPECT_EQ(noise, 3);
}

TEST(Dropout, IsOffOutsideOfTraining) {
  const Network network(with_dropout("variational", 0.5), language(), find_cell);
  for (const Purpose purpose : {Purpose::kEvaluate, Purpose::kPredict, Purpose::kStep})
    for (const ir::Node& node : network.program(purpose).nodes) EXPECT_FALSE(ir::is_noise(node.op));
}

TEST(Dropout, DrawsFromTheSameStreamsWhateverNoiseTheCellDraws) {
  const auto streams = [](const std::string& cell) {
    ModelOptions model = with_dropout("between_layers", 0.5);
    model.cell = cell;
    std::vector<uint64_t> result;
    for (const ir::Node& node : Network(model, regression_at_last_step(), find_cell).program(Purpose::kTrain).nodes)
      if (node.op == ir::Op::kUniform) result.push_back(node.stream);
    return result;
  };
  EXPECT_EQ(streams("vanilla"), streams("gru"));
  EXPECT_EQ(streams("vanilla"), (std::vector{streams("zoneout")[0], streams("zoneout")[1]}));
}

}  // namespace
}  // namespace recur::model
