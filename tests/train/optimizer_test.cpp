#include "recur/train/optimizer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "recur/error/error.hpp"

namespace recur::train {
namespace {

model::SharedLayout three() {
  return std::make_shared<model::ParameterLayout>(std::vector<model::ParameterInfo>{{"w", {3}, "", ""}});
}

void assign(model::ParameterSet& set, const std::array<float, 3>& values) { std::copy(values.begin(), values.end(), set[0].begin()); }

constexpr std::array<std::array<float, 3>, 3> kGradients{{{0.5f, -1.0f, 0.25f}, {-0.25f, -0.5f, 2.0f}, {0.125f, 1.5f, -1.0f}}};

struct Case {
  const char* name;
  OptimizerOptions options;
  std::array<float, 3> expected;
};

OptimizerOptions with(const std::string& kind, const std::function<void(OptimizerOptions&)>& change = {}) {
  OptimizerOptions options;
  options.kind = kind;
  options.lr = 0.1;
  options.alpha = 0.9;
  if (change) change(options);
  return options;
}

// Three updates of (1, -2, 3) by kGradients with a learning rate of 0.1; computed by torch.optim of PyTorch 2.13.0 on a CPU:
//   p = torch.nn.Parameter(torch.tensor([1.0, -2.0, 3.0])); for g in gradients: p.grad = torch.tensor(g); o.step()
const std::vector<Case>& cases() {
  using O = OptimizerOptions;
  static const std::vector<Case> all{
      {"SGD", with("sgd"), {0.962499976f, -2.0f, 2.87499976f}},
      {"SGD, weight_decay 0.01", with("sgd", [](O& o) { o.weight_decay = 0.01; }), {0.959577978f, -1.9942559f, 2.86625886f}},
      {"SGD, momentum 0.9", with("sgd", [](O& o) { o.momentum = 0.9; }), {0.899500012f, -1.78400004f, 2.65224981f}},
      {"SGD, momentum 0.9, nesterov, weight_decay 0.01",
       with("sgd", [](O& o) { o.momentum = 0.9, o.nesterov = true, o.weight_decay = 0.01; }),
       {0.864439189f, -1.79073954f, 2.53889894f}},
      {"RMSprop, alpha 0.9", with("rmsprop"), {0.755750537f, -1.79804218f, 2.51638198f}},
      {"RMSprop, alpha 0.9, centered, eps 1e-4", with("rmsprop", [](O& o) { o.centered = true, o.eps = 1e-4; }),
       {0.738549829f, -1.76684511f, 2.4802475f}},
      {"RMSprop, alpha 0.9, momentum 0.9, weight_decay 0.01",
       with("rmsprop", [](O& o) { o.momentum = 0.9, o.weight_decay = 0.01; }),
       {0.335020214f, -1.1190623f, 1.68981218f}},
      {"RMSprop, alpha 0.9, momentum 0.9, centered, eps 1e-4",
       with("rmsprop", [](O& o) { o.momentum = 0.9, o.centered = true, o.eps = 1e-4; }),
       {0.302480906f, -1.05138934f, 1.60942674f}},
      {"Adam", with("adam"), {0.839323461f, -1.81497967f, 2.78937912f}},
      {"Adam, betas 0.8 0.9, eps 1e-3, weight_decay 0.1",
       with("adam", [](O& o) { o.beta1 = 0.8, o.beta2 = 0.9, o.eps = 1e-3, o.weight_decay = 0.1; }),
       {0.806393981f, -1.80524457f, 2.76903272f}},
      {"AdamW, weight_decay 0.1", with("adamw", [](O& o) { o.weight_decay = 0.1; }), {0.8118788f, -1.75849986f, 2.70308781f}},
  };
  return all;
}

TEST(Optimizer, UpdatesAsPyTorchDoes) {
  for (const Case& each : cases()) {
    const model::SharedLayout layout = three();
    model::ParameterSet weights(layout), gradients(layout);
    Optimizer optimizer(each.options, layout);
    assign(weights, {1, -2, 3});
    for (const auto& gradient : kGradients) {
      assign(gradients, gradient);
      optimizer.update(weights, gradients, each.options.lr);
    }
    for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(weights[0][i], each.expected[i], 1e-6) << each.name << "[" << i << "]";
    for (size_t i = 3; i < weights.flat().size(); ++i) EXPECT_EQ(weights.flat()[i], 0) << each.name << ": between parameters";
  }
}

TEST(Optimizer, GoesOnToTheSameBitsFromItsSavedState) {
  for (const Case& each : cases()) {
    const model::SharedLayout layout = three();
    model::ParameterSet weights(layout), gradients(layout);
    assign(weights, {1, -2, 3});
    Optimizer whole(each.options, layout), second(each.options, layout);
    for (size_t i = 0; i < 2; ++i) {
      assign(gradients, kGradients[i]);
      whole.update(weights, gradients, 0.1);
    }
    model::ParameterSet copy = weights;
    second.moments() = whole.moments();
    second.set_updates(whole.updates());
    assign(gradients, kGradients[2]);
    whole.update(weights, gradients, 0.1);
    second.update(copy, gradients, 0.1);
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(weights[0][i], copy[0][i]) << each.name;
  }
}

TEST(Optimizer, NamesTheNearestKind) {
  try {
    Optimizer(with("adm"), three());
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "train.optimizer.kind: unknown optimizer 'adm'; did you mean 'adam'?");
  }
}

TEST(Clipping, ByNormScalesAllGradientsTogether) {
  model::ParameterSet gradients(std::make_shared<model::ParameterLayout>(
      std::vector<model::ParameterInfo>{{"a", {1}, "", ""}, {"b", {2}, "", ""}}));
  gradients[0][0] = 2;
  gradients[1][0] = -3;
  gradients[1][1] = 6;
  EXPECT_DOUBLE_EQ(norm(gradients), 7);
  clip_norm(gradients, 7, 10);
  EXPECT_EQ(gradients[1][1], 6);
  clip_norm(gradients, 7, 3.5);
  EXPECT_FLOAT_EQ(gradients[0][0], 1);
  EXPECT_FLOAT_EQ(gradients[1][0], -1.5);
  EXPECT_FLOAT_EQ(gradients[1][1], 3);
}

TEST(Clipping, ByValueBoundsEachElementAndKeepsNaN) {
  model::ParameterSet gradients(three());
  assign(gradients, {0.25f, -4, std::nanf("")});
  clip_value(gradients, 0.5);
  EXPECT_EQ(gradients[0][0], 0.25f);
  EXPECT_EQ(gradients[0][1], -0.5f);
  EXPECT_TRUE(std::isnan(gradients[0][2]));
}

}  // namespace
}  // namespace recur::train
