// Views, lifetimes of buffers, and one arena for all.
#include <algorithm>
#include <functional>
#include <numeric>

#include "compiler.hpp"
#include "recur/error/error.hpp"

namespace recur::exec {

int64_t elements(const Shape& shape) { return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()); }
int64_t cols_of(const Shape& shape) { return shape.empty() ? 1 : shape.back(); }
int64_t rows_of(const Shape& shape) { return shape.empty() ? 1 : std::accumulate(shape.begin(), shape.end() - 1, int64_t{1}, std::multiplies<>()); }

std::vector<int64_t> strides_of(const View& view, const Shape& shape) {
  std::vector<int64_t> strides(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    if (i + 1 == shape.size()) strides[i] = 1;
    else if (i + 2 == shape.size()) strides[i] = view.ld;
    else strides[i] = strides[i + 1] * shape[i + 1];
  }
  return strides;
}

bool is_dense(const View& view, const Shape& shape) { return rows_of(shape) == 1 || view.ld == cols_of(shape); }

View slice_of(const View& view, const Shape& shape, int64_t axis, int64_t begin) {
  const size_t at = ir::axis_from_start(axis, shape);
  const bool last = at + 1 == shape.size();
  const bool leading_ones = std::all_of(shape.begin(), shape.begin() + static_cast<long>(at), [](int64_t d) { return d == 1; });
  if (!last && !leading_ones) return {};
  View part = view;
  part.offset += begin * strides_of(view, shape)[at];
  return part;
}

View Compiler::new_buffer(int64_t size, int64_t ld) {
  Buffer buffer;
  buffer.size = std::max<int64_t>(size, 1);
  buffer.level = prologue_ ? 0 : level();
  buffer.persistent = prologue_;
  View view;
  view.base = static_cast<int32_t>(plan_.buffers.size());
  view.ld = ld;
  plan_.buffers.push_back(buffer);
  if (prologue_) weight_buffers_.insert(view.base);
  return view;
}

View Compiler::dense(const Shape& shape) { return new_buffer(elements(shape), cols_of(shape)); }

View& Compiler::result(Frame& frame, ValueId id) {
  View& view = frame.views[static_cast<size_t>(id)];
  if (!view.valid()) view = dense(frame.block.shape(id));
  return view;
}

const View& Compiler::operand(Frame& frame, ValueId id) {
  View& view = frame.views[static_cast<size_t>(id)];
  if (!view.valid()) {
    const Node& node = frame.block.producer(id);
    RECUR_CHECK(node.op == Op::kConstant, "value {} ({}) has no place yet", id, ir::name_of(node.op));
    View made = dense(node.ints);
    fill(made, node.ints, node.reals[0]);
    frame.views[static_cast<size_t>(id)] = made;
  }
  return frame.views[static_cast<size_t>(id)];
}

View Compiler::operand_dense(Frame& frame, ValueId id) {
  const View view = operand(frame, id);
  const Shape& shape = frame.block.shape(id);
  if (is_dense(view, shape)) return view;
  const View straight = dense(shape);
  copy_value(view, straight, shape);
  return straight;
}

int Compiler::view_level(const View& view) const {
  int deepest = plan_.buffers[static_cast<size_t>(view.base)].level;
  for (int l = 0; l < kMaxLoops; ++l)
    if (view.loops[static_cast<size_t>(l)].step != 0) deepest = std::max(deepest, l + 1);
  return deepest;
}

void Compiler::touch(const View& view) {
  Buffer& buffer = plan_.buffers[static_cast<size_t>(view.base)];
  buffer.first = std::min(buffer.first, time_);
  buffer.last = std::max(buffer.last, time_);
  // A buffer from outside a loop lives as long as the whole loop.
  for (int l = std::max(buffer.level, 0); l < level(); ++l) {
    buffer.first = std::min(buffer.first, loop_begin_[static_cast<size_t>(l)]);
    loop_touched_[static_cast<size_t>(l)].insert(view.base);
  }
}

void Compiler::emit(Instruction instruction) {
  for (const View& view : instruction.views)
    if (view.valid()) touch(view);
  if (instruction.group)
    for (const GroupOperand& part : instruction.group->operands)
      if (part.kind == GroupOperand::Kind::kMemory) touch(part.view);
  ++time_;
  (prologue_ ? plan_.prologue : *lists_.back()).push_back(std::move(instruction));
}

