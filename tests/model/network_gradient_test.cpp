// Gradients of small whole networks against central differences, in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "cells.hpp"
#include "recur/ir/adjoint.hpp"
#include "specs.hpp"

namespace recur::model {
namespace {

using testing_cells::find_cell;

struct Case {
  std::string name;
  ModelOptions model;
  data::TaskSpec spec;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  all.push_back({"regression_at_last_step", options("lstm", 3, 2), regression_at_last_step()});
  all.push_back({"regression_of_padded_sequences", options("gru", 3), regression_at_last_step()});
  all.back().spec.has_lengths = true;
  all.push_back({"mean_of_all_steps", options("bidirectional", 2), regression_at_last_step()});
  all.back().model.readout = "mean";
  all.push_back({"mean_of_padded_sequences", options("lstm", 3), regression_at_last_step()});
  all.back().model.readout = "mean";
  all.back().spec.has_lengths = true;
  all.push_back({"regression_at_every_step", options("vanilla", 3, 2), regression_at_last_step()});
  all.back().spec.output.at = OutputSpec::At::every_step;
  all.back().spec.has_lengths = true;
  all.push_back({"classes_at_every_step", options("gru", 3, 2), language()});
  all.push_back({"classes_at_last_step", options("mgu", 3), language()});
  all.back().spec.output.at = OutputSpec::At::last_step;
  all.back().spec.carries_state = false;
  all.push_back({"bits_of_padded_sequences", options("gru", 3), regression_at_last_step()});
  all.back().spec.output = {OutputSpec::Kind::binary, OutputSpec::At::every_step, 3};
  all.back().spec.has_lengths = true;
  all.push_back({"classes_whose_logits_are_shown", options("vanilla", 3), language()});
  all.back().spec.output.shows_logits = true;
  all.push_back({"random_field_of_padded_sequences", options("gru", 3), language(4)});
  all.back().spec.carries_state = false;
  all.back().spec.has_lengths = true;
  all.back().spec.output.shows_logits = true;
  all.back().model.crf = true;
  all.push_back({"characters", options("gru", 3), language(4)});
  all.back().spec.carries_state = false;
  all.back().spec.characters = 5;
  all.back().model.characters = {.hidden = 2, .cell = "lstm", .embedding = 3};
  all.push_back({"characters_of_padded_sequences_and_dropped_words", options("vanilla", 3), language(4)});
  all.back().spec.carries_state = false;
  all.back().spec.has_lengths = true;
  all.back().spec.characters = 4;
  all.back().model.characters = {.hidden = 2, .cell = "gru"};
  all.back().model.dropout.words = 0.4;
  all.push_back({"dropout", options("lstm", 3, 2), language()});
  all.back().model.dropout = {"between_layers", 0.4};
  all.push_back({"variational_dropout", options("vanilla", 3, 2), regression_at_last_step()});
  all.back().model.dropout = {"variational", 0.4};
  all.push_back({"learned_start_and_auxiliary_loss", options("penalized", 3, 2), language()});
  all.push_back({"bidirectional", options("bidirectional", 2, 2), language()});
  all.push_back({"gaussian_density", options("lstm", 3, 2), density(OutputSpec::Distribution::gaussian)});
  all.back().spec.has_lengths = true;
  all.push_back({"bernoulli_density", options("gru", 3), density(OutputSpec::Distribution::bernoulli)});
  all.push_back({"density_of_a_cell_of_its_own", options("vrnn", 3), density(OutputSpec::Distribution::gaussian)});
  all.back().model.hyper = {{"latent", int64_t{2}}, {"features", int64_t{3}}, {"recurrence", std::string("vanilla")}, {"kl_warm_up", int64_t{10}}};
  all.push_back({"levels_over_boundaries", options("hrnn", 2), language()});
  all.back().spec.carries_state = false;
  all.back().spec.has_lengths = true;
  all.back().spec.levels = 1;
  return all;
}

class NetworkGradient : public testing::TestWithParam<Case> {};

TEST_P(NetworkGradient, EqualsCentralDifferences) {
  constexpr int64_t T = 4, N = 3;
  const Network network(GetParam().model, GetParam().spec, find_cell);
  const ir::Program program = bind(network, Purpose::kTrain, T, N);
  const std::vector<std::string> names = network.layout()->names();
  Tensors inputs = inputs_for(program, network);
  if (inputs.contains("lengths")) inputs["lengths"].data = {4, 2, 3};
  if (inputs.contains("last")) inputs["last"].data = GetParam().spec.has_lengths ? std::vector<double>{3, 1, 2} : std::vector<double>{3, 3, 3};
  if (inputs.contains("fresh")) inputs["fresh"].data = {0, 1, 0};
  if (inputs.contains("updates")) inputs["updates"].data = {4};
  if (inputs.contains("segments1/ends")) {  // two segments and one; three segments; one
    inputs["segments1/ends"].data = {1, 0, 1, 3, 1, 1, 3, 2, 1, 3, 2, 1};
    inputs["segments1/of"].data = {0, 0, 0, 0, 1, 0, 1, 2, 0, 1, 2, 0};
    inputs["segments1/counts"].data = {2, 3, 1};
    inputs["lengths"].data = {4, 3, 2};
  }
  inputs["weight"].data.back() = 0;
  for (const std::string& name : names) {  // a relu of zero stands at its kink
    std::vector<double>& values = inputs[name].data;
    Stream stream(2, 0, "test/" + name);
    if (std::all_of(values.begin(), values.end(), [](double v) { return v == 0; }))
      for (double& value : values) value = 0.3 * stream.normal();
  }

  const exec::NoiseKey key{11, 7};
  const auto gradients = exec::Reference(ir::differentiate(program, 0, names)).run(inputs, key);
  const exec::Reference reference(program);
  for (size_t p = 0; p < names.size(); ++p) {
    std::vector<double>& values = inputs[names[p]].data;
    const std::vector<double>& got = gradients[program.outputs.size() + p].data;
    ASSERT_EQ(got.size(), values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      constexpr double kStep = 1e-5;
      const double before = values[i];
      values[i] = before + kStep;
      const double above = reference.run(inputs, key)[0].data[0];
      values[i] = before - kStep;
      const double below = reference.run(inputs, key)[0].data[0];
      values[i] = before;
      EXPECT_NEAR(got[i], (above - below) / (2 * kStep), 1e-8) << names[p] << "[" << i << "]";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, NetworkGradient, testing::ValuesIn(cases()), [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace recur::model
