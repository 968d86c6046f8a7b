// The adjoint of a scan is a scan in the other direction over the adjoint of its body.
//
//   forward   s_t, y_t = f(x_t, s_{t-1}, c)
//   backward  d_s_{t-1}, d_x_t, d_c += f'(x_t, s_{t-1}, c, what f computed; d_s_t, d_y_t)
//
// What the body's adjoint needs of the forward step becomes stacked outputs of the forward scan, except what costs next
// to nothing to compute again from values that are kept anyway, or from much smaller ones: writing and reading a large
// value takes longer than a few operations on it.
#include <algorithm>
#include <functional>

#include "adjoint_rules.hpp"
#include "recur/error/error.hpp"

namespace recur::ir {
namespace {

bool costs_nothing(Op op) { return op == Op::kConstant || op == Op::kSlice || op == Op::kReshape; }

bool is_cheap(Op op) {
  switch (op) {
    case Op::kAdd: case Op::kSub: case Op::kMul: case Op::kNeg: case Op::kSquare: case Op::kSelect: case Op::kGreater:
    case Op::kGreaterEqual: case Op::kEqual: case Op::kBroadcast: case Op::kOuter:
      return true;
    default:
      return costs_nothing(op);
  }
}

// A symbol counts as one: of two values of a step both have it or neither.
int64_t elements_of(const Shape& shape) {
  int64_t elements = 1;
  for (const int64_t size : shape) elements *= std::max<int64_t>(size, 1);
  return elements;
}

// Decides which forward values are kept and which are computed again.
class Kept {
 public:
  explicit Kept(const Block& body) : body_(body) {}

  void need(ValueId id) {
    if (is_input(id) || !needed_.insert(id).second) return;
    const Node& node = body_.producer(id);
    if (costs_nothing(node.op))
      for (const ValueId in : node.inputs) need(in);
  }
  // Values that are needed and cheap to make from others that are needed too are computed again.
  void settle() {
    for (auto it = needed_.begin(); it != needed_.end(); ++it) {
      const Node& node = body_.producer(*it);
      const bool again = costs_nothing(node.op) || (is_cheap(node.op) && std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId in) {
                           return is_input(in) || needed_.contains(in) || body_.producer(in).op == Op::kConstant;
                         }));
      if (again) again_.insert(*it);
    }
    for (const ValueId id : needed_) {
      std::set<ValueId> made, from;
      if (again_.contains(id) || !gather(id, made, from)) continue;
      int64_t smaller = 0;
      for (const ValueId leaf : from) smaller += elements_of(body_.shape(leaf));
      if (kMuchSmaller * smaller <= elements_of(body_.shape(id))) again_.insert(made.begin(), made.end());
    }
  }
  bool recomputed(ValueId id) const { return again_.contains(id) || body_.producer(id).op == Op::kConstant; }
  bool is_input(ValueId id) const { return body_.producer(id).op == Op::kInput; }

 private:
  static constexpr int64_t kMuchSmaller = 4, kMostOperations = 8;

  // The cheap operations that make a value, and the values that they begin from. False where they are too many.
  bool gather(ValueId id, std::set<ValueId>& made, std::set<ValueId>& from) const {
    const Node& node = body_.producer(id);
    if (node.op == Op::kConstant) return true;
    if (is_input(id) || !is_cheap(node.op) || (!made.empty() && needed_.contains(id))) {
      from.insert(id);
      return true;
    }
    if (!made.insert(id).second) return true;
    return static_cast<int64_t>(made.size()) <= kMostOperations &&
           std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId in) { return gather(in, made, from); });
  }

  const Block& body_;
  std::set<ValueId> needed_, again_;
};

}  // namespace