// In front of the loop that is being compiled at that level.
void Compiler::emit_at(int at, Instruction instruction) {
  for (const View& view : instruction.views) touch(view);
  ++time_;
  lists_[static_cast<size_t>(at)]->push_back(std::move(instruction));
}

void Compiler::open_loop() {
  bodies_.push_back(std::make_unique<std::vector<Instruction>>());
  lists_.push_back(bodies_.back().get());
  loop_begin_.push_back(time_++);
  loop_touched_.emplace_back();
  RECUR_CHECK(level() <= kMaxLoops, "scans are nested {} deep, at most {} are supported", level(), kMaxLoops);
}

std::vector<Instruction> Compiler::close_loop() {
  for (const int32_t id : loop_touched_.back()) {
    Buffer& buffer = plan_.buffers[static_cast<size_t>(id)];
    buffer.last = std::max(buffer.last, time_);
  }
  ++time_;
  loop_touched_.pop_back();
  loop_begin_.pop_back();
  lists_.pop_back();
  std::vector<Instruction> body = std::move(*bodies_.back());
  bodies_.pop_back();
  return body;
}

// First fit in the order of first use; sizes are rounded up to a cache line. Persistent buffers share with nobody.
void Compiler::assign_memory() {
  std::vector<int32_t> order;
  for (size_t i = 0; i < plan_.buffers.size(); ++i) {
    const Buffer& buffer = plan_.buffers[i];
    if (buffer.external < 0 && (buffer.last >= 0 || buffer.persistent)) order.push_back(static_cast<int32_t>(i));
  }
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    const Buffer &x = plan_.buffers[static_cast<size_t>(a)], &y = plan_.buffers[static_cast<size_t>(b)];
    return std::pair(!x.persistent, x.first) < std::pair(!y.persistent, y.first);
  });
  std::vector<int32_t> live;  // by offset
  for (const int32_t id : order) {
    Buffer& buffer = plan_.buffers[static_cast<size_t>(id)];
    const int64_t size = (buffer.size + 15) / 16 * 16;
    std::erase_if(live, [&](int32_t other) {
      const Buffer& b = plan_.buffers[static_cast<size_t>(other)];
      return !b.persistent && b.last < buffer.first;
    });
    std::sort(live.begin(), live.end(), [&](int32_t a, int32_t b) { return plan_.buffers[static_cast<size_t>(a)].offset < plan_.buffers[static_cast<size_t>(b)].offset; });
    int64_t at = 0;
    for (const int32_t other : live) {
      const Buffer& b = plan_.buffers[static_cast<size_t>(other)];
      if (b.offset - at >= size) break;
      at = std::max(at, b.offset + (b.size + 15) / 16 * 16);
    }
    buffer.offset = at;
    plan_.arena = std::max(plan_.arena, at + size);
    live.push_back(id);
  }

  // Views now name entries of the base table.
  const auto settle = [&](View& view) {
    if (!view.valid()) return;
    const Buffer& buffer = plan_.buffers[static_cast<size_t>(view.base)];
    view.base = static_cast<int32_t>(std::max<int64_t>(buffer.external, 0));
    if (buffer.external < 0) view.offset += buffer.offset;
    while (view.depth > 0 && view.loops[static_cast<size_t>(view.depth - 1)].step == 0) --view.depth;
  };
  const std::function<void(std::vector<Instruction>&)> settle_all = [&](std::vector<Instruction>& list) {
    for (Instruction& instruction : list) {
      for (View& view : instruction.views) settle(view);
      if (instruction.group)
        for (GroupOperand& part : instruction.group->operands) settle(part.view);
      if (instruction.loop) settle_all(instruction.loop->body);
    }
  };
  settle_all(plan_.prologue);
  settle_all(plan_.main);
  for (std::vector<Plan::Port>* ports : {&plan_.inputs, &plan_.outputs})
    for (Plan::Port& port : *ports) settle(port.view);
}

int64_t constant_row(Plan& plan, double value) {
  const auto real = static_cast<float>(value);
  for (size_t at = 0; at < plan.constants.size(); at += kTile)
    if (std::equal(&plan.constants[at], &plan.constants[at] + 1, &real)) return static_cast<int64_t>(at / kTile);
  plan.constants.insert(plan.constants.end(), kTile, real);
  return static_cast<int64_t>(plan.constants.size() / kTile) - 1;
}

}  // namespace recur::exec
