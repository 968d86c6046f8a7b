// The variational recurrent network: the kit, its terms against numbers worked out by hand, and what it generates.
#include <cmath>
#include <numbers>

#include "cell_test.hpp"
#include "layer_run.hpp"
#include "test_registry.hpp"

namespace recur::conformance {
namespace {

plugin::HyperValues small(const std::string& emission, const std::string& recurrence, const std::string& output) {
  return {{"latent", int64_t{3}}, {"features", int64_t{5}}, {"emission", emission}, {"recurrence", recurrence}, {"output", output}};
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Vrnn, CellTest,
                         each_case({{"vrnn_gaussian_lstm", {"vrnn", small("gaussian", "lstm", "state")}},
                                    {"vrnn_bernoulli_gru", {"vrnn", small("bernoulli", "gru", "density")}},
                                    {"vrnn_categorical_vanilla", {"vrnn", small("categorical", "vanilla", "density")}}}),
                         name_of_case);

namespace {

double inverse_softplus(double y) { return std::log(std::expm1(y)); }
double log_of_two_pi() { return std::log(2 * std::numbers::pi); }

// A VRNN of two inputs and one latent variable that gives its density. All weights are zero, so that the biases are what its
// distributions have for parameters, whatever x, z and h are.
class VrnnTest : public testing::Test {
 protected:
  static constexpr int64_t kInput = 2, kHidden = 3;

  VrnnTest() {
    hypers_ = small("gaussian", "gru", "density");
    hypers_["latent"] = int64_t{1};
    hypers_["deviation_floor"] = 0.0;
    biases_["prior_b"] = biases_["posterior_b"] = {0, inverse_softplus(1)};
  }

  struct Result {
    exec::Tensor y;
    std::map<std::string, double> losses;   // not scaled
    std::map<std::string, double> scales;
  };
  // x: one sequence's steps, given to N sequences.
  Result run(const std::vector<double>& x, int64_t N = 1, recur_phase phase = RECUR_EVALUATE, double updates = -1) {
    const auto T = static_cast<int64_t>(x.size()) / kInput;
    const plugin::CellInstance cell = test_registry().make("vrnn", kInput, kHidden, hypers_);
    ir::Builder b;
    Numbers numbers;
    plugin::LayerInputs in;
    in.x = b.input("x", {T, N, kInput});
    for (int64_t t = 0; t < T; ++t)
      for (int64_t n = 0; n < N; ++n) numbers["x"].data.insert(numbers["x"].data.end(), x.begin() + t * kInput, x.begin() + (t + 1) * kInput);
    numbers["x"].shape = {T, N, kInput};
    in.phase = phase;
    in.weights = [&](const std::string& name) {
      for (const plugin::WeightInfo& weight : cell.weights()) {
        if (weight.name != name) continue;
        const auto given = biases_.find(name);
        numbers[name] = {weight.dims, given != biases_.end() ? given->second : std::vector<double>(static_cast<size_t>(weight.size()))};
        return b.input(name, weight.dims);
      }
      throw std::logic_error(name);
    };
    if (updates >= 0) {
      in.updates = b.input("updates", {});
      numbers["updates"] = {{}, {updates}};
    }
    const plugin::LayerOutputs out = cell.record_layer(b, in);
    std::vector<ir::ValueId> outputs{out.y};
    for (const plugin::AuxiliaryLoss& loss : out.losses) outputs.push_back(loss.value);
    const std::vector<exec::Tensor> values = exec::Reference(b.finish(outputs)).run(numbers, kNoise);
    Result result{values[0], {}, {}};
    for (size_t i = 0; i < out.losses.size(); ++i) {
      result.losses[out.losses[i].name] = values[i + 1].data[0];
      result.scales[out.losses[i].name] = out.losses[i].scale;
    }
    return result;
  }

  // Column `at` of the density, one value a step and sequence.
  static std::vector<double> column(const exec::Tensor& y, int64_t at) {
    std::vector<double> values;
    const auto width = static_cast<size_t>(y.shape.back());
    for (size_t i = static_cast<size_t>(at); i < y.data.size(); i += width) values.push_back(y.data[i]);
    return values;
  }
  static double mean(const std::vector<double>& values) {
    double total = 0;
    for (const double value : values) total += value;
    return total / static_cast<double>(values.size());
  }

