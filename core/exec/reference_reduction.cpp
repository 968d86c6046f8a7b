#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "recur/error/error.hpp"
#include "reference_operators.hpp"

namespace recur::exec {
namespace {

using ir::Op;
using ir::Shape;
using Row = std::span<const double>;

std::vector<double> log_softmax(Row x) {
  const double top = *std::max_element(x.begin(), x.end());  // so that exp never overflows
  double sum = 0;
  for (const double v : x) sum += std::exp(v - top);
  std::vector<double> y(x.size());
  for (size_t i = 0; i < x.size(); ++i) y[i] = x[i] - top - std::log(sum);
  return y;
}

std::vector<double> softmax(Row x) {
  std::vector<double> y = log_softmax(x);
  for (double& v : y) v = std::exp(v);
  return y;
}

double mean(Row x) { return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size()); }

struct Normalised {
  std::vector<double> y;
  double deviation = 1;  // sqrt(variance + epsilon)
};

Normalised layer_norm(Row x, double epsilon) {
  const double centre = mean(x);
  double variance = 0;
  for (const double v : x) variance += (v - centre) * (v - centre) / static_cast<double>(x.size());
  Normalised result{std::vector<double>(x.size()), std::sqrt(variance + epsilon)};
  for (size_t i = 0; i < x.size(); ++i) result.y[i] = (x[i] - centre) / result.deviation;
  return result;
}

// Ba, Kiros, Hinton, "Layer normalization", 2016: d_x = (d - mean(d) - y mean(d y)) / deviation.
std::vector<double> layer_norm_gradient(Row x, Row d, double epsilon) {
  const Normalised n = layer_norm(x, epsilon);
  double along = 0;
  for (size_t i = 0; i < x.size(); ++i) along += d[i] * n.y[i] / static_cast<double>(x.size());
  std::vector<double> dx(x.size());
  for (size_t i = 0; i < x.size(); ++i) dx[i] = (d[i] - mean(d) - n.y[i] * along) / n.deviation;
  return dx;
}

Row row_of(const Tensor& x, size_t row) {
  const auto width = static_cast<size_t>(x.shape.back());
  return Row(x.data).subspan(row * width, width);
}

}  // namespace

Tensor run_reduction(const ir::Node& node, const Inputs& in, const Shape& out) {
  const Tensor& x = *in.at(0);
  Shape kept = x.shape;  // the output with the reduced axes kept as 1
  for (size_t i = 1; i < node.ints.size(); ++i) kept[axis_of(node.ints[i], kept.size())] = 1;
  const std::vector<int64_t> strides = broadcast_strides(kept, x.shape);

  Tensor y = zeros(kept);
  if (node.op == Op::kReduceMax) std::fill(y.data.begin(), y.data.end(), -std::numeric_limits<double>::infinity());
  size_t flat = 0;
  for_each_index(x.shape, [&](const std::vector<int64_t>& index) {
    double& target = y.data[static_cast<size_t>(offset_of(index, strides))];
    const double value = x.data[flat++];
    target = node.op == Op::kReduceMax ? std::max(target, value) : target + value;
  });
  if (node.op == Op::kMean) {
    const double count = static_cast<double>(element_count(x.shape)) / static_cast<double>(element_count(kept));
    for (double& v : y.data) v /= count;
  }
  y.shape = out;
  return y;
}

Tensor run_last_axis(const ir::Node& node, const Inputs& in, const Shape& out) {
  const Tensor& x = *in.at(0);
  RECUR_CHECK(!x.shape.empty() && x.shape.back() > 0, "{} of {}", ir::name_of(node.op), ir::to_string(x.shape));
  const int64_t width = x.shape.back();
  const auto rows = static_cast<size_t>(element_count(x.shape) / width);
  Tensor y{out, {}};
  const auto append = [&](const std::vector<double>& row) { y.data.insert(y.data.end(), row.begin(), row.end()); };
  for (size_t row = 0; row < rows; ++row) {
    const Row x_row = row_of(x, row);
    switch (node.op) {
      case Op::kSoftmax: append(softmax(x_row)); break;
      case Op::kLogSoftmax: append(log_softmax(x_row)); break;
      case Op::kLayerNorm: append(layer_norm(x_row, node.reals.at(0)).y); break;
      case Op::kLayerNormGradient: append(layer_norm_gradient(x_row, row_of(*in.at(1), row), node.reals.at(0))); break;
      case Op::kCrossEntropy: {
        const int64_t target = index_value(in.at(1)->data.at(row), width);
        y.data.push_back(-log_softmax(x_row)[static_cast<size_t>(target)]);
        break;
      }
      case Op::kCrossEntropyGradient: {
        const int64_t target = index_value(in.at(1)->data.at(row), width);
        std::vector<double> dx = softmax(x_row);
        dx[static_cast<size_t>(target)] -= 1;
        for (double& v : dx) v *= in.at(2)->data.at(row);
        append(dx);
        break;
      }
      default: RECUR_CHECK(false, "{} does not work on the last axis", ir::name_of(node.op));
    }
  }
  return y;
}

}  // namespace recur::exec
