// Kernels over rows and flat arrays against double loops.
#include <cmath>
#include <limits>
#include <numeric>

#include "kernel_fixture.hpp"
#include "kernels.hpp"

namespace recur::exec {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kUntouched = 4711.0f;

std::vector<double> softmax(const float* x, size_t cols) {
  const double top = *std::max_element(x, x + cols);
  std::vector<double> p(cols);
  for (size_t c = 0; c < cols; ++c) p[c] = std::exp(x[c] - top);
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& value : p) value /= sum;
  return p;
}

struct Normalised {
  std::vector<double> value;
  double inverse_deviation;
};

Normalised layer_norm(const float* x, size_t cols, double epsilon) {
  const double count = static_cast<double>(cols);
  const double mean = std::accumulate(x, x + cols, 0.0) / count;
  double variance = 0;
  for (size_t c = 0; c < cols; ++c) variance += (x[c] - mean) * (x[c] - mean) / count;
  Normalised n{{}, 1 / std::sqrt(variance + epsilon)};
  for (size_t c = 0; c < cols; ++c) n.value.push_back((x[c] - mean) * n.inverse_deviation);
  return n;
}

class RowKernels : public OnEachTarget {
 protected:
  // Calls check(rows, cols, stride, x) for a range of shapes.
  template <class Check>
  void over_shapes(Check check) {
    for (size_t rows = 1; rows <= 9; ++rows) {
      for (size_t cols = 1; cols <= 70; ++cols) {
        const size_t stride = cols + rows % 3;
        const std::vector<float> x = numbers(rows * stride, -5, 5);
        check(rows, cols, stride, x.data());
        if (HasFatalFailure()) return;
      }
    }
  }
};

TEST_P(RowKernels, ReduceRowsAndColumns) {
  over_shapes([](size_t rows, size_t cols, size_t stride, const float* x) {
    std::vector<float> sums(rows), tops(rows), column_sums(cols + 1, kUntouched);
    sum_rows(rows, cols, x, stride, sums.data());
    max_rows(rows, cols, x, stride, tops.data());
    sum_columns(rows, cols, x, stride, column_sums.data());
    for (size_t r = 0; r < rows; ++r) {
      ASSERT_NEAR(sums[r], std::accumulate(x + r * stride, x + r * stride + cols, 0.0), 5e-5);
      ASSERT_EQ(tops[r], *std::max_element(x + r * stride, x + r * stride + cols));
    }
    for (size_t c = 0; c < cols; ++c) {
      double exact = 0;
      for (size_t r = 0; r < rows; ++r) exact += x[r * stride + c];
      ASSERT_NEAR(column_sums[c], exact, 1e-5);
    }
    ASSERT_EQ(column_sums[cols], kUntouched);
  });
}

TEST_P(RowKernels, SoftmaxAndLogSoftmax) {
  over_shapes([](size_t rows, size_t cols, size_t stride, const float* x) {
    std::vector<float> p(rows * stride, kUntouched), log_p = p;
    softmax_rows(rows, cols, x, stride, p.data(), stride);
    log_softmax_rows(rows, cols, x, stride, log_p.data(), stride);
    for (size_t r = 0; r < rows; ++r) {
      const std::vector<double> exact = softmax(x + r * stride, cols);
      for (size_t c = 0; c < cols; ++c) {
        ASSERT_NEAR(p[r * stride + c], exact[c], 1e-6);
        ASSERT_NEAR(log_p[r * stride + c], std::log(exact[c]), 5e-6);
      }
      for (size_t c = cols; c < stride; ++c) ASSERT_EQ(p[r * stride + c], kUntouched);
    }
  });
}

TEST_P(RowKernels, LayerNormAndItsGradient) {
  constexpr float kEpsilon = 1e-3f;
  over_shapes([this](size_t rows, size_t cols, size_t stride, const float* x) {
    const std::vector<float> d = numbers(rows * stride, -1, 1);
    std::vector<float> y(rows * stride), dx(rows * stride);
    layer_norm_rows(rows, cols, kEpsilon, x, stride, y.data(), stride);
    layer_norm_gradient_rows(rows, cols, kEpsilon, x, stride, d.data(), stride, dx.data(), stride);
    for (size_t r = 0; r < rows; ++r) {
      const Normalised n = layer_norm(x + r * stride, cols, kEpsilon);
      double mean_d = 0, mean_dn = 0;
      for (size_t c = 0; c < cols; ++c) {
        mean_d += d[r * stride + c] / static_cast<double>(cols);
        mean_dn += d[r * stride + c] * n.value[c] / static_cast<double>(cols);
      }
      for (size_t c = 0; c < cols; ++c) {
        const double exact = (d[r * stride + c] - mean_d - n.value[c] * mean_dn) * n.inverse_deviation;
        ASSERT_NEAR(y[r * stride + c], n.value[c], 2e-5);
        ASSERT_NEAR(dx[r * stride + c], exact, 1e-5 * std::max(1.0, n.inverse_deviation));
      }
    }
  });
}

