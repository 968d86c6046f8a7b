// The cost rule of every operator: floating-point operations, a multiply-add counted as two.
#include <functional>
#include <numeric>

#include "recur/error/error.hpp"
#include "recur/ir/program.hpp"

namespace recur::ir {
namespace {

double elements(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), 1.0, [](double a, int64_t b) { return a * static_cast<double>(b); });
}

enum class Counted { kAll, kProducts };

double cost(const Block& block, Counted counted);

double node_cost(const Block& block, const Node& node, Counted counted) {
  if (node.op == Op::kInput || node.op == Op::kConstant) return 0;
  const double out = elements(block.shape(node.outputs[0]));
  const bool product = node.op == Op::kMatmul || node.op == Op::kMatmulAdd || node.op == Op::kOuterSum || node.op == Op::kScan || node.op == Op::kPrimitive ||
                       node.op == Op::kPrimitiveGradient;
  if (counted == Counted::kProducts && !product) return 0;
  if (is_elementwise(node.op)) return out;
  switch (node.op) {
    case Op::kMatmul: case Op::kMatmulAdd: {
      const Shape& a = block.shape(node.inputs[0]);
      const auto k = static_cast<double>(node.ints[0] != 0 ? a[a.size() - 2] : a.back());
      return 2 * out * k + (node.op == Op::kMatmulAdd && counted == Counted::kAll ? out : 0);
    }
    case Op::kOuterSum: {
      const Shape& a = block.shape(node.inputs[0]);
      return 2 * out * elements(a) / static_cast<double>(a.back());
    }
    case Op::kOuter: return out;
    case Op::kSum: case Op::kMean: case Op::kReduceMax: case Op::kGatherAdd: case Op::kScatterTime:
      return elements(block.shape(node.inputs.back()));
    case Op::kSoftmax: case Op::kLogSoftmax: case Op::kLayerNorm: case Op::kCrossEntropy: return 5 * elements(block.shape(node.inputs[0]));
    case Op::kLayerNormGradient: case Op::kCrossEntropyGradient: return 5 * out;
    case Op::kScan: {
      const Scan& scan = *node.scan;
      int64_t steps = 0;
      if (!node.ints.empty()) steps = node.ints[0];
      else if (scan.x_count > 0) steps = block.shape(node.inputs[0])[0];
      return static_cast<double>(steps) * cost(*scan.body, counted);
    }
    case Op::kPrimitive: case Op::kPrimitiveGradient: {
      const Shape& x = block.shape(node.inputs[0]);
      const Primitive& p = *node.primitive;
      const double gates = p.name == "lstm" ? 4 : p.name == "rnn_tanh" || p.name == "rnn_relu" ? 1 : 3;
      const double forward = 2.0 * static_cast<double>(x[0] * x[1] * (p.input + p.hidden) * p.hidden) * gates;
      return node.op == Op::kPrimitive ? forward : 2 * forward;
    }
    default: return 0;
  }
}

double cost(const Block& block, Counted counted) {
  double total = 0;
  for (const Node& node : block.nodes) total += node_cost(block, node, counted);
  return total;
}

}  // namespace

double flops(const Program& program) { return cost(program, Counted::kAll); }

double product_flops(const Program& program) { return cost(program, Counted::kProducts); }

}  // namespace recur::ir
