// The adjoint of every operator in terms of other operators. d is the gradient of the node's output, y the output.
#include "adjoint_rules.hpp"

#include <fmt/format.h>

#include <numeric>

#include "recur/error/error.hpp"

namespace recur::ir {
namespace {

// d of a reduction, brought back to the shape of what was reduced.
ValueId expand(BlockWriter& w, ValueId d, const Node& node, const Shape& x) {
  Shape kept = x;
  for (size_t i = 1; i < node.ints.size(); ++i) kept[axis_from_start(node.ints[i], x)] = 1;
  const ValueId wide = w.shape(d) == kept ? d : w.emit(Op::kReshape, {d}, kept);
  return kept == x ? wide : w.emit(Op::kBroadcast, {wide}, x);
}

void matmul_adjoint(const Node& node, ValueId d, Gradients& g) {
  BlockWriter& w = g.writer();
  const ValueId a = node.inputs[0], b = node.inputs[1];
  const bool ta = node.ints[0] != 0, tb = node.ints[1] != 0;
  const bool rows = g.shape(b).size() == 2 && !ta;  // rows of a, any leading axes
  if (g.wants(a)) {
    // y = a b: da = d b';  y = a' b: da = b d'
    g.give(a, ta ? w.emit(Op::kMatmul, {b, d}, {tb, 1}) : w.emit(Op::kMatmul, {d, b}, {0, !tb}));
  }
  if (!g.wants(b)) return;
  if (rows) {
    g.give(b, tb ? w.emit(Op::kOuterSum, {d, a}) : w.emit(Op::kOuterSum, {a, d}));
  } else {
    // y = a b: db = a' d;  y = a b': db = d' a
    g.give(b, tb ? w.emit(Op::kMatmul, {d, a}, {1, ta}) : w.emit(Op::kMatmul, {a, d}, {!ta, 0}));
  }
}

void unary_adjoint(const Node& node, ValueId d, Gradients& g) {
  BlockWriter& w = g.writer();
  const ValueId x = node.inputs[0], y = node.outputs[0];
  auto times = [&](ValueId factor) { g.give(x, w.emit(Op::kMul, {d, factor})); };
  switch (node.op) {
    case Op::kNeg: g.give(x, w.emit(Op::kNeg, {d})); return;
    case Op::kAbs: times(w.emit(Op::kSign, {x})); return;
    case Op::kExp: times(y); return;
    case Op::kLog: g.give(x, w.emit(Op::kDiv, {d, x})); return;
    case Op::kSqrt: g.give(x, w.emit(Op::kDiv, {w.emit(Op::kMul, {d, w.constant(0.5)}), y})); return;
    case Op::kSquare: times(w.emit(Op::kMul, {x, w.constant(2)})); return;
    case Op::kReciprocal: g.give(x, w.emit(Op::kNeg, {w.emit(Op::kMul, {d, w.emit(Op::kSquare, {y})})})); return;
    case Op::kTanh: g.give(x, w.emit(Op::kTanhGradient, {y, d})); return;
    case Op::kSigmoid: g.give(x, w.emit(Op::kSigmoidGradient, {y, d})); return;
    case Op::kRelu: g.give(x, w.emit(Op::kSelect, {w.emit(Op::kGreater, {y, w.constant(0)}), d, w.constant(0)})); return;
    case Op::kSoftplus: times(w.emit(Op::kSigmoid, {x})); return;
    case Op::kSin: times(w.emit(Op::kCos, {x})); return;
    case Op::kCos: g.give(x, w.emit(Op::kNeg, {w.emit(Op::kMul, {d, w.emit(Op::kSin, {x})})})); return;
    default: return;  // sign, round, floor: no gradient
  }
}

void primitive_adjoint(const Node& node, Gradients& g) {
  BlockWriter& w = g.writer();
  RECUR_CHECK(node.primitive->training, "primitive '{}' was made for inference", node.primitive->name);
  Node back;
  back.op = Op::kPrimitiveGradient;
  back.primitive = node.primitive;
  back.inputs = node.inputs;
  back.inputs.insert(back.inputs.end(), node.outputs.begin(), node.outputs.end());
  for (size_t i = 0; i + 1 < node.outputs.size(); ++i) back.inputs.push_back(g.take_or_zeros(node.outputs[i]));
  w.append(std::move(back));
  const std::vector<ValueId> outputs = w.block.nodes.back().outputs;
  for (size_t i = 0; i < node.inputs.size(); ++i) g.give(node.inputs[i], outputs[i]);
}

}  // namespace

void adjoint_of(const Node& node, Gradients& g) {
  BlockWriter& w = g.writer();
  if (node.op == Op::kPrimitive) return primitive_adjoint(node, g);
  const ValueId d = g.take(node.outputs[0]);
  const ValueId y = node.outputs[0];
  const ValueId a = node.inputs.empty() ? kNone : node.inputs[0];
  const ValueId b = node.inputs.size() > 1 ? node.inputs[1] : kNone;
  const auto mul = [&](ValueId p, ValueId q) { return w.emit(Op::kMul, {p, q}); };
  const auto zero = [&] { return w.constant(0); };
  switch (node.op) {
    case Op::kAdd:
      g.give(a, d);
      g.give(b, d);
      return;
    case Op::kSub:
      g.give(a, d);
      if (g.wants(b)) g.give(b, w.emit(Op::kNeg, {d}));
      return;
    case Op::kMul:
      if (g.wants(a)) g.give(a, mul(d, b));
      if (g.wants(b)) g.give(b, mul(d, a));
      return;
    case Op::kDiv:
      if (g.wants(a)) g.give(a, w.emit(Op::kDiv, {d, b}));
      if (g.wants(b)) g.give(b, w.emit(Op::kNeg, {w.emit(Op::kDiv, {mul(d, y), b})}));
      return;
    case Op::kMin: case Op::kMax: {
      const ValueId first = node.op == Op::kMax ? w.emit(Op::kGreaterEqual, {a, b}) : w.emit(Op::kGreaterEqual, {b, a});
      if (g.wants(a)) g.give(a, w.emit(Op::kSelect, {first, d, zero()}));
      if (g.wants(b)) g.give(b, w.emit(Op::kSelect, {first, zero(), d}));
      return;
    }
    case Op::kPow:
      if (g.wants(a)) g.give(a, mul(d, mul(b, w.emit(Op::kPow, {a, w.emit(Op::kSub, {b, w.constant(1)})}))));
      if (g.wants(b)) g.give(b, mul(d, mul(y, w.emit(Op::kLog, {a}))));
      return;
    case Op::kSelect:
      if (g.wants(b)) g.give(b, w.emit(Op::kSelect, {a, d, zero()}));
      if (g.wants(node.inputs[2])) g.give(node.inputs[2], w.emit(Op::kSelect, {a, zero(), d}));
      return;
    case Op::kGreater: case Op::kGreaterEqual: case Op::kEqual: case Op::kStopGradient: case Op::kLengthMask:
    case Op::kUniform: case Op::kNormal: case Op::kConstant:
      return;
    case Op::kStraightThrough: g.give(b, d); return;
    case Op::kMatmul: matmul_adjoint(node, d, g); return;
    case Op::kOuterSum:
      if (g.wants(a)) g.give(a, w.emit(Op::kMatmul, {b, d}, {0, 1}));
      if (g.wants(b)) g.give(b, w.emit(Op::kMatmul, {a, d}, {0, 0}));
      return;
    case Op::kOuter: {
      const Shape &sa = g.shape(a), &sb = g.shape(b);
      const int64_t n = sa[0], ka = sa[1], kb = sb[1];
      if (g.wants(a)) {
        const ValueId column = w.emit(Op::kReshape, {b}, {n, kb, 1});
        g.give(a, w.emit(Op::kReshape, {w.emit(Op::kMatmul, {d, column}, {0, 0})}, {n, ka}));
      }
      if (g.wants(b)) {
        const ValueId row = w.emit(Op::kReshape, {a}, {n, 1, ka});
        g.give(b, w.emit(Op::kReshape, {w.emit(Op::kMatmul, {row, d}, {0, 0})}, {n, kb}));
      }
      return;
    }
    case Op::kConcat: {
      const auto axis = static_cast<int64_t>(axis_from_start(node.ints[0], g.shape(y)));
      int64_t begin = 0;
      for (const ValueId part : node.inputs) {
        const int64_t end = begin + g.shape(part)[static_cast<size_t>(axis)];
        if (g.wants(part)) g.give(part, w.emit(Op::kSlice, {d}, {axis, begin, end}));
        begin = end;
      }
      return;
    }
    case Op::kSlice: g.give_slice(a, d, static_cast<int64_t>(axis_from_start(node.ints[0], g.shape(a))), node.ints[1], node.ints[2]); return;
    case Op::kPad: {
      const auto axis = static_cast<int64_t>(axis_from_start(node.ints[0], g.shape(a)));
      g.give(a, w.emit(Op::kSlice, {d}, {axis, node.ints[1], node.ints[1] + g.shape(a)[static_cast<size_t>(axis)]}));
      return;
    }
    case Op::kReshape: g.give(a, w.emit(Op::kReshape, {d}, g.shape(a))); return;
    case Op::kTranspose: {
      std::vector<int64_t> inverse(node.ints.size());
      for (size_t i = 0; i < inverse.size(); ++i) inverse[static_cast<size_t>(node.ints[i])] = static_cast<int64_t>(i);
      g.give(a, w.emit(Op::kTranspose, {d}, inverse));
      return;
    }
    case Op::kRoll: g.give(a, w.emit(Op::kRoll, {d}, {node.ints[0], -node.ints[1]})); return;
    case Op::kBroadcast: g.give(a, d); return;
    case Op::kSum: g.give(a, expand(w, d, node, g.shape(a))); return;
    case Op::kMean: {
      const Shape &from = g.shape(a), &to = g.shape(y);
      const auto count = [](const Shape& s) { return std::accumulate(s.begin(), s.end(), int64_t{1}, std::multiplies<>()); };
      for (const int64_t dim : from) RECUR_CHECK(dim >= 0, "mean of {}: bind the program before differentiating it", to_string(from));
      const double share = static_cast<double>(count(to)) / static_cast<double>(count(from));
      g.give(a, expand(w, mul(d, w.constant(share)), node, from));
      return;
    }
    case Op::kReduceMax: {
      const Shape& x = g.shape(a);
      const ValueId mask = w.emit(Op::kEqual, {a, expand(w, y, node, x)});
      std::vector<int64_t> keep = node.ints;
      keep[0] = 1;
      const ValueId share = w.emit(Op::kDiv, {mask, w.emit(Op::kSum, {mask}, keep)});
      g.give(a, mul(share, expand(w, d, node, x)));
      return;
    }
    case Op::kSoftmax: {
      const ValueId total = w.emit(Op::kSum, {mul(d, y)}, {1, -1});
      g.give(a, mul(y, w.emit(Op::kSub, {d, total})));
      return;
    }
    case Op::kLogSoftmax: {
      const ValueId total = w.emit(Op::kSum, {d}, {1, -1});
      g.give(a, w.emit(Op::kSub, {d, mul(w.emit(Op::kExp, {y}), total)}));
      return;
    }
    case Op::kLayerNorm: g.give(a, w.emit(Op::kLayerNormGradient, {a, d}, {}, node.reals)); return;
    case Op::kCrossEntropy: g.give(a, w.emit(Op::kCrossEntropyGradient, {a, b, d})); return;
    case Op::kGather: g.give(a, w.emit(Op::kGatherAdd, {b, d}, {g.shape(a)[0]})); return;
    case Op::kTake: g.give(a, w.emit(Op::kPut, {b, d}, {g.shape(a).back()})); return;
    case Op::kGatherTime: g.give(a, w.emit(Op::kScatterTime, {b, d}, {g.shape(a)[0]})); return;
    case Op::kMap:
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        if (!g.wants(node.inputs[i])) continue;
        Node back;
        back.op = Op::kMapGradient;
        back.map = node.map;
        back.inputs = node.inputs;
        back.inputs.push_back(d);
        back.ints = {static_cast<int64_t>(i)};
        g.give(node.inputs[i], w.append(std::move(back)));
      }
      return;
    default: {
      const auto code = static_cast<uint32_t>(node.op);
      RECUR_CHECK(code >= RECUR_OP_NEG && code <= RECUR_OP_FLOOR, "{} has no adjoint", name_of(node.op));
      unary_adjoint(node, d, g);
    }
  }
}

}  // namespace recur::ir
