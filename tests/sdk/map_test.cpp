// map: one lambda, compiled for float, double and dual numbers.
#include <cmath>

#include "recorded_cell.hpp"

namespace recur::plugin {
namespace {

// Softsign gated by a second value, with a kink.
struct Mapped : Cell {
  Step step(Var x, State s) override {
    Var h = recur::map("gated", [](auto a, auto b) { return a / (1 + recur::abs(a)) * recur::sigmoid(b) + recur::max(b, 0); }, x, s["h"]);
    return {.output = h, .state = {{"h", h}}};
  }
};

const recur_map_kernel& kernel() {
  static const recur_map_kernel* found = [] {
    const CellInstance cell(described<Mapped>(), 4, 4);
    Program program;
    LayerInputs inputs;
    inputs.x = program.x(4);
    inputs.weights = program.weights(cell);
    const LayerOutputs out = cell.record_layer(program.builder, inputs);
    const ir::Program whole = program.builder.finish({out.y});
    for (const ir::Node& node : whole.nodes)
      if (node.scan)
        for (const ir::Node& inner : node.scan->body->nodes)
          if (inner.op == ir::Op::kMap) return inner.map;
    return static_cast<const recur_map_kernel*>(nullptr);
  }();
  return *found;
}

double expected(double a, double b) { return a / (1 + std::abs(a)) / (1 + std::exp(-b)) + std::max(b, 0.0); }

const std::vector<double> kA{-2, -0.5, 0.25, 1, 3}, kB{1, -1, 0.5, -30, 30};

TEST(MapTest, IsRecordedWithItsNameAndArity) {
  EXPECT_STREQ(kernel().name, "gated");
  EXPECT_EQ(kernel().arity, 2u);
}

TEST(MapTest, ComputesInDoubleAndFloat) {
  const double* in[] = {kA.data(), kB.data()};
  std::vector<double> out(kA.size());
  kernel().forward_f64(in, out.data(), out.size());
  const std::vector<float> a(kA.begin(), kA.end()), b(kB.begin(), kB.end());
  const float* in_f[] = {a.data(), b.data()};
  std::vector<float> out_f(a.size());
  kernel().forward_f32(in_f, out_f.data(), out_f.size());
  for (size_t i = 0; i < out.size(); ++i) {
    EXPECT_NEAR(out[i], expected(kA[i], kB[i]), 1e-12);
    EXPECT_NEAR(out_f[i], expected(kA[i], kB[i]), 1e-5 * std::max(1.0, std::abs(out[i])));
  }
}

TEST(MapTest, DifferentiatesByEachArgument) {
  const double* in[] = {kA.data(), kB.data()};
  const std::vector<float> a(kA.begin(), kA.end()), b(kB.begin(), kB.end());
  const float* in_f[] = {a.data(), b.data()};
  const std::vector<double> upstream(kA.size(), 2.0);
  const std::vector<float> upstream_f(kA.size(), 2.0f);
  constexpr double kStep = 1e-6;
  for (uint32_t which = 0; which < 2; ++which) {
    std::vector<double> gradient(kA.size());
    std::vector<float> gradient_f(kA.size());
    kernel().gradient_f64(in, upstream.data(), which, gradient.data(), gradient.size());
    kernel().gradient_f32(in_f, upstream_f.data(), which, gradient_f.data(), gradient_f.size());
    for (size_t i = 0; i < kA.size(); ++i) {
      const double da = which == 0 ? kStep : 0, db = which == 1 ? kStep : 0;
      const double slope = (expected(kA[i] + da, kB[i] + db) - expected(kA[i] - da, kB[i] - db)) / (2 * kStep);
      EXPECT_NEAR(gradient[i], 2 * slope, 1e-6) << "argument " << which << " element " << i;
      EXPECT_NEAR(gradient_f[i], 2 * slope, 1e-4) << "argument " << which << " element " << i;
    }
  }
}

// Every function of dual numbers against central differences.
TEST(DualTest, FollowsTheChainRule) {
  struct Case {
    const char* name;
    Dual<double> (*dual)(Dual<double>);
    double (*plain)(double);
  };
#define RECUR_CASE(expression) \
  Case { #expression, [](Dual<double> x) { return Dual<double>(expression); }, [](double x) { return double(expression); } }
  const Case cases[] = {
      RECUR_CASE(recur::exp(x)),     RECUR_CASE(recur::expm1(x)),       RECUR_CASE(recur::log(x)),     RECUR_CASE(recur::log1p(x)),
      RECUR_CASE(recur::sqrt(x)),    RECUR_CASE(recur::sin(x)),         RECUR_CASE(recur::cos(x)),     RECUR_CASE(recur::atan(x)),
      RECUR_CASE(recur::erf(x)),     RECUR_CASE(recur::tanh(x)),        RECUR_CASE(recur::abs(x)),     RECUR_CASE(recur::sigmoid(x)),
      RECUR_CASE(recur::relu(x)),    RECUR_CASE(recur::softplus(x)),    RECUR_CASE(recur::square(x)),  RECUR_CASE(recur::pow(x, 2.5)),
      RECUR_CASE(recur::max(x, 0.3)), RECUR_CASE(recur::min(x, 0.3)),   RECUR_CASE(1 / x - x * x),     RECUR_CASE(x > 0.5 ? 3 * x : -x),
  };
#undef RECUR_CASE
  constexpr double kStep = 1e-6;
  for (const Case& one : cases) {
    for (const double at : {0.2, 0.7, 1.9}) {
      const Dual<double> y = one.dual({at, 1});
      EXPECT_NEAR(y.v, one.plain(at), 1e-12) << one.name;
      EXPECT_NEAR(y.d, (one.plain(at + kStep) - one.plain(at - kStep)) / (2 * kStep), 1e-6) << one.name << " at " << at;
    }
  }
}

}  // namespace
}  // namespace recur::plugin
