// Element-wise kernels against the same function in double, over row counts, column counts and strides.
#include "kernels.hpp"

#include <cmath>
#include <functional>
#include <limits>

#include "kernel_fixture.hpp"

namespace recur::exec {
namespace {

using ir::Op;
using Function = std::function<double(double, double, double)>;

struct Case {
  const char* name;
  ElementKernel kernel;
  size_t arity;
  Function exact;
  double low = -4, high = 4;
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

std::vector<Case> cases() {
  const auto op = element_kernel;
  const auto fused = fused_kernel;
  return {
      {"add", op(Op::kAdd), 2, [](double a, double b, double) { return a + b; }},
      {"sub", op(Op::kSub), 2, [](double a, double b, double) { return a - b; }},
      {"mul", op(Op::kMul), 2, [](double a, double b, double) { return a * b; }},
      {"div", op(Op::kDiv), 2, [](double a, double b, double) { return a / b; }, 0.5, 3},
      {"min", op(Op::kMin), 2, [](double a, double b, double) { return std::min(a, b); }},
      {"max", op(Op::kMax), 2, [](double a, double b, double) { return std::max(a, b); }},
      {"pow", op(Op::kPow), 2, [](double a, double b, double) { return std::pow(a, b); }, 0.1, 3},
      {"greater", op(Op::kGreater), 2, [](double a, double b, double) { return a > b ? 1.0 : 0.0; }},
      {"greater_equal", op(Op::kGreaterEqual), 2, [](double a, double b, double) { return a >= b ? 1.0 : 0.0; }},
      {"equal", op(Op::kEqual), 2, [](double a, double b, double) { return a == b ? 1.0 : 0.0; }},
      {"select", op(Op::kSelect), 3, [](double c, double a, double b) { return c != 0 ? a : b; }},
      {"neg", op(Op::kNeg), 1, [](double a, double, double) { return -a; }},
      {"abs", op(Op::kAbs), 1, [](double a, double, double) { return std::abs(a); }},
      {"exp", op(Op::kExp), 1, [](double a, double, double) { return std::exp(a); }, -10, 10},
      {"log", op(Op::kLog), 1, [](double a, double, double) { return std::log(a); }, 1e-3, 100},
      {"sqrt", op(Op::kSqrt), 1, [](double a, double, double) { return std::sqrt(a); }, 0, 9},
      {"square", op(Op::kSquare), 1, [](double a, double, double) { return a * a; }},
      {"reciprocal", op(Op::kReciprocal), 1, [](double a, double, double) { return 1 / a; }, 0.5, 3},
      {"tanh", op(Op::kTanh), 1, [](double a, double, double) { return std::tanh(a); }, -9, 9},
      {"sigmoid", op(Op::kSigmoid), 1, [](double a, double, double) { return sigmoid(a); }, -20, 20},
      {"relu", op(Op::kRelu), 1, [](double a, double, double) { return std::max(a, 0.0); }},
      {"softplus", op(Op::kSoftplus), 1, [](double a, double, double) { return softplus(a); }, -20, 20},
      {"sin", op(Op::kSin), 1, [](double a, double, double) { return std::sin(a); }, -20, 20},
      {"cos", op(Op::kCos), 1, [](double a, double, double) { return std::cos(a); }, -20, 20},
      {"sign", op(Op::kSign), 1, [](double a, double, double) { return sign(a); }},
      {"round", op(Op::kRound), 1, [](double a, double, double) { return std::nearbyint(a); }},
      {"floor", op(Op::kFloor), 1, [](double a, double, double) { return std::floor(a); }},
      {"tanh_gradient", op(Op::kTanhGradient), 2, [](double y, double d, double) { return d * (1 - y * y); }},
      {"sigmoid_gradient", op(Op::kSigmoidGradient), 2, [](double y, double d, double) { return d * y * (1 - y); }},
      {"stop_gradient", op(Op::kStopGradient), 1, [](double a, double, double) { return a; }},
      {"straight_through", op(Op::kStraightThrough), 2, [](double a, double, double) { return a; }},
      {"mul_add", fused(Fused::kMulAdd), 3, [](double a, double b, double c) { return a * b + c; }},
      {"neg_mul_add", fused(Fused::kNegMulAdd), 3, [](double a, double b, double c) { return c - a * b; }},
      {"lerp", fused(Fused::kLerp), 3, [](double a, double b, double c) { return a * b + (1 - a) * c; }},
      {"mul_mul", fused(Fused::kMulMul), 3, [](double a, double b, double c) { return a * b * c; }},
      {"copy", fused(Fused::kCopy), 1, [](double a, double, double) { return a; }},
  };
}

// A few ulp, absolute for operands of a few units whose sum may cancel.
void expect_close(double actual, double exact, const std::string& where) {
  const double tolerance = std::max(2e-6, 5e-7 * std::abs(exact));
  EXPECT_NEAR(actual, exact, tolerance) << where;
}

using ElementKernels = OnEachTarget;

TEST_P(ElementKernels, MatchTheExactFunctionForEveryShapeAndStride) {
  constexpr float kUntouched = 12345.0f;
  for (const Case& test : cases()) {
    ASSERT_NE(test.kernel, nullptr) << test.name;
    for (const size_t rows : {1u, 2u, 5u, 9u}) {
      for (size_t cols = 1; cols <= 70; cols += rows < 5 ? 1 : 7) {
        for (const size_t extra : {0u, 3u}) {
          for (const bool repeat_second : {false, true}) {
            const size_t stride = cols + extra;
            std::vector<float> data[3];
            const float* in[3];
            size_t ld[3];
            for (size_t i = 0; i < 3; ++i) {
              data[i] = numbers(rows * stride, test.low, test.high);
              if (i == 0) data[i][0] = test.low > 0 ? 1.0f : 0.0f;
              in[i] = data[i].data();
              ld[i] = i == 1 && repeat_second ? 0 : stride;
            }
            std::vector<float> out(rows * stride, kUntouched);
            test.kernel(rows, cols, out.data(), stride, in, ld);
            for (size_t r = 0; r < rows; ++r) {
              for (size_t c = 0; c < stride; ++c) {
                const std::string where = std::string(test.name) + " [" + std::to_string(r) + ", " + std::to_string(c) +
                                          "] of " + std::to_string(rows) + " x " + std::to_string(cols);
                if (c >= cols) {
                  EXPECT_EQ(out[r * stride + c], kUntouched) << where;
                } else {
                  expect_close(out[r * stride + c],
                               test.exact(in[0][r * ld[0] + c], in[1][r * ld[1] + c], in[2][r * ld[2] + c]), where);
                }
              }
            }
            if (HasFailure()) return;
          }
        }
      }
    }
  }
}

TEST_P(ElementKernels, AreNullForWhatIsNotElementWise) {
  EXPECT_EQ(element_kernel(Op::kMatmul), nullptr);
  EXPECT_EQ(element_kernel(Op::kMap), nullptr);
}

TEST_P(ElementKernels, MayWriteOverAnInput) {
  for (const Case& test : cases()) {
    std::vector<float> a = numbers(3 * 37, test.low, test.high);
    const std::vector<float> b = numbers(3 * 37, test.low, test.high), c = numbers(3 * 37, test.low, test.high);
    std::vector<float> apart(a.size());
    const size_t ld[3] = {37, 37, 37};
    const float* in[3] = {a.data(), b.data(), c.data()};
    test.kernel(3, 37, apart.data(), 37, in, ld);
    test.kernel(3, 37, a.data(), 37, in, ld);
    EXPECT_EQ(a, apart) << test.name;
  }
}

TEST_P(ElementKernels, GiveAnElementTheSameBitsWhereverItStands) {
  for (const Case& test : cases()) {
    const std::vector<float> a = numbers(67, test.low, test.high), b = numbers(67, test.low, test.high),
                             c = numbers(67, test.low, test.high);
    std::vector<float> whole(67), alone(67);
    const size_t ld[3] = {67, 67, 67};
    const float* in[3] = {a.data(), b.data(), c.data()};
    test.kernel(1, 67, whole.data(), 67, in, ld);
    for (size_t i = 0; i < 67; ++i) {
      const float* one[3] = {&a[i], &b[i], &c[i]};
      test.kernel(1, 1, &alone[i], 1, one, ld);
    }
    EXPECT_EQ(whole, alone) << test.name;
  }
}

TEST_P(ElementKernels, FillRepeatsOneValueAndExpandColumnOneARow) {
  const float values[3] = {1.5f, 9.0f, -2.0f};
  const float* in[1] = {values};
  const size_t ld[1] = {2};
  for (size_t cols = 1; cols <= 40; ++cols) {
    std::vector<float> out(2 * (cols + 1), 7.0f);
    fused_kernel(Fused::kExpandColumn)(2, cols, out.data(), cols + 1, in, ld);
    for (size_t c = 0; c < cols; ++c) {
      ASSERT_EQ(out[c], 1.5f);
      ASSERT_EQ(out[cols + 1 + c], -2.0f);
    }
    fused_kernel(Fused::kFill)(2, cols, out.data(), cols + 1, in, ld);
    for (size_t c = 0; c < cols; ++c) ASSERT_EQ(out[cols + 1 + c], 1.5f);
    EXPECT_EQ(out[cols], 7.0f);
  }
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

float unary(Op op, float x) {
  const float* in[1] = {&x};
  const size_t ld[1] = {1};
  float out = 0;
  element_kernel(op)(1, 1, &out, 1, in, ld);
  return out;
}

TEST_P(ElementKernels, ReachTheirLimitsAtLargeAndInfiniteArguments) {
  EXPECT_EQ(unary(Op::kTanh, kInfinity), 1.0f);
  EXPECT_EQ(unary(Op::kTanh, -100.0f), -1.0f);
  EXPECT_EQ(unary(Op::kSigmoid, kInfinity), 1.0f);
  EXPECT_NEAR(unary(Op::kSigmoid, -kInfinity), 0.0f, 1e-37);
  EXPECT_EQ(unary(Op::kExp, kInfinity), kInfinity);
  EXPECT_EQ(unary(Op::kExp, 100.0f), kInfinity);
  EXPECT_NEAR(unary(Op::kExp, 88.72f) / 3.39317637e38f, 1.0f, 1e-5f);  // next to the largest float
  EXPECT_EQ(unary(Op::kExp, -kInfinity), 0.0f);
  EXPECT_EQ(unary(Op::kExp, -200.0f), 0.0f);
  EXPECT_EQ(unary(Op::kExp, 0.0f), 1.0f);
  EXPECT_EQ(unary(Op::kLog, 0.0f), -kInfinity);
  EXPECT_EQ(unary(Op::kLog, kInfinity), kInfinity);
  EXPECT_EQ(unary(Op::kLog, 1.0f), 0.0f);
  EXPECT_TRUE(std::isnan(unary(Op::kLog, -1.0f)));
  EXPECT_EQ(unary(Op::kSoftplus, kInfinity), kInfinity);
  EXPECT_EQ(unary(Op::kSoftplus, -kInfinity), 0.0f);
  EXPECT_EQ(unary(Op::kSoftplus, 1000.0f), 1000.0f);
  EXPECT_NEAR(unary(Op::kSin, 1e6f), std::sin(1e6), 1e-6);
  EXPECT_NEAR(unary(Op::kCos, -3e8f), std::cos(-3e8), 1e-6);
}

TEST_P(ElementKernels, KeepNan) {
  for (const Op op : {Op::kNeg, Op::kAbs, Op::kExp, Op::kLog, Op::kSqrt, Op::kSquare, Op::kReciprocal, Op::kTanh,
                      Op::kSigmoid, Op::kRelu, Op::kSoftplus, Op::kSin, Op::kCos, Op::kSign, Op::kRound, Op::kFloor}) {
    EXPECT_TRUE(std::isnan(unary(op, kNan))) << static_cast<int>(op);
  }
  for (const Op op : {Op::kAdd, Op::kSub, Op::kMul, Op::kDiv, Op::kMin, Op::kMax}) {
    for (const bool first : {true, false}) {
      const float a = first ? kNan : 1.0f, b = first ? 1.0f : kNan;
      const float* in[2] = {&a, &b};
      const size_t ld[2] = {1, 1};
      float out = 0;
      element_kernel(op)(1, 1, &out, 1, in, ld);
      EXPECT_TRUE(std::isnan(out)) << static_cast<int>(op) << (first ? " first" : " second");
    }
  }
}

// Distance in units in the last place of the exact value rounded to float.
double ulps(float actual, double exact) {
  const float rounded = static_cast<float>(exact);
  const float next = std::nextafter(std::abs(rounded), kInfinity);
  return std::abs(actual - exact) / (static_cast<double>(next) - std::abs(rounded));
}

TEST_P(ElementKernels, AreAccurateOverTheWholeRangeOfFloats) {
  struct Sweep {
    Op op;
    double (*exact)(double);
    float low, high;
    double ulp;
  };
  const Sweep sweeps[] = {
      {Op::kExp, [](double x) { return std::exp(x); }, -86.6f, 88.7f, 3},
      {Op::kLog, [](double x) { return std::log(x); }, 1e-30f, 1e30f, 4},
      {Op::kTanh, [](double x) { return std::tanh(x); }, -12.0f, 12.0f, 6.5},
      {Op::kSigmoid, sigmoid, -86.0f, 20.0f, 4},
      {Op::kSoftplus, softplus, -86.0f, 100.0f, 4},
  };
  for (const Sweep& sweep : sweeps) {
    double worst = 0, at = 0;
    for (int i = 0; i < 400000; ++i) {
      double x = sweep.low + (static_cast<double>(sweep.high) - sweep.low) * stream_.uniform();
      if (i % 2 == 0) x = std::copysign(std::exp2(stream_.uniform(-60, 6)), sweep.low < 0 && i % 4 == 0 ? -1.0 : 1.0);
      const auto v = static_cast<float>(x);
      if (v < sweep.low || v > sweep.high) continue;
      const double exact = sweep.exact(v);
      const float actual = unary(sweep.op, v);
      if (sweep.op == Op::kTanh) {
        ASSERT_LE(std::abs(actual), 1.0f) << v;
      }
      const double error = ulps(actual, exact);
      if (error > worst) worst = error, at = v;
    }
    EXPECT_LE(worst, sweep.ulp) << static_cast<int>(sweep.op) << " at " << at;
  }
}

RECUR_ON_EACH_TARGET(ElementKernels);

}  // namespace
}  // namespace recur::exec
