// oneDNN's fused recurrent primitives as instructions.
#include "compiler.hpp"
#include "onednn_rnn.hpp"
#include "recur/error/error.hpp"

namespace recur::exec {

void Compiler::compile_primitive(Frame& frame, const Node& node) {
  const Shape& x = frame.block.shape(node.inputs[0]);
  const bool lstm = node.primitive->name == "lstm";
  const size_t states = lstm ? 2 : 1;
  Instruction instruction;
  // Operands: inputs of the forward pass, then (gradient) its outputs and their gradients; results last.
  if (node.op == Op::kPrimitive) {
    instruction.kind = Kind::kPrimitive;
    instruction.rnn = std::make_shared<OnednnRnn>(*node.primitive, x[0], x[1]);
    for (const ValueId in : node.inputs) instruction.views.push_back(operand_dense(frame, in));
    for (size_t i = 0; i <= states; ++i) instruction.views.push_back(result(frame, node.outputs[i]));
    if (node.primitive->training) {
      const View workspace = new_buffer(static_cast<int64_t>(instruction.rnn->workspace_floats()), 0);
      frame.views[static_cast<size_t>(node.outputs.back())] = workspace;
      instruction.views.push_back(workspace);
      primitives_[workspace.base] = instruction.rnn;
    }
    plan_.primitives.push_back(instruction.rnn);
  } else {
    instruction.kind = Kind::kPrimitiveGradient;
    const View workspace = operand(frame, node.inputs[4 + states + 1 + states]);
    const auto forward = primitives_.find(workspace.base);
    RECUR_CHECK(forward != primitives_.end(), "gradient of primitive '{}' without its forward pass", node.primitive->name);
    instruction.rnn = forward->second;
    for (const ValueId in : node.inputs) {
      const bool opaque = in == node.inputs[4 + states + 1 + states];
      instruction.views.push_back(opaque ? workspace : operand_dense(frame, in));
    }
    for (const ValueId out : node.outputs) instruction.views.push_back(result(frame, out));
  }
  instruction.flags = {lstm};
  need_scratch(static_cast<int64_t>(instruction.rnn->scratch_floats()));
  emit(std::move(instruction));
}

}  // namespace recur::exec
