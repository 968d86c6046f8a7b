// A scan becomes a loop. States live in slots: a history of T + 1 where their past is read afterwards, else two in turn.
#include <algorithm>

#include "compiler.hpp"
#include "recur/ir/edit.hpp"
#include "recur/error/error.hpp"

namespace recur::exec {

void Compiler::compile_scan(Frame& frame, const Node& node) {
  const ir::Scan& scan = *node.scan;
  const auto xs = static_cast<size_t>(scan.x_count), states = static_cast<size_t>(scan.state_count);
  const auto ys = static_cast<size_t>(scan.y_count), sums = static_cast<size_t>(scan.sum_count);
  const int64_t steps = node.ints.empty() ? frame.block.shape(node.inputs[0])[0] : node.ints[0];
  RECUR_CHECK(steps > 0, "scan '{}' over {} steps", node.name, steps);
  const Block& original = *scan.body;

  // A stacked output that is a state, before or after the step, or an input, is a view of what exists anyway.
  enum class Source { kOwn, kBefore, kAfter, kInput };
  std::vector<Source> source(ys, Source::kOwn);
  std::vector<size_t> which(ys);
  std::vector<bool> history(states);
  std::vector<bool> placed(original.outputs.size(), true);
  for (size_t j = 0; j < ys; ++j) {
    const ValueId value = original.outputs[states + j];
    for (size_t i = 0; i < xs; ++i)
      if (original.inputs[i] == value) source[j] = Source::kInput, which[j] = i;
    for (size_t i = 0; i < states; ++i) {
      if (original.outputs[i] == value) source[j] = Source::kAfter, which[j] = i;
      if (original.inputs[xs + i] == value) source[j] = Source::kBefore, which[j] = i;
    }
    if (source[j] == Source::kBefore || source[j] == Source::kAfter) history[which[j]] = true;
    placed[states + j] = source[j] == Source::kOwn;
  }
  for (size_t i = 0; i < sums; ++i) placed[states + ys + i] = false;
  const Block body = legalise(original, placed);

  // Slots of the states; slot s of step t: before it t (t + 1 in reverse), after it t + 1 (t in reverse).
  const auto loop = static_cast<size_t>(level());
  std::vector<View> slots(states);
  const auto slot_at_step = [&](size_t i, bool after) {
    View view = slots[i];
    const int64_t size = elements(body.shape(body.inputs[xs + i]));
    view.loops[loop] = {size, history[i] ? -1 : 1, (after != scan.reverse) ? 1 : 0};
    return view;
  };
  const auto slot_number = [&](size_t i, int64_t number) {
    View view = slots[i];
    view.offset += (history[i] ? number : number & 1) * elements(body.shape(body.inputs[xs + i]));
    return view;
  };
  for (size_t i = 0; i < states; ++i) {
    const Shape& shape = body.shape(body.inputs[xs + i]);
    slots[i] = new_buffer(elements(shape) * (history[i] ? steps + 1 : 2), cols_of(shape));
    const View first = slot_number(i, scan.reverse ? steps : 0);
    const ValueId init = node.inputs[xs + i];
    const Node& producer = frame.block.producer(init);
    if (producer.op == Op::kConstant) fill(first, shape, producer.reals[0]);
    else copy_value(operand(frame, init), first, shape);
    frame.views[static_cast<size_t>(node.outputs[i])] = slot_number(i, scan.reverse ? 0 : steps);
  }
  std::vector<View> totals(sums);
  for (size_t i = 0; i < sums; ++i) {
    const ValueId out = node.outputs[states + ys + i];
    totals[i] = result(frame, out);
    fill(totals[i], frame.block.shape(out), 0);
  }

  Frame inside{body, std::vector<View>(body.values.size()), ir::use_counts(body)};
  const auto step_of = [&](View view, const Shape& step) {
    view.loops[loop].step = step.empty() ? 1 : rows_of(step) * view.ld;
    return view;
  };
  for (size_t i = 0; i < body.inputs.size(); ++i) {
    View& view = inside.views[static_cast<size_t>(body.inputs[i])];
    if (i < xs) view = step_of(operand(frame, node.inputs[i]), body.shape(body.inputs[i]));
    else if (i < xs + states) view = slot_at_step(i - xs, false);
    else view = operand(frame, node.inputs[i]);
  }
  for (size_t i = 0; i < states; ++i) inside.views[static_cast<size_t>(body.outputs[i])] = slot_at_step(i, true);
  reuse_inputs(frame, node, inside);
  for (size_t j = 0; j < ys; ++j) {
    const ValueId out = node.outputs[states + j];
    View& outer = frame.views[static_cast<size_t>(out)];
    switch (source[j]) {
      case Source::kOwn:  // it may have found a place already, over an input
        inside.views[static_cast<size_t>(body.outputs[states + j])] = step_of(result(frame, out), body.shape(body.outputs[states + j]));
        break;
      case Source::kInput: outer = operand(frame, node.inputs[which[j]]); break;
      case Source::kBefore: case Source::kAfter:
        outer = slots[which[j]];
        if ((source[j] == Source::kAfter) != scan.reverse) outer.offset += elements(body.shape(body.inputs[xs + which[j]]));
        break;
    }
  }

  open_loop();
  std::vector<bool> all(body.nodes.size());
  for (size_t n = 0; n < all.size(); ++n) all[n] = body.nodes[n].op != Op::kInput && body.nodes[n].op != Op::kConstant;
  compile_nodes(inside, all);
  for (size_t i = 0; i < sums; ++i) {
    const ValueId value = body.outputs[states + ys + i];
    const Shape& shape = body.shape(value);
    Instruction add;
    add.kind = Kind::kGroup;
    add.group = std::make_shared<Group>();
    const View from = operand_dense(inside, value);
    const int64_t size = elements(shape);
    add.group->cols = size;
    add.group->tile_cols = std::min<int64_t>(size, kTile);
    add.group->operands = {{GroupOperand::Kind::kMemory, totals[i], size, 1, {}, 0}, {GroupOperand::Kind::kMemory, from, size, 1, {}, 0}};
    Micro micro;
    micro.kernel = element_kernel(Op::kAdd);
    micro.result = 0;
    micro.in = {0, 1};
    micro.in_count = 2;
    add.group->micros = {micro};
    add.group->text = "sum over steps";
    plan_.operands = std::max<int64_t>(plan_.operands, 2);
    emit(std::move(add));
  }
  Instruction instruction;
  instruction.kind = Kind::kLoop;
  instruction.loop = std::make_shared<Loop>();
  instruction.loop->steps = steps;
  instruction.loop->reverse = scan.reverse;
  instruction.loop->level = static_cast<int>(loop);
  instruction.loop->body = close_loop();
  emit(std::move(instruction));
}

}  // namespace recur::exec
