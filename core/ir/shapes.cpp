// The shape rule of every operator.
#include <fmt/format.h>

#include <algorithm>

#include "recur/error/error.hpp"
#include "recur/ir/builder.hpp"

namespace recur::ir {
namespace {

[[noreturn]] void misfit(const Node& node, std::span<const Shape> inputs, const std::string& why) {
  std::string shapes;
  for (size_t i = 0; i < inputs.size(); ++i) shapes += (i > 0 ? " and " : "") + to_string(inputs[i]);
  throw UserError(fmt::format("{}{}{}: {}", name_of(node.op), shapes.empty() ? "" : " of ", shapes, why));
}

void need_inputs(const Node& node, std::span<const Shape> inputs, size_t count) {
  if (inputs.size() != count) misfit(node, inputs, fmt::format("takes {} values, {} given", count, inputs.size()));
}

void need_ints(const Node& node, std::span<const Shape> inputs, size_t count) {
  if (node.ints.size() != count)
    misfit(node, inputs, fmt::format("takes {} whole-number attributes, {} given", count, node.ints.size()));
}

size_t axis_of(const Node& node, std::span<const Shape> inputs, int64_t axis, size_t rank) {
  const int64_t at = axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
  if (at < 0 || at >= static_cast<int64_t>(rank))
    misfit(node, inputs, fmt::format("axis {} of a value with {} axes", axis, rank));
  return static_cast<size_t>(at);
}

Shape broadcast(const Node& node, std::span<const Shape> inputs) {
  Shape out;
  for (const Shape& shape : inputs) {
    if (shape.size() > out.size()) out.insert(out.begin(), shape.size() - out.size(), 1);
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t& dim = out[out.size() - shape.size() + i];
      if (shape[i] == dim || shape[i] == 1) continue;
      if (dim != 1) misfit(node, inputs, "the shapes do not broadcast; sizes from the last axis must be equal or 1");
      dim = shape[i];
    }
  }
  return out;
}

// Product of the sizes and, apart, how often each symbol occurs.
std::pair<int64_t, Shape> volume(const Shape& shape) {
  int64_t product = 1;
  Shape symbols;
  for (const int64_t dim : shape) {
    if (dim < 0) symbols.push_back(dim);
    else product *= dim;
  }
  std::sort(symbols.begin(), symbols.end());
  return {product, symbols};
}

Shape matmul(const Node& node, std::span<const Shape> inputs) {
  if (node.ints.size() != 2) misfit(node, inputs, "takes the attributes transpose_a and transpose_b");
  const bool ta = node.ints[0] != 0, tb = node.ints[1] != 0;
  const Shape &a = inputs[0], &b = inputs[1];
  if (b.size() == 3) {
    if (a.size() != 3) misfit(node, inputs, "a batched product needs two values with three axes");
    if (a[0] != b[0]) misfit(node, inputs, "the batches differ");
    const int64_t k = ta ? a[1] : a[2], kb = tb ? b[2] : b[1];
    if (k != kb) misfit(node, inputs, "the inner sizes differ");
    return {a[0], ta ? a[2] : a[1], tb ? b[1] : b[2]};
  }
  if (b.size() != 2 || a.empty()) misfit(node, inputs, "the right factor needs two or three axes");
  if (ta && a.size() != 2) misfit(node, inputs, "only a left factor with two axes can be transposed");
  const int64_t k = ta ? a[0] : a.back(), kb = tb ? b[1] : b[0];
  if (k != kb) misfit(node, inputs, "the inner sizes differ");
  Shape out = a;
  if (ta) out = {a[1], 0};
  out.back() = tb ? b[0] : b[1];
  return out;
}

Shape reduced(const Node& node, std::span<const Shape> inputs) {
  need_inputs(node, inputs, 1);
  if (node.ints.size() < 2) misfit(node, inputs, "takes the attributes keep, axes...");
  const Shape& x = inputs[0];
  std::vector<bool> gone(x.size());
  for (size_t i = 1; i < node.ints.size(); ++i) gone[axis_of(node, inputs, node.ints[i], x.size())] = true;
  Shape out;
  for (size_t i = 0; i < x.size(); ++i) {
    if (!gone[i]) out.push_back(x[i]);
    else if (node.ints[0] != 0) out.push_back(1);
  }
  return out;
}

std::vector<Shape> scan_shapes(const Node& node, std::span<const Shape> inputs) {
  const Scan& scan = *node.scan;
  const Block& body = *scan.body;
  const auto count = static_cast<size_t>(scan.x_count + scan.state_count + scan.invariant_count);
  need_inputs(node, inputs, count);
  RECUR_CHECK(body.inputs.size() == count, "scan with {} inputs, body with {}", count, body.inputs.size());
  RECUR_CHECK(body.outputs.size() == static_cast<size_t>(scan.state_count + scan.y_count + scan.sum_count),
              "scan body with {} outputs", body.outputs.size());
  int64_t steps = node.ints.empty() ? 1 : node.ints[0];
  for (size_t i = 0; i < count; ++i) {
    Shape step = inputs[i];
    if (i < static_cast<size_t>(scan.x_count)) {
      if (step.empty()) misfit(node, inputs, "an input of each step needs a time axis");
      if (node.ints.empty() && i == 0) steps = step[0];
      if (step[0] != steps) misfit(node, inputs, "the inputs differ in the number of steps");
      step.erase(step.begin());
    }
    if (step != body.shape(body.inputs[i]))
      misfit(node, inputs, fmt::format("input {} is {} in the body", i, to_string(body.shape(body.inputs[i]))));
  }
  std::vector<Shape> out;
  for (size_t i = 0; i < body.outputs.size(); ++i) {
    Shape shape = body.shape(body.outputs[i]);
    const bool state = i < static_cast<size_t>(scan.state_count);
    if (state && shape != body.shape(body.inputs[static_cast<size_t>(scan.x_count) + i]))
      misfit(node, inputs, fmt::format("state {} comes in as {} and leaves as {}", i,
                                       to_string(body.shape(body.inputs[static_cast<size_t>(scan.x_count) + i])),
                                       to_string(shape)));
    if (!state && i < static_cast<size_t>(scan.state_count + scan.y_count)) shape.insert(shape.begin(), steps);
    out.push_back(std::move(shape));
  }
  return out;
}

std::vector<Shape> primitive_shapes(const Node& node, std::span<const Shape> inputs) {
  const Primitive& p = *node.primitive;
  const size_t states = p.name == "lstm" ? 2 : 1;
  if (node.op == Op::kPrimitiveGradient) return {inputs.begin(), inputs.begin() + static_cast<long>(4 + states)};
  need_inputs(node, inputs, 4 + states);
  const Shape& x = inputs[0];
  std::vector<Shape> out{{x[0], x[1], p.hidden}};
  for (size_t i = 0; i < states; ++i) out.push_back({x[1], p.hidden});
  if (p.training) out.push_back({0});  // its size is oneDNN's affair and known when the program is compiled
  return out;
}

Shape one_shape(const Node& node, std::span<const Shape> inputs) {
  if (is_elementwise(node.op)) {
    size_t arity = 2;
    if (node.op == Op::kSelect) arity = 3;
    if (node.map) arity = node.map->arity + (node.op == Op::kMapGradient ? 1 : 0);
    const auto code = static_cast<uint32_t>(node.op);
    if ((code >= RECUR_OP_NEG && code <= RECUR_OP_FLOOR) || node.op == Op::kStopGradient) arity = 1;
    need_inputs(node, inputs, arity);
    return broadcast(node, inputs);
  }
  switch (node.op) {
    case Op::kConstant: case Op::kUniform: case Op::kNormal:
      need_inputs(node, inputs, 0);
      if (node.op == Op::kConstant && node.reals.size() != 1) misfit(node, inputs, "takes one value");
      return node.ints;
    case Op::kMatmul:
      need_inputs(node, inputs, 2);
      return matmul(node, inputs);
    case Op::kMatmulAdd: {
      need_inputs(node, inputs, 3);
      const Shape product = matmul(node, inputs);
      if (inputs[2] != product && !(inputs[2].size() == 1 && inputs[2][0] == product.back()))
        misfit(node, inputs, "the sum's shape is neither the product's nor one row");
      return product;
    }
    case Op::kOuterSum: {
      need_inputs(node, inputs, 2);
      const Shape &a = inputs[0], &b = inputs[1];
      if (a.empty() || a.size() != b.size() || !std::equal(a.begin(), a.end() - 1, b.begin()))
        misfit(node, inputs, "all axes but the last must be equal");
      return {a.back(), b.back()};
    }
    case Op::kOuter:
      need_inputs(node, inputs, 2);
      if (inputs[0].size() != 2 || inputs[1].size() != 2 || inputs[0][0] != inputs[1][0])
        misfit(node, inputs, "needs [N, A] and [N, B]");
      return {inputs[0][0], inputs[0][1], inputs[1][1]};
    case Op::kConcat: {
      need_ints(node, inputs, 1);
      if (inputs.empty()) misfit(node, inputs, "needs a value");
      Shape out = inputs[0];
      const size_t axis = axis_of(node, inputs, node.ints[0], out.size());
      if (inputs.size() > 1 && out[axis] < 0) misfit(node, inputs, "cannot concatenate along a symbolic axis");
      for (size_t i = 1; i < inputs.size(); ++i) {
        Shape rest = inputs[i];
        if (rest.size() != out.size() || rest[axis] < 0) misfit(node, inputs, "the values differ in their axes");
        out[axis] += rest[axis];
        rest[axis] = out[axis];
        if (rest != out) misfit(node, inputs, "sizes along the other axes must be equal");
      }
      return out;
    }
    case Op::kSlice: {
      need_inputs(node, inputs, 1);
      need_ints(node, inputs, 3);
      Shape out = inputs[0];
      const size_t axis = axis_of(node, inputs, node.ints[0], out.size());
      if (node.ints[1] < 0 || node.ints[2] <= node.ints[1] || node.ints[2] > out[axis])
        misfit(node, inputs, fmt::format("elements {} to {} of axis {}", node.ints[1], node.ints[2], axis));
      out[axis] = node.ints[2] - node.ints[1];
      return out;
    }
    case Op::kPad: {
      need_inputs(node, inputs, 1);
      need_ints(node, inputs, 3);
      Shape out = inputs[0];
      out[axis_of(node, inputs, node.ints[0], out.size())] = node.ints[2];
      return out;
    }
    case Op::kReshape:
      need_inputs(node, inputs, 1);
      if (volume(inputs[0]) != volume(node.ints))
        misfit(node, inputs, fmt::format("{} has another number of elements", to_string(node.ints)));
      return node.ints;
    case Op::kTranspose: {
      need_inputs(node, inputs, 1);
      Shape sorted = node.ints, out;
      std::sort(sorted.begin(), sorted.end());
      for (size_t i = 0; i < sorted.size(); ++i)
        if (sorted.size() != inputs[0].size() || sorted[i] != static_cast<int64_t>(i))
          misfit(node, inputs, fmt::format("{} is not a permutation of the axes", to_string(node.ints)));
      for (const int64_t axis : node.ints) out.push_back(inputs[0][static_cast<size_t>(axis)]);
      return out;
    }
    case Op::kRoll:
      need_inputs(node, inputs, 1);
      need_ints(node, inputs, 2);
      axis_of(node, inputs, node.ints[0], inputs[0].size());
      return inputs[0];
    case Op::kBroadcast: {
      need_inputs(node, inputs, 1);
      const Shape both[] = {inputs[0], node.ints};
      if (broadcast(node, both) != node.ints)
        misfit(node, inputs, fmt::format("does not broadcast to {}", to_string(node.ints)));
      return node.ints;
    }
    case Op::kSum: case Op::kMean: case Op::kReduceMax:
      return reduced(node, inputs);
    case Op::kSoftmax: case Op::kLogSoftmax: case Op::kLayerNorm:
      need_inputs(node, inputs, 1);
      if (inputs[0].empty()) misfit(node, inputs, "needs an axis");
      return inputs[0];
    case Op::kLayerNormGradient:
      need_inputs(node, inputs, 2);
      return inputs[0];
    case Op::kCrossEntropy: case Op::kTake: {
      need_inputs(node, inputs, 2);
      Shape rows = inputs[0];
      if (rows.empty()) misfit(node, inputs, "needs an axis");
      rows.pop_back();
      if (rows != inputs[1]) misfit(node, inputs, "needs one index for each row");
      return rows;
    }
    case Op::kCrossEntropyGradient:
      need_inputs(node, inputs, 3);
      return inputs[0];
    case Op::kGather: {
      need_inputs(node, inputs, 2);
      if (inputs[0].size() != 2) misfit(node, inputs, "needs a table [V, D]");
      Shape out = inputs[1];
      out.push_back(inputs[0][1]);
      return out;
    }
    case Op::kGatherAdd:
      need_inputs(node, inputs, 2);
      need_ints(node, inputs, 1);
      return {node.ints[0], inputs[1].back()};
    case Op::kPut: {
      need_inputs(node, inputs, 2);
      need_ints(node, inputs, 1);
      Shape out = inputs[1];
      out.push_back(node.ints[0]);
      return out;
    }
    case Op::kGatherTime: case Op::kScatterTime: {
      need_inputs(node, inputs, 2);
      const bool gather = node.op == Op::kGatherTime;
      const Shape &x = inputs[gather ? 0 : 1], &index = inputs[gather ? 1 : 0];
      if (x.size() < 2 || index.size() != 2 || x[1] != index[1]) misfit(node, inputs, "needs [T, N, ...] and [S, N]");
      Shape out = x;
      out[0] = gather ? index[0] : node.ints.at(0);
      return out;
    }
    case Op::kLengthMask:
      need_inputs(node, inputs, 1);
      need_ints(node, inputs, 1);
      if (inputs[0].size() != 1) misfit(node, inputs, "needs lengths [N]");
      return {node.ints[0], inputs[0][0]};
    default:
      throw UserError(fmt::format("operator {} is not known", static_cast<uint32_t>(node.op)));
  }
}

}  // namespace

std::vector<Shape> infer_shapes(const Node& node, std::span<const Shape> inputs) {
  if (node.op == Op::kScan) return scan_shapes(node, inputs);
  if (node.op == Op::kPrimitive || node.op == Op::kPrimitiveGradient) return primitive_shapes(node, inputs);
  return {one_shape(node, inputs)};
}

}  // namespace recur::ir