  plugin::HyperValues hypers_;
  std::map<std::string, std::vector<double>> biases_;
};

TEST_F(VrnnTest, DivergesFromItsPriorByTheClosedForm) {
  biases_["emission_b"] = {0, 0, inverse_softplus(1), inverse_softplus(1)};
  EXPECT_NEAR(run({0, 0}).losses.at("kl"), 0, 1e-12);
  // KL(N(1, 2^2) || N(0, 1)) = ln(1/2) + (4 + 1)/2 - 1/2
  biases_["posterior_b"] = {1, inverse_softplus(2)};
  EXPECT_NEAR(run({0, 0}).losses.at("kl"), 2 - std::log(2), 1e-12);
  // KL(N(1, 2^2) || N(-1, 4^2)) = ln(2) + (4 + 4)/32 - 1/2
  biases_["prior_b"] = {-1, inverse_softplus(4)};
  EXPECT_NEAR(run({0, 0}).losses.at("kl"), std::log(2) - 0.25, 1e-12);
}

TEST_F(VrnnTest, ScoresXUnderAGaussian) {
  biases_["emission_b"] = {1, -1, inverse_softplus(2), inverse_softplus(0.5)};
  // x = (2, 0): z-scores 1/2 and 2, deviations 2 and 1/2
  EXPECT_NEAR(run({2, 0}).losses.at("nll"), 0.5 * (0.25 + 4) + std::log(2) + std::log(0.5) + log_of_two_pi(), 1e-12);
}

TEST_F(VrnnTest, ScoresXUnderBernoullis) {
  hypers_["emission"] = std::string("bernoulli");
  biases_["emission_b"] = {std::log(3), 0};  // 3/4 and 1/2
  EXPECT_NEAR(run({1, 0}).losses.at("nll"), -std::log(0.75 * 0.5), 1e-12);
  EXPECT_NEAR(run({0, 1}).losses.at("nll"), -std::log(0.25 * 0.5), 1e-12);
}

TEST_F(VrnnTest, ScoresXUnderACategory) {
  hypers_["emission"] = std::string("categorical");
  biases_["emission_b"] = {std::log(4), 0};  // 4/5 and 1/5
  EXPECT_NEAR(run({1, 0}).losses.at("nll"), -std::log(0.8), 1e-12);
  EXPECT_NEAR(run({0, 1, 1, 0}).losses.at("nll"), -0.5 * std::log(0.2 * 0.8), 1e-12);  // a mean over steps
}

TEST_F(VrnnTest, GivesXItsDistributionAndTheBoundOfEachStep) {
  biases_["emission_b"] = {1, -1, 0.5, 0.25};
  biases_["posterior_b"] = {1, inverse_softplus(2)};
  const Result result = run({2, 0, 1, 1});
  ASSERT_EQ(result.y.shape, (ir::Shape{2, 1, kInput + 4 + 2}));
  EXPECT_EQ(column(result.y, 0), (std::vector<double>{2, 1}));
  EXPECT_EQ(column(result.y, 5), (std::vector<double>{0.25, 0.25}));
  EXPECT_NEAR(mean(column(result.y, 6)), -(result.losses.at("nll") + result.losses.at("kl")), 1e-12);
}

// log p(x, z) - log q(z | x) at z drawn from q: its mean is the bound.
TEST_F(VrnnTest, WeighsItsSamples) {
  biases_["emission_b"] = {0, 0, inverse_softplus(1), inverse_softplus(1)};
  biases_["posterior_b"] = {0.5, inverse_softplus(0.8)};
  constexpr int64_t kSamples = 20000;
  const exec::Tensor y = run({0.3, -0.2}, kSamples).y;
  const std::vector<double> bounds = column(y, 6), weights = column(y, 7);
  const double bound = bounds[0], m = mean(weights);
  double square = 0, likelihood = 0;
  for (const double w : weights) {
    square += (w - m) * (w - m);
    likelihood += std::exp(w) / kSamples;
  }
  const double error = std::sqrt(square) / kSamples;
  EXPECT_GT(error, 0);
  EXPECT_NEAR(m, bound, 4 * error);
  // x does not depend on z here, so the likelihood is the emission's own: what the importance-weighted estimate tends to.
  EXPECT_NEAR(std::log(likelihood), -0.5 * (0.09 + 0.04) - log_of_two_pi(), 0.02);
  EXPECT_GT(std::log(likelihood), bound + 0.1);
}

TEST_F(VrnnTest, ItsKlTermGrowsWhileItWarmsUp) {
  biases_["posterior_b"] = {1, inverse_softplus(2)};
  biases_["emission_b"] = {0, 0, 0, 0};
  hypers_["kl_warm_up"] = int64_t{100};
  hypers_["kl_weight"] = 0.5;
  const double whole = 2 - std::log(2);
  EXPECT_NEAR(run({0, 0}, 1, RECUR_TRAIN, 0).losses.at("kl"), 0, 1e-12);
  EXPECT_NEAR(run({0, 0}, 1, RECUR_TRAIN, 25).losses.at("kl"), 0.25 * whole, 1e-12);
  EXPECT_NEAR(run({0, 0}, 1, RECUR_TRAIN, 300).losses.at("kl"), whole, 1e-12);
  EXPECT_NEAR(run({0, 0}, 1, RECUR_TRAIN).losses.at("kl"), whole, 1e-12);  // a host that does not count
  EXPECT_NEAR(run({0, 0}, 1, RECUR_EVALUATE, 25).losses.at("kl"), whole, 1e-12);
  EXPECT_EQ(run({0, 0}).scales.at("kl"), 0.5);
  EXPECT_EQ(run({0, 0}).scales.at("nll"), 1);
}

TEST_F(VrnnTest, GeneratesFromItsPriorAndDecoder) {
  constexpr int64_t kSamples = 4000;
  const std::vector<double> ignored{9, 9, 9, 9, 9, 9};
  hypers_["emission"] = std::string("bernoulli");
  biases_["emission_b"] = {std::log(3), std::log(0.25)};
  const Result bernoulli = run(ignored, kSamples, RECUR_GENERATE);
  EXPECT_TRUE(bernoulli.losses.empty());
  EXPECT_NEAR(mean(column(bernoulli.y, 0)), 0.75, 0.02);
  EXPECT_NEAR(mean(column(bernoulli.y, 1)), 0.2, 0.02);
  for (const double x : column(bernoulli.y, 0)) ASSERT_TRUE(x == 0 || x == 1);

  hypers_["emission"] = std::string("categorical");
  const exec::Tensor categorical = run(ignored, kSamples, RECUR_GENERATE).y;  // odds 3 to 1/4
  EXPECT_NEAR(mean(column(categorical, 0)), 12.0 / 13, 0.02);
  const std::vector<double> first = column(categorical, 0), second = column(categorical, 1);
  for (size_t i = 0; i < first.size(); ++i) ASSERT_EQ(first[i] + second[i], 1);

  hypers_["emission"] = std::string("gaussian");
  biases_["emission_b"] = {1, -1, inverse_softplus(2), inverse_softplus(0.5)};
  const exec::Tensor gaussian = run(ignored, kSamples, RECUR_GENERATE).y;
  const std::vector<double> drawn = column(gaussian, 0);
  double spread = 0;
  for (const double x : drawn) spread += (x - 1) * (x - 1) / static_cast<double>(drawn.size());
  EXPECT_NEAR(mean(drawn), 1, 0.08);
  EXPECT_NEAR(spread, 4, 0.2);
}

TEST_F(VrnnTest, ReadsItsInputWhenAnotherGenerates) {
  hypers_["output"] = std::string("state");
  EXPECT_EQ(run({0, 0}, 1, RECUR_GENERATE).losses.size(), 2u);
}

}  // namespace
}  // namespace recur::conformance
