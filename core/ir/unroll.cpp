#include "unroll.hpp"

#include "recur/error/error.hpp"

namespace recur::ir {

bool can_leave(const Block& body, const Node& node) {
  switch (node.op) {
    case Op::kInput: case Op::kScan: case Op::kUniform: case Op::kNormal: case Op::kOuter: case Op::kGatherTime:
    case Op::kScatterTime: case Op::kLengthMask: case Op::kOuterSum: case Op::kGatherAdd: case Op::kPrimitive:
    case Op::kPrimitiveGradient:
      return false;
    case Op::kMatmul: case Op::kMatmulAdd:
      return node.ints[0] == 0 && body.shape(node.inputs[1]).size() == 2;
    default:
      return true;
  }
}

bool is_heavy(Op op) {
  switch (op) {
    case Op::kMatmul: case Op::kGather: case Op::kSoftmax: case Op::kLogSoftmax: case Op::kLayerNorm: case Op::kCrossEntropy:
    case Op::kCrossEntropyGradient: case Op::kLayerNormGradient:
      return true;
    default:
      return false;
  }
}

bool Unroller::mixes_time(const Node& node) const {
  if (is_elementwise(node.op)) return false;
  if (node.op == Op::kMatmul || node.op == Op::kMatmulAdd) return is_timed(node.inputs[1]);
  if (node.op == Op::kGather) return is_timed(node.inputs[0]);
  bool any = false, all = true;
  for (const ValueId in : node.inputs) {
    if (is_timed(in)) any = true;
    else all = false;
  }
  return any && !all;
}

ValueId Unroller::emit(const Node& node, int64_t steps) {
  Node fresh = node;
  const size_t rank = body_.shape(node.outputs[0]).size();
  bool timed = false;
  for (const ValueId in : node.inputs) timed = timed || is_timed(in);
  for (ValueId& in : fresh.inputs) in = timed && is_elementwise(node.op) ? aligned(in, rank) : at(in);
  if (timed) {
    const auto shift = [](int64_t& axis) {
      if (axis >= 0) ++axis;
    };
    switch (node.op) {
      case Op::kConcat: case Op::kSlice: case Op::kPad: case Op::kRoll: shift(fresh.ints[0]); break;
      case Op::kReshape: case Op::kBroadcast: fresh.ints.insert(fresh.ints.begin(), steps); break;
      case Op::kTranspose:
        for (int64_t& axis : fresh.ints) ++axis;
        fresh.ints.insert(fresh.ints.begin(), 0);
        break;
      case Op::kSum: case Op::kMean: case Op::kReduceMax:
        for (size_t i = 1; i < fresh.ints.size(); ++i) shift(fresh.ints[i]);
        break;
      default: break;
    }
  }
  const ValueId made = outer_.append(std::move(fresh));
  learn(node.outputs[0], made, timed);
  return made;
}

// A timed value of lower rank than the result gets axes of one behind its time axis, to broadcast as it did in the body.
ValueId Unroller::aligned(ValueId inside, size_t rank) {
  const ValueId id = at(inside);
  const Shape& shape = body_.shape(inside);
  if (!is_timed(inside) || shape.size() == rank) return id;
  Shape wide = outer_.shape(id);
  wide.insert(wide.begin() + 1, rank - shape.size(), 1);
  return outer_.emit(Op::kReshape, {id}, wide);
}

ValueId Unroller::at(ValueId inside) const {
  const ValueId id = outside_[static_cast<size_t>(inside)];
  RECUR_CHECK(id != kNone, "value {} of a scan's body is not known outside", inside);
  return id;
}

void Unroller::learn(ValueId inside, ValueId outside, bool timed) {
  outside_[static_cast<size_t>(inside)] = outside;
  timed_[static_cast<size_t>(inside)] = timed;
}

}  // namespace recur::ir