TEST_P(RowKernels, CrossEntropyAndItsGradient) {
  over_shapes([this](size_t rows, size_t cols, size_t stride, const float* x) {
    std::vector<float> index(rows), loss(rows), dx(rows * stride, kUntouched);
    for (float& i : index) i = static_cast<float>(stream_.below(cols));
    const std::vector<float> d = numbers(rows, -2, 2);
    cross_entropy_rows(rows, cols, x, stride, index.data(), loss.data());
    cross_entropy_gradient_rows(rows, cols, x, stride, index.data(), d.data(), dx.data(), stride);
    for (size_t r = 0; r < rows; ++r) {
      const std::vector<double> p = softmax(x + r * stride, cols);
      const auto target = static_cast<size_t>(index[r]);
      ASSERT_NEAR(loss[r], -std::log(p[target]), 5e-6);
      for (size_t c = 0; c < cols; ++c) {
        ASSERT_NEAR(dx[r * stride + c], (p[c] - (c == target ? 1 : 0)) * d[r], 2e-6);
      }
      for (size_t c = cols; c < stride; ++c) ASSERT_EQ(dx[r * stride + c], kUntouched);
    }
  });
}

TEST_P(RowKernels, StayFiniteWhereExponentialsWouldOverflow) {
  const float x[3] = {1000.0f, 999.0f, -1000.0f};
  const float index = 2.0f, d = 1.0f;
  float p[3], log_p[3], loss, dx[3];
  softmax_rows(1, 3, x, 3, p, 3);
  log_softmax_rows(1, 3, x, 3, log_p, 3);
  cross_entropy_rows(1, 3, x, 3, &index, &loss);
  cross_entropy_gradient_rows(1, 3, x, 3, &index, &d, dx, 3);
  EXPECT_NEAR(p[0], 1 / (1 + std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(log_p[1], -1 - std::log1p(std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(loss, 2000.31326, 1e-3);
  EXPECT_NEAR(dx[2], -1.0f, 1e-6);
}

TEST_P(RowKernels, GiveNanForAClassThatDoesNotExistAndForNanLogits) {
  const float x[2] = {1.0f, 2.0f}, d = 1.0f;
  for (const float index : {-1.0f, 2.0f, kNan, kInfinity}) {
    float loss = 0, dx[2] = {};
    cross_entropy_rows(1, 2, x, 2, &index, &loss);
    cross_entropy_gradient_rows(1, 2, x, 2, &index, &d, dx, 2);
    EXPECT_TRUE(std::isnan(loss) && std::isnan(dx[0]) && std::isnan(dx[1])) << index;
  }
  for (size_t cols = 1; cols <= 40; ++cols) {
    for (size_t at = 0; at < cols; ++at) {
      std::vector<float> logits(cols, 1.0f);
      logits[at] = kNan;
      float top = 0;
      max_rows(1, cols, logits.data(), cols, &top);
      EXPECT_TRUE(std::isnan(top));
    }
  }
}

TEST_P(RowKernels, GiveARowTheSameBitsWhateverTheNumberOfRows) {
  const size_t rows = 9, cols = 53;
  const std::vector<float> x = numbers(rows * cols, -5, 5);
  std::vector<float> together(rows * cols), alone(rows * cols);
  softmax_rows(rows, cols, x.data(), cols, together.data(), cols);
  for (size_t r = 0; r < rows; ++r) softmax_rows(1, cols, &x[r * cols], cols, &alone[r * cols], cols);
  EXPECT_EQ(together, alone);
}

TEST_P(RowKernels, ScaleClampAndMeasureParameters) {
  for (size_t n = 0; n <= 70; ++n) {
    const std::vector<float> x = numbers(n + 1, -3, 3);
    std::vector<float> scaled = x, clamped = x;
    scale(n, 0.5f, scaled.data());
    clamp(n, -1.0f, 2.0f, clamped.data());
    double squares = 0;
    for (size_t i = 0; i < n; ++i) {
      ASSERT_EQ(scaled[i], x[i] * 0.5f);
      ASSERT_EQ(clamped[i], std::min(2.0f, std::max(-1.0f, x[i])));
      squares += double{x[i]} * x[i];
    }
    EXPECT_NEAR(sum_of_squares(n, x.data()), squares, 1e-12 * (1 + squares));
    EXPECT_EQ(scaled[n], x[n]);
    EXPECT_EQ(clamped[n], x[n]);
  }
  float nan = kNan;
  clamp(1, -1.0f, 1.0f, &nan);
  EXPECT_TRUE(std::isnan(nan));
}

TEST_P(RowKernels, NameTheInstructionSetInUse) { EXPECT_STREQ(simd_target(), hwy::TargetName(GetParam())); }

RECUR_ON_EACH_TARGET(RowKernels);

}  // namespace
}  // namespace recur::exec
