#include "recur/ir/builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "recur/error/error.hpp"
#include "recur/ir/edit.hpp"

namespace recur::ir {

// Values are handed out as handles, valid across blocks; a frame knows the local ids of its own and of what it captured.
struct Builder::Frame {
  std::shared_ptr<Block> block = std::make_shared<Block>();
  std::map<ValueId, ValueId> local;      // handle -> id in this block
  // Of a scan's body:
  std::vector<ValueId> xs, init;         // handles outside
  std::vector<ValueId> captured;         // handles outside, in the order of the invariants
  std::vector<ValueId> captured_inputs;  // local ids
  std::vector<ValueId> x_inputs, state_inputs;  // local ids
  ValueId mask = kNone;                  // handle of the mask of this step [N], if there are lengths
  std::vector<ValueId> held;             // handles of the states that a sequence past its end keeps
  bool reverse = false;
  bool plain = true;                     // neither lengths nor resets
};

Builder::Builder() : frames_{std::make_shared<Frame>()} { shapes_.emplace_back(); }

ValueId Builder::hand_out(ValueId local) {
  const auto handle = static_cast<ValueId>(shapes_.size());
  shapes_.push_back(frames_.back()->block->shape(local));
  frames_.back()->local[handle] = local;
  return handle;
}

ValueId Builder::resolve(ValueId handle) {
  size_t depth = frames_.size();
  while (depth > 0 && !frames_[depth - 1]->local.contains(handle)) --depth;
  if (handle <= 0 || static_cast<size_t>(handle) >= shapes_.size()) throw UserError(fmt::format("value {} does not exist", handle));
  if (depth == 0) throw UserError("a value made inside a scan is used outside it; return it as an output of the scan");
  for (; depth < frames_.size(); ++depth) {
    Frame& frame = *frames_[depth];
    const ValueId id = append_input(*frame.block, "", shape(handle));
    frame.local[handle] = id;
    frame.captured.push_back(handle);
    frame.captured_inputs.push_back(id);
  }
  return frames_.back()->local.at(handle);
}

ValueId Builder::input(std::string name, Shape shape) {
  RECUR_CHECK(frames_.size() == 1, "input '{}' inside a scan", name);
  return hand_out(append_input(*frames_.back()->block, std::move(name), std::move(shape)));
}

ValueId Builder::append_node(Node node) {
  std::vector<Shape> shapes;
  for (ValueId& in : node.inputs) {
    in = resolve(in);
    shapes.push_back(frames_.back()->block->shape(in));
  }
  std::vector<Shape> out = infer_shapes(node, shapes);
  if (is_noise(node.op)) node.stream = next_stream_++;
  return hand_out(ir::append_node(*frames_.back()->block, std::move(node), std::move(out)));
}

ValueId Builder::emit(Op op, std::vector<ValueId> inputs, std::vector<int64_t> ints, std::vector<double> reals) {
  Node node;
  node.op = op;
  node.inputs = std::move(inputs);
  node.ints = std::move(ints);
  node.reals = std::move(reals);
  return append_node(std::move(node));
}

ValueId Builder::map(const recur_map_kernel* kernel, std::vector<ValueId> inputs) {
  Node node;
  node.op = Op::kMap;
  node.map = kernel;
  node.name = kernel->name;
  node.inputs = std::move(inputs);
  return append_node(std::move(node));
}

Builder::ScanVars Builder::begin_scan(std::vector<ValueId> xs, std::vector<ValueId> init, bool reverse,
                                      ValueId lengths, ValueId resets) {
  if (xs.empty()) throw UserError("a scan needs an input of each step");
  for (const ValueId x : xs)
    if (shape(x).empty()) throw UserError("an input of a scan needs a time axis");
  const int64_t steps = shape(xs[0])[0];
  auto frame = std::make_shared<Frame>();
  frame->reverse = reverse;
  frame->plain = lengths == kNone && resets == kNone;
  const size_t own = xs.size();
  if (lengths != kNone) xs.push_back(emit(Op::kLengthMask, {lengths}, {steps}));
  if (resets != kNone) xs.push_back(resets);
  for (const ValueId x : xs) {
    Shape step = shape(x);
    step.erase(step.begin());
    frame->x_inputs.push_back(append_input(*frame->block, "", std::move(step)));
  }
  for (const ValueId state : init) frame->state_inputs.push_back(append_input(*frame->block, "", shape(state)));
  frame->xs = std::move(xs);
  frame->init = init;
  frames_.push_back(frame);

  ScanVars vars;
  for (size_t i = 0; i < own; ++i) vars.x_t.push_back(hand_out(frame->x_inputs[i]));
  for (const ValueId state : frame->state_inputs) vars.states.push_back(hand_out(state));
  if (lengths != kNone) frame->mask = hand_out(frame->x_inputs[own]);
  frame->held = vars.states;  // before resets: after its end a sequence keeps its states, whatever the padding says
  if (resets != kNone) {
    const ValueId reset = hand_out(frame->x_inputs.back());
    for (size_t i = 0; i < init.size(); ++i)
      vars.states[i] = emit(Op::kSelect, {over_rows(reset, shape(init[i]).size()), init[i], vars.states[i]});
  }
  return vars;
}

// [N] -> [N, 1, ...] with as many axes as asked for.
ValueId Builder::over_rows(ValueId mask, size_t rank) {
  Shape wide = shape(mask);
  wide.resize(std::max<size_t>(rank, 1), 1);
  return wide == shape(mask) ? mask : reshape(mask, std::move(wide));
}

Builder::ScanResult Builder::end_scan(std::vector<ValueId> next, std::vector<ValueId> ys, std::string name) {
  RECUR_CHECK(frames_.size() > 1, "end_scan without begin_scan");
  const std::shared_ptr<Frame> frame = frames_.back();
  if (next.size() != frame->init.size())
    throw UserError(fmt::format("the step returns {} states where {} are carried", next.size(), frame->init.size()));
  if (frame->mask != kNone) {
    for (size_t i = 0; i < next.size(); ++i)
      next[i] = emit(Op::kSelect, {over_rows(frame->mask, shape(next[i]).size()), next[i], frame->held[i]});
    for (ValueId& y : ys) y = emit(Op::kSelect, {over_rows(frame->mask, shape(y).size()), y, constant(0)});
  }
  Block& body = *frame->block;
  for (const std::vector<ValueId>* list : {&next, &ys})
    for (const ValueId id : *list) body.outputs.push_back(resolve(id));
  body.inputs = frame->x_inputs;
  body.inputs.insert(body.inputs.end(), frame->state_inputs.begin(), frame->state_inputs.end());
  body.inputs.insert(body.inputs.end(), frame->captured_inputs.begin(), frame->captured_inputs.end());
  frames_.pop_back();

  Node node;
  node.op = Op::kScan;
  node.name = std::move(name);
  node.scan = std::make_shared<Scan>();
  *node.scan = {frame->block, static_cast<int32_t>(frame->xs.size()), static_cast<int32_t>(frame->init.size()),
                static_cast<int32_t>(frame->captured.size()), static_cast<int32_t>(ys.size()), 0, frame->reverse};
  std::vector<Shape> shapes;
  for (const std::vector<ValueId>* list : {&frame->xs, &frame->init, &frame->captured})
    for (const ValueId id : *list) {
      node.inputs.push_back(resolve(id));
      shapes.push_back(shape(id));
    }
  std::vector<Shape> out = infer_shapes(node, shapes);
  Block& outer = *frames_.back()->block;
  ir::append_node(outer, std::move(node), std::move(out));
  ScanResult result;
  result.node = static_cast<int32_t>(outer.nodes.size()) - 1;
  for (size_t i = 0; i < next.size() + ys.size(); ++i) {
    const ValueId handle = hand_out(outer.nodes.back().outputs[i]);
    (i < next.size() ? result.final_states : result.stacked).push_back(handle);
  }
  last_scan_plain_ = frame->plain;
  return result;
}

void Builder::set_lowering(const ScanResult& scan, Lowering lowering) {
  if (!last_scan_plain_) return;
  for (ValueId* id : {&lowering.x, &lowering.weights_layer, &lowering.weights_iter, &lowering.bias}) *id = resolve(*id);
  Node& node = frames_.back()->block->nodes.at(static_cast<size_t>(scan.node));
  RECUR_CHECK(node.op == Op::kScan, "lowering of {}", name_of(node.op));
  lowering.primitive.reverse = node.scan->reverse;
  node.lowering = std::make_shared<Lowering>(std::move(lowering));
}

const Shape& Builder::shape(ValueId handle) const {
  if (handle <= 0 || static_cast<size_t>(handle) >= shapes_.size())
    throw UserError(fmt::format("value {} does not exist", handle));
  return shapes_[static_cast<size_t>(handle)];
}

Program Builder::finish(std::vector<ValueId> outputs, std::vector<std::string> names) {
  RECUR_CHECK(frames_.size() == 1, "{} scans are still open", frames_.size() - 1);
  Program program = *frames_.back()->block;
  for (const ValueId id : outputs) program.outputs.push_back(resolve(id));
  program.output_names = std::move(names);
  verify(program);
  return program;
}

ValueId Builder::constant(double value, Shape shape) { return emit(Op::kConstant, {}, std::move(shape), {value}); }

ValueId Builder::sum(ValueId x, std::vector<int64_t> axes, bool keep) {
  axes.insert(axes.begin(), keep ? 1 : 0);
  return emit(Op::kSum, {x}, std::move(axes));
}

ValueId Builder::mean(ValueId x, std::vector<int64_t> axes, bool keep) {
  axes.insert(axes.begin(), keep ? 1 : 0);
  return emit(Op::kMean, {x}, std::move(axes));
}

}  // namespace recur::ir
