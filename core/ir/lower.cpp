// Scans that equal one of oneDNN's fused recurrent primitives become that primitive.
#include "recur/error/error.hpp"
#include "recur/ir/passes.hpp"
#include "recur/ir/rewrite.hpp"

namespace recur::ir {

Program lower(Program program, bool training) {
  program = clone(program);  // bodies are shared with the caller's otherwise
  for_each_block(program, [training](Block& block) {
    Rewrite rewrite(block);
    block = rewrite.run([&](const Node& node) {
      if (!node.lowering) return rewrite.copy(node);
      const Scan& scan = *node.scan;
      const Lowering& lowering = *node.lowering;
      RECUR_CHECK(scan.y_count == 1, "a lowered scan with {} stacked outputs", scan.y_count);
      Node fused;
      fused.op = Op::kPrimitive;
      fused.name = node.name;
      fused.primitive = std::make_shared<Primitive>(lowering.primitive);
      fused.primitive->training = training;
      for (const ValueId id : {lowering.x, lowering.weights_layer, lowering.weights_iter, lowering.bias}) fused.inputs.push_back(rewrite.at(id));
      for (int32_t i = 0; i < scan.state_count; ++i) fused.inputs.push_back(rewrite.at(node.inputs[static_cast<size_t>(scan.x_count + i)]));
      rewrite.to.append(std::move(fused));
      const std::vector<ValueId> made = rewrite.to.block.nodes.back().outputs;
      // A primitive gives y first, then the final states; a scan the other way round.
      for (int32_t i = 0; i < scan.state_count; ++i) rewrite.set(node.outputs[static_cast<size_t>(i)], made[static_cast<size_t>(i + 1)]);
      rewrite.set(node.outputs[static_cast<size_t>(scan.state_count)], made[0]);
    });
  });
  remove_dead(program);
  return program;
}

}  // namespace recur::ir
