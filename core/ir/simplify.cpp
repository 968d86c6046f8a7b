#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string>

#include "recur/error/error.hpp"
#include "recur/ir/builder.hpp"
#include "recur/ir/passes.hpp"
#include "recur/ir/rewrite.hpp"

namespace recur::ir {

Rewrite::Rewrite(const Block& block) : from(block), ids(block.values.size(), kNone) {
  for (const ValueId id : block.inputs) set(id, to.input(block.producer(id).name, block.shape(id)));
}

Block Rewrite::run(const std::function<void(const Node&)>& visit) {
  for (const Node& node : from.nodes)
    if (node.op != Op::kInput) visit(node);
  for (const ValueId id : from.outputs) {
    RECUR_CHECK(at(id) != kNone, "output {} was not written", id);
    to.block.outputs.push_back(at(id));
  }
  to.block.output_names = from.output_names;
  return std::move(to.block);
}

bool is_constant(const Block& block, ValueId id, double value) {
  const Node& node = block.producer(id);
  return node.op == Op::kConstant && node.reals[0] == value;
}

namespace {

// The operand that the node equals, for neutral elements and operations that do nothing; kNone where there is none.
ValueId same_as(const Block& block, const Node& node) {
  const Shape& shape = block.shape(node.outputs[0]);
  const auto operand = [&](size_t i) { return block.shape(node.inputs[i]) == shape ? node.inputs[i] : kNone; };
  switch (node.op) {
    case Op::kAdd:
      if (is_constant(block, node.inputs[1], 0)) return operand(0);
      return is_constant(block, node.inputs[0], 0) ? operand(1) : kNone;
    case Op::kSub: return is_constant(block, node.inputs[1], 0) ? operand(0) : kNone;
    case Op::kMul:
      if (is_constant(block, node.inputs[1], 1)) return operand(0);
      return is_constant(block, node.inputs[0], 1) ? operand(1) : kNone;
    case Op::kDiv: return is_constant(block, node.inputs[1], 1) ? operand(0) : kNone;
    case Op::kReshape: case Op::kBroadcast: return operand(0);
    case Op::kStopGradient: return node.inputs[0];
    case Op::kStraightThrough: return operand(0);
    case Op::kConcat: return node.inputs.size() == 1 ? node.inputs[0] : kNone;
    case Op::kSlice: {
      if (operand(0) != kNone) return operand(0);
      // A slice that is exactly one part of a concatenation.
      const Node& whole = block.producer(node.inputs[0]);
      if (whole.op != Op::kConcat) return kNone;
      const size_t axis = axis_from_start(node.ints[0], shape);
      if (axis_from_start(whole.ints[0], shape) != axis) return kNone;
      int64_t begin = 0;
      for (const ValueId part : whole.inputs) {
        const int64_t size = block.shape(part)[axis];
        if (begin == node.ints[1] && begin + size == node.ints[2]) return part;
        begin += size;
      }
      return kNone;
    }
    default: return kNone;
  }
}

// The constant that the node is: reshaped and broadcast constants are constants.
bool is_constant_anew(const Block& block, const Node& node) {
  return (node.op == Op::kReshape || node.op == Op::kBroadcast) && block.producer(node.inputs[0]).op == Op::kConstant;
}

// a + (-b) is a - b, and a - (-b) is a + b; kNone where it is neither.
ValueId without_negation(BlockWriter& to, const Node& node) {
  if (node.op != Op::kAdd && node.op != Op::kSub) return kNone;
  const auto negated = [&](size_t i) { return to.block.producer(node.inputs[i]).op == Op::kNeg ? to.block.producer(node.inputs[i]).inputs[0] : kNone; };
  const ValueId first = node.inputs[0], second = node.inputs[1], negated_first = negated(0), negated_second = negated(1);
  const Op op = node.op;
  if (negated_second != kNone) return to.emit(op == Op::kAdd ? Op::kSub : Op::kAdd, {first, negated_second});
  if (op == Op::kAdd && negated_first != kNone) return to.emit(Op::kSub, {second, negated_first});
  return kNone;
}

bool multiplies_by_zero(const Block& block, const Node& node) {
  if (node.op != Op::kMul) return false;
  return is_constant(block, node.inputs[0], 0) || is_constant(block, node.inputs[1], 0);
}

// Equal keys: equal values. Noise and scans are never shared.
std::string key_of(const Node& node) {
  return fmt::format("{}|{}|{}|{}|{}", static_cast<uint32_t>(node.op), fmt::join(node.inputs, ","),
                     fmt::join(node.ints, ","), fmt::join(node.reals, ","), static_cast<const void*>(node.map));
}

// An element-wise operator broadcasts by itself: it reads what was broadcast for it, where another operand gives the shape.
Node through_broadcasts(const Rewrite& rewrite, const Node& node) {
  if (!is_elementwise(node.op) || node.inputs.size() < 2) return node;
  const Block& from = rewrite.from;
  Node direct = node;
  for (size_t i = 0; i < direct.inputs.size(); ++i) {
    const Node& producer = from.producer(direct.inputs[i]);
    if (producer.op != Op::kBroadcast) continue;
    std::vector<Shape> shapes;
    for (size_t j = 0; j < direct.inputs.size(); ++j) shapes.push_back(from.shape(j == i ? producer.inputs[0] : direct.inputs[j]));
    if (infer_shapes(node, shapes)[0] == from.shape(node.outputs[0])) direct.inputs[i] = producer.inputs[0];
  }
  return direct;
}

Block simplify_block(const Block& block) {
  Rewrite rewrite(block);
  std::map<std::string, ValueId> known;
  return rewrite.run([&](const Node& node) {
    BlockWriter& to = rewrite.to;
    if (node.op == Op::kScan || node.outputs.size() != 1 || is_noise(node.op)) {
      rewrite.copy(node);
      return;
    }
    const ValueId old = node.outputs[0];
    rewrite.copy(through_broadcasts(rewrite, node));
    const Node fresh = to.block.producer(rewrite.at(old));
    const std::string key = key_of(fresh);
    if (const ValueId same = same_as(to.block, fresh); same != kNone) {
      rewrite.set(old, same);
    } else if (is_constant_anew(to.block, fresh)) {
      rewrite.set(old, to.constant(to.block.producer(fresh.inputs[0]).reals[0], block.shape(old)));
    } else if (const ValueId plain = without_negation(to, fresh); plain != kNone) {
      rewrite.set(old, plain);
    } else if (multiplies_by_zero(to.block, fresh)) {
      rewrite.set(old, to.constant(0, block.shape(old)));
    } else if (const auto found = known.find(key); found != known.end()) {
      rewrite.set(old, found->second);
    } else {
      known[key] = rewrite.at(old);
    }
  });
}

}  // namespace

Program simplify(Program program) {
  program = clone(program);  // bodies are shared with the caller's otherwise
  for_each_block(program, [](Block& block) { block = simplify_block(block); });
  remove_dead(program);
  return program;
}

}  // namespace recur::ir
