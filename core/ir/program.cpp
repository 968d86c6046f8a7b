#include "recur/ir/program.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "recur/error/error.hpp"
#include "recur/ir/builder.hpp"

namespace recur::ir {
namespace {

constexpr std::array<std::pair<Op, std::string_view>, 67> kNames{{
    {Op::kConstant, "constant"}, {Op::kAdd, "add"}, {Op::kSub, "sub"}, {Op::kMul, "mul"}, {Op::kDiv, "div"},
    {Op::kMin, "min"}, {Op::kMax, "max"}, {Op::kPow, "pow"}, {Op::kGreater, "greater"},
    {Op::kGreaterEqual, "greater_equal"}, {Op::kEqual, "equal"}, {Op::kSelect, "select"}, {Op::kNeg, "neg"},
    {Op::kAbs, "abs"}, {Op::kExp, "exp"}, {Op::kLog, "log"}, {Op::kSqrt, "sqrt"}, {Op::kSquare, "square"},
    {Op::kReciprocal, "reciprocal"}, {Op::kTanh, "tanh"}, {Op::kSigmoid, "sigmoid"}, {Op::kRelu, "relu"},
    {Op::kSoftplus, "softplus"}, {Op::kSin, "sin"}, {Op::kCos, "cos"}, {Op::kSign, "sign"}, {Op::kRound, "round"},
    {Op::kFloor, "floor"}, {Op::kMatmul, "matmul"}, {Op::kOuter, "outer"}, {Op::kConcat, "concat"},
    {Op::kSlice, "slice"}, {Op::kReshape, "reshape"}, {Op::kTranspose, "transpose"}, {Op::kRoll, "roll"},
    {Op::kBroadcast, "broadcast"}, {Op::kSum, "sum"}, {Op::kMean, "mean"}, {Op::kReduceMax, "reduce_max"},
    {Op::kSoftmax, "softmax"}, {Op::kLogSoftmax, "log_softmax"}, {Op::kLayerNorm, "layer_norm"},
    {Op::kCrossEntropy, "cross_entropy"}, {Op::kGather, "gather"}, {Op::kTake, "take"},
    {Op::kGatherTime, "gather_time"}, {Op::kUniform, "uniform"}, {Op::kNormal, "normal"},
    {Op::kStopGradient, "stop_gradient"}, {Op::kStraightThrough, "straight_through"}, {Op::kInput, "input"},
    {Op::kScan, "scan"}, {Op::kMap, "map"}, {Op::kMapGradient, "map_gradient"}, {Op::kPad, "pad"},
    {Op::kGatherAdd, "gather_add"}, {Op::kPut, "put"}, {Op::kScatterTime, "scatter_time"},
    {Op::kCrossEntropyGradient, "cross_entropy_gradient"}, {Op::kLayerNormGradient, "layer_norm_gradient"},
    {Op::kLengthMask, "length_mask"}, {Op::kMatmulAdd, "matmul_add"}, {Op::kTanhGradient, "tanh_gradient"},
    {Op::kSigmoidGradient, "sigmoid_gradient"}, {Op::kOuterSum, "outer_sum"}, {Op::kPrimitive, "primitive"},
    {Op::kPrimitiveGradient, "primitive_gradient"},
}};

int64_t bound(int64_t dim, const Bindings& bindings) {
  if (dim >= 0) return dim;
  const auto found = bindings.find(dim);
  RECUR_CHECK(found != bindings.end(), "symbol {} is not bound", dim);
  return found->second;
}

// Which of a node's integer attributes are sizes that may hold symbols.
bool ints_are_sizes(Op op) {
  switch (op) {
    case Op::kConstant: case Op::kReshape: case Op::kBroadcast: case Op::kUniform: case Op::kNormal:
    case Op::kLengthMask: case Op::kScatterTime: case Op::kGatherAdd: case Op::kPut:
      return true;
    default:
      return false;
  }
}

void bind_block(Block& block, const Bindings& bindings) {
  for (Value& value : block.values)
    for (int64_t& dim : value.shape) dim = bound(dim, bindings);
  for (Node& node : block.nodes) {
    if (ints_are_sizes(node.op))
      for (int64_t& dim : node.ints) dim = bound(dim, bindings);
    if (node.op == Op::kPad) node.ints[2] = bound(node.ints[2], bindings);
    if (node.scan) bind_block(*node.scan->body, bindings);
  }
}

Block clone_block(const Block& block) {
  Block copy = block;
  for (Node& node : copy.nodes) {
    if (!node.scan) continue;
    node.scan = std::make_shared<Scan>(*node.scan);
    node.scan->body = std::make_shared<Block>(clone_block(*node.scan->body));
  }
  return copy;
}

void verify_block(const Block& block) {
  for (size_t n = 0; n < block.nodes.size(); ++n) {
    const Node& node = block.nodes[n];
    std::vector<Shape> shapes;
    for (const ValueId in : node.inputs) {
      RECUR_CHECK(in >= 0 && static_cast<size_t>(in) < block.values.size(), "node {} ({}): input {}", n,
                  name_of(node.op), in);
      RECUR_CHECK(block.values[static_cast<size_t>(in)].node < static_cast<int32_t>(n),
                  "node {} ({}) uses value {} of the later node {}", n, name_of(node.op), in,
                  block.values[static_cast<size_t>(in)].node);
      shapes.push_back(block.shape(in));
    }
    if (node.op == Op::kScan) verify_block(*node.scan->body);
    if (node.op != Op::kInput) {
      std::vector<Shape> inferred;
      try {
        inferred = infer_shapes(node, shapes);
      } catch (const UserError& error) {
        throw InvariantError(fmt::format("node {}: {}", n, error.what()));
      }
      RECUR_CHECK(inferred.size() == node.outputs.size(), "node {} ({}): {} outputs, {} shapes", n, name_of(node.op),
                  node.outputs.size(), inferred.size());
      for (size_t o = 0; o < inferred.size(); ++o)
        RECUR_CHECK(inferred[o] == block.shape(node.outputs[o]), "node {} ({}) output {}: {} where {} is inferred", n,
                    name_of(node.op), o, to_string(block.shape(node.outputs[o])), to_string(inferred[o]));
    }
    for (const ValueId out : node.outputs)
      RECUR_CHECK(block.values[static_cast<size_t>(out)].node == static_cast<int32_t>(n), "value {} of node {} says node {}",
                  out, n, block.values[static_cast<size_t>(out)].node);
  }
}

}  // namespace

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    if (shape[i] == kBatch) text += "N";
    else if (shape[i] == kTime) text += "T";
    else if (shape[i] < 0 && kTime - shape[i] <= RECUR_MAX_LEVELS) text += fmt::format("S{}", kTime - shape[i]);  // segments of level 1, 2, ...
    else if (shape[i] < 0) text += fmt::format("D{}", kTime - shape[i] - RECUR_MAX_LEVELS);  // whatever else the host has
    else text += fmt::format("{}", shape[i]);
  }
  return text + "]";
}

std::string_view name_of(Op op) {
  for (const auto& [known, name] : kNames)
    if (known == op) return name;
  return "unknown";
}

bool is_elementwise(Op op) {
  const auto code = static_cast<uint32_t>(op);
  return (code >= RECUR_OP_ADD && code <= RECUR_OP_SELECT) || (code >= RECUR_OP_NEG && code <= RECUR_OP_FLOOR) ||
         op == Op::kMap || op == Op::kMapGradient || op == Op::kTanhGradient || op == Op::kSigmoidGradient ||
         op == Op::kStopGradient || op == Op::kStraightThrough;
}

bool is_noise(Op op) { return op == Op::kUniform || op == Op::kNormal; }

Program clone(const Program& program) { return clone_block(program); }

Program bind(const Program& program, const Bindings& bindings) {
  Program bound_program = clone_block(program);
  bind_block(bound_program, bindings);
  return bound_program;
}

void verify(const Program& program) { verify_block(program); }

}  // namespace recur::ir
