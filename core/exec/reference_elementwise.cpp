#include <algorithm>
#include <cmath>

#include "recur/error/error.hpp"
#include "reference_operators.hpp"

namespace recur::exec {
namespace {

using ir::Op;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// One element. a, b, c: the operands, as many as the operator has.
double apply(Op op, double a, double b, double c) {
  switch (op) {
    case Op::kAdd: return a + b;
    case Op::kSub: return a - b;
    case Op::kMul: return a * b;
    case Op::kDiv: return a / b;
    case Op::kMin: return b < a ? b : a;
    case Op::kMax: return a < b ? b : a;
    case Op::kPow: return std::pow(a, b);
    case Op::kGreater: return a > b ? 1 : 0;
    case Op::kGreaterEqual: return a >= b ? 1 : 0;
    case Op::kEqual: return a == b ? 1 : 0;
    case Op::kSelect: return a != 0 ? b : c;
    case Op::kNeg: return -a;
    case Op::kAbs: return std::fabs(a);
    case Op::kExp: return std::exp(a);
    case Op::kLog: return std::log(a);
    case Op::kSqrt: return std::sqrt(a);
    case Op::kSquare: return a * a;
    case Op::kReciprocal: return 1 / a;
    case Op::kTanh: return std::tanh(a);
    case Op::kSigmoid: return sigmoid(a);
    case Op::kRelu: return a < 0 ? 0 : a;
    case Op::kSoftplus: return std::max(a, 0.0) + std::log1p(std::exp(-std::fabs(a)));  // exp never overflows
    case Op::kSin: return std::sin(a);
    case Op::kCos: return std::cos(a);
    case Op::kSign: return a > 0 ? 1 : a < 0 ? -1 : 0;
    case Op::kRound: return std::nearbyint(a);  // the default rounding mode is to nearest, ties to even
    case Op::kFloor: return std::floor(a);
    case Op::kStopGradient: return a;
    case Op::kStraightThrough: return a;
    case Op::kTanhGradient: return b * (1 - a * a);
    case Op::kSigmoidGradient: return b * a * (1 - a);
    default: RECUR_CHECK(false, "{} is not element-wise", ir::name_of(op)); return 0;
  }
}

std::vector<double> broadcast(const Tensor& x, const ir::Shape& out) {
  std::vector<double> values;
  values.reserve(static_cast<size_t>(element_count(out)));
  const std::vector<int64_t> strides = broadcast_strides(x.shape, out);
  for_each_index(out, [&](const std::vector<int64_t>& index) {
    values.push_back(x.data[static_cast<size_t>(offset_of(index, strides))]);
  });
  return values;
}

Tensor run_map(const ir::Node& node, const std::vector<std::vector<double>>& in, const ir::Shape& out) {
  RECUR_CHECK(node.map != nullptr, "map {} without a kernel", node.name);
  Tensor y = zeros(out);
  std::vector<const double*> pointers;
  for (uint32_t i = 0; i < node.map->arity; ++i) pointers.push_back(in.at(i).data());
  if (node.op == Op::kMap) {
    node.map->forward_f64(pointers.data(), y.data.data(), y.data.size());
  } else {
    node.map->gradient_f64(pointers.data(), in.at(node.map->arity).data(), static_cast<uint32_t>(node.ints.at(0)),
                           y.data.data(), y.data.size());
  }
  return y;
}

}  // namespace

Tensor run_elementwise(const ir::Node& node, const Inputs& in, const ir::Shape& out) {
  std::vector<std::vector<double>> operands;
  for (const Tensor* x : in) operands.push_back(broadcast(*x, out));
  if (node.op == Op::kMap || node.op == Op::kMapGradient) return run_map(node, operands, out);

  RECUR_CHECK(!in.empty() && in.size() <= 3, "{} with {} operands", ir::name_of(node.op), in.size());
  Tensor y = zeros(out);
  for (size_t i = 0; i < y.data.size(); ++i) {
    y.data[i] = apply(node.op, operands[0][i], in.size() > 1 ? operands[1][i] : 0, in.size() > 2 ? operands[2][i] : 0);
  }
  return y;
}

}  // namespace recur::exec