void adjoint_of_scan(size_t index, Gradients& g) {
  BlockWriter& outer = g.writer();
  RECUR_CHECK(outer.block.nodes[index].scan->sum_count == 0, "a scan with summed outputs cannot be differentiated");
  const Node node = outer.block.nodes[index];
  const Scan scan = *node.scan;
  const auto xs = static_cast<size_t>(scan.x_count), states = static_cast<size_t>(scan.state_count);
  const auto ys = static_cast<size_t>(scan.y_count), invariants = static_cast<size_t>(scan.invariant_count);

  // The body and, behind it, its adjoint.
  BlockWriter body(clone(*scan.body));
  const size_t forward_nodes = body.block.nodes.size();
  const std::vector<ValueId> body_inputs = body.block.inputs, body_outputs = body.block.outputs;
  std::vector<ValueId> by;
  for (size_t i = 0; i < body_inputs.size(); ++i)
    if ((i >= xs && i < xs + states) || g.wants(node.inputs[i])) by.push_back(body_inputs[i]);
  Gradients inner(body, active_values(body.block, by));
  std::vector<ValueId> d_states, d_ys(ys, kNone);
  for (size_t i = 0; i < states; ++i) {
    d_states.push_back(body.input("", body.shape(body_outputs[i])));
    inner.give(body_outputs[i], d_states.back());
  }
  for (size_t i = 0; i < ys; ++i) {
    if (!g.has(node.outputs[states + i])) continue;
    d_ys[i] = body.input("", body.shape(body_outputs[states + i]));
    inner.give(body_outputs[states + i], d_ys[i]);
  }
  const size_t adjoint_begin = body.block.nodes.size();
  differentiate_nodes(forward_nodes, inner);
  std::vector<ValueId> results;                   // of the adjoint body: d states before, d xs, d invariants
  std::vector<size_t> x_of, invariant_of;         // which inputs they belong to
  for (size_t i = 0; i < states; ++i) results.push_back(inner.take_or_zeros(body_inputs[xs + i]));
  for (size_t i = 0; i < xs; ++i)
    if (g.wants(node.inputs[i]) && inner.has(body_inputs[i])) {
      results.push_back(inner.take(body_inputs[i]));
      x_of.push_back(i);
    }
  for (size_t i = xs + states; i < xs + states + invariants; ++i)
    if (g.wants(node.inputs[i]) && inner.has(body_inputs[i])) {
      results.push_back(inner.take(body_inputs[i]));
      invariant_of.push_back(i);
    }

  // Only what the results need, and what that needs of the forward step.
  std::vector<bool> live(body.block.nodes.size());
  const std::function<void(ValueId)> mark = [&](ValueId id) {
    const auto n = static_cast<size_t>(body.block.values[static_cast<size_t>(id)].node);
    if (n < adjoint_begin || live[n]) return;
    live[n] = true;
    for (const ValueId in : body.block.nodes[n].inputs) mark(in);
  };
  for (const ValueId id : results) mark(id);
  Kept kept(body.block);
  const auto is_forward = [&](ValueId id) {
    return static_cast<size_t>(body.block.values[static_cast<size_t>(id)].node) < forward_nodes;
  };
  for (size_t n = adjoint_begin; n < body.block.nodes.size(); ++n)
    if (live[n])
      for (const ValueId in : body.block.nodes[n].inputs)
        if (is_forward(in)) kept.need(in);
  for (const ValueId id : results)
    if (is_forward(id)) kept.need(id);
  kept.settle();

  // The adjoint's own body. Inputs are listed in the end: kept values and d_y, d states, invariants.
  BlockWriter adjoint;
  std::vector<ValueId> ids(body.block.values.size(), kNone);
  std::vector<ValueId> x_inputs, state_inputs, invariant_inputs;       // in the adjoint's body
  std::vector<ValueId> x_outer, state_outer, invariant_outer;          // in the outer block
  for (size_t i = 0; i < states; ++i) {
    ids[static_cast<size_t>(d_states[i])] = adjoint.input("", body.shape(d_states[i]));
    state_inputs.push_back(ids[static_cast<size_t>(d_states[i])]);
    state_outer.push_back(g.take_or_zeros(node.outputs[i]));
  }
  for (size_t i = 0; i < ys; ++i) {
    if (d_ys[i] == kNone) continue;
    ids[static_cast<size_t>(d_ys[i])] = adjoint.input("", body.shape(d_ys[i]));
    x_inputs.push_back(ids[static_cast<size_t>(d_ys[i])]);
    x_outer.push_back(g.take(node.outputs[states + i]));
  }
  // A forward value of the step: from outside, stacked by the forward scan, or computed again. Scans inside the body have
  // been given further outputs by their own adjoints, so the forward body is taken from the copy.
  Node& forward = outer.block.nodes[index];
  Block& forward_body = *forward.scan->body;
  forward_body.nodes.assign(body.block.nodes.begin(), body.block.nodes.begin() + static_cast<long>(forward_nodes));
  forward_body.values = body.block.values;
  const auto stacked = [&](ValueId id) {
    for (size_t i = 0; i < static_cast<size_t>(scan.x_count); ++i)
      if (body_inputs[i] == id) return node.inputs[i];
    for (size_t i = states; i < forward.scan->body->outputs.size(); ++i)
      if (forward.scan->body->outputs[i] == id) return forward.outputs[i];
    Shape shape = body.shape(id);
    const int64_t steps = node.ints.empty() ? outer.shape(node.inputs[0])[0] : node.ints[0];
    shape.insert(shape.begin(), steps);
    const auto fresh = static_cast<ValueId>(outer.block.values.size());
    outer.block.values.push_back({std::move(shape), static_cast<int32_t>(index)});
    forward.outputs.push_back(fresh);
    forward.scan->body->outputs.push_back(id);
    ++forward.scan->y_count;
    return fresh;
  };
  const std::function<ValueId(ValueId)> bring = [&](ValueId id) -> ValueId {
    ValueId& known = ids[static_cast<size_t>(id)];
    if (known != kNone) return known;
    const auto input = std::find(body_inputs.begin() + static_cast<long>(xs + states), body_inputs.end(), id);
    if (input != body_inputs.end()) {
      known = adjoint.input("", body.shape(id));
      invariant_inputs.push_back(known);
      invariant_outer.push_back(node.inputs[static_cast<size_t>(input - body_inputs.begin())]);
    } else if (!kept.is_input(id) && kept.recomputed(id)) {
      const Node copy = body.block.producer(id);
      for (const ValueId in : copy.inputs) bring(in);
      adjoint.copy(copy, ids);
    } else {
      const ValueId outside = stacked(id);
      known = adjoint.input("", body.shape(id));
      x_inputs.push_back(known);
      x_outer.push_back(outside);
    }
    return ids[static_cast<size_t>(id)];
  };
  for (size_t n = adjoint_begin; n < body.block.nodes.size(); ++n) {
    if (!live[n]) continue;
    for (const ValueId in : body.block.nodes[n].inputs)
      if (is_forward(in)) bring(in);
    adjoint.copy(body.block.nodes[n], ids);
  }
  for (const ValueId id : results) {
    if (is_forward(id)) bring(id);
    adjoint.block.outputs.push_back(ids[static_cast<size_t>(id)]);
  }

  Node back;
  back.op = Op::kScan;
  back.name = "d:" + node.name;
  back.ints = {node.ints.empty() ? outer.shape(node.inputs[0])[0] : node.ints[0]};
  back.scan = std::make_shared<Scan>();
  *back.scan = {std::make_shared<Block>(), static_cast<int32_t>(x_inputs.size()), static_cast<int32_t>(states),
                static_cast<int32_t>(invariant_inputs.size()), static_cast<int32_t>(x_of.size()),
                static_cast<int32_t>(invariant_of.size()), !scan.reverse};
  adjoint.block.inputs = x_inputs;
  adjoint.block.inputs.insert(adjoint.block.inputs.end(), state_inputs.begin(), state_inputs.end());
  adjoint.block.inputs.insert(adjoint.block.inputs.end(), invariant_inputs.begin(), invariant_inputs.end());
  back.inputs = x_outer;
  back.inputs.insert(back.inputs.end(), state_outer.begin(), state_outer.end());
  back.inputs.insert(back.inputs.end(), invariant_outer.begin(), invariant_outer.end());
  *back.scan->body = std::move(adjoint.block);
  outer.append(std::move(back));

  const std::vector<ValueId> outputs = outer.block.nodes.back().outputs;
  for (size_t i = 0; i < states; ++i) g.give(node.inputs[xs + i], outputs[i]);
  for (size_t i = 0; i < x_of.size(); ++i) g.give(node.inputs[x_of[i]], outputs[states + i]);
  for (size_t i = 0; i < invariant_of.size(); ++i) g.give(node.inputs[invariant_of[i]], outputs[states + x_of.size() + i]);
}

}  // namespace recur::ir
