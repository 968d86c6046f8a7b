// a b + c as one node: a product can begin from c in place of from zero.
#include <set>

#include "recur/ir/passes.hpp"
#include "recur/ir/rewrite.hpp"

namespace recur::ir {
namespace {

Block accumulate_block(const Block& block) {
  const std::vector<int> uses = use_counts(block);
  // The product that a sum absorbs: used nowhere else, and made after the other operand could be.
  const auto absorbed = [&](const Node& sum) -> int {
    if (sum.op != Op::kAdd) return -1;
    for (const int side : {1, 0}) {
      const ValueId product = sum.inputs[static_cast<size_t>(side)], other = sum.inputs[static_cast<size_t>(1 - side)];
      const Node& made = block.producer(product);
      const Shape& shape = block.shape(product);
      if (made.op != Op::kMatmul || uses[static_cast<size_t>(product)] != 1 || block.shape(made.inputs[1]).size() != 2 || made.ints[0] != 0) continue;
      if (block.shape(sum.outputs[0]) == shape && (block.shape(other) == shape || is_row_of(block.shape(other), shape))) return side;
    }
    return -1;
  };
  std::set<ValueId> taken;
  for (const Node& node : block.nodes)
    if (const int side = absorbed(node); side >= 0) taken.insert(node.inputs[static_cast<size_t>(side)]);
  Rewrite rewrite(block);
  return rewrite.run([&](const Node& node) {
    if (node.op == Op::kMatmul && taken.contains(node.outputs[0])) return;
    const int side = absorbed(node);
    if (side < 0) return rewrite.copy(node);
    const Node& product = block.producer(node.inputs[static_cast<size_t>(side)]);
    const ValueId other = rewrite.at(node.inputs[static_cast<size_t>(1 - side)]);
    rewrite.set(node.outputs[0], rewrite.to.emit(Op::kMatmulAdd, {rewrite.at(product.inputs[0]), rewrite.at(product.inputs[1]), other}, product.ints));
  });
}

}  // namespace

Program accumulate(Program program) {
  program = clone(program);  // bodies are shared with the caller's otherwise
  for_each_block(program, [](Block& block) { block = accumulate_block(block); });
  remove_dead(program);
  return program;
}

}  // namespace recur::ir
