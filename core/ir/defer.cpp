// What no state needs leaves the end of a scan: it is done once, for all steps, after it.
//
// A product that only leads to stacked outputs (the gradient by the inputs, logits) becomes one product over all steps.
// A sum over steps of a_t' b_t (the gradient by a weight) becomes one product over T*N rows.
#include <algorithm>
#include <set>

#include "recur/error/error.hpp"
#include "recur/ir/passes.hpp"
#include "recur/ir/rewrite.hpp"
#include "unroll.hpp"

namespace recur::ir {
namespace {

class DeferScan {
 public:
  DeferScan(Rewrite& rewrite, const Node& node)
      : rewrite_(rewrite), outer_(rewrite.to), node_(node), scan_(*node.scan), body_(*node.scan->body) {}

  void run() {
    find_sunk();
    collect_stacked();
    emit_scan();
    emit_outside();
  }

 private:
  bool is_x(ValueId id) const { return index_of_input(id) >= 0 && index_of_input(id) < scan_.x_count; }
  bool is_invariant(ValueId id) const { return index_of_input(id) >= scan_.x_count + scan_.state_count; }
  bool is_fixed(ValueId id) const { return is_invariant(id) || body_.producer(id).op == Op::kConstant; }
  int32_t index_of_input(ValueId id) const {
    const auto found = std::find(body_.inputs.begin(), body_.inputs.end(), id);
    return found == body_.inputs.end() ? -1 : static_cast<int32_t>(found - body_.inputs.begin());
  }
  size_t node_of(ValueId id) const { return static_cast<size_t>(body_.values[static_cast<size_t>(id)].node); }
  bool sunk(ValueId id) const { return sunk_[node_of(id)]; }
  std::vector<ValueId> outputs(int32_t first, int32_t count) const {
    return {body_.outputs.begin() + first, body_.outputs.begin() + first + count};
  }

  // Nodes that reach a state, or a sum that must be built up inside, stay.
  void find_sunk() {
    sunk_.assign(body_.nodes.size(), false);
    std::vector<bool> stays(body_.nodes.size());
    const std::function<void(ValueId)> keep = [&](ValueId id) {
      if (stays[node_of(id)]) return;
      stays[node_of(id)] = true;
      for (const ValueId in : body_.producer(id).inputs) keep(in);
    };
    for (const ValueId id : outputs(0, scan_.state_count)) keep(id);
    for (const ValueId id : outputs(scan_.state_count + scan_.y_count, scan_.sum_count)) keep_inside_of_sum(id, keep);
    for (bool settled = false; !settled;) {
      settled = true;
      for (size_t n = 0; n < body_.nodes.size(); ++n) {
        const Node& inner = body_.nodes[n];
        const bool below = std::any_of(inner.inputs.begin(), inner.inputs.end(), [&](ValueId in) { return sunk(in); });
        const bool mixed = !is_elementwise(inner.op) && inner.op != Op::kMatmul && inner.op != Op::kMatmulAdd &&
                           std::any_of(inner.inputs.begin(), inner.inputs.end(), [&](ValueId in) { return is_fixed(in); }) && inner.op != Op::kGather;
        const bool timed_weight = (inner.op == Op::kMatmul || inner.op == Op::kMatmulAdd || inner.op == Op::kGather) &&
                                  !is_fixed(inner.inputs[inner.op == Op::kGather ? 0 : 1]);
        const bool free = inner.op != Op::kInput && inner.op != Op::kConstant && !stays[n] && can_leave(body_, inner) && !mixed && !timed_weight;
        sunk_[n] = free && (is_heavy(inner.op) || below);
        if (below && !free && !stays[n]) {
          keep(inner.outputs[0]);
          std::fill(sunk_.begin(), sunk_.end(), false);
          settled = false;
          break;
        }
      }
    }
  }

  // Linear operators are passed through until what is really summed.
  static bool is_linear(Op op) { return op == Op::kAdd || op == Op::kReshape || op == Op::kSlice || op == Op::kTranspose || op == Op::kConcat; }
  bool linear(const Node& inner, const Shape& shape) const {
    if (!is_linear(inner.op)) return false;
    return inner.op != Op::kAdd || std::all_of(inner.inputs.begin(), inner.inputs.end(), [&](ValueId in) { return body_.shape(in) == shape; });
  }
  bool is_outer_sum(const Node& inner) const {
    const bool product = inner.op == Op::kOuterSum || inner.op == Op::kGatherAdd ||
                         (inner.op == Op::kMatmul && inner.ints[0] == 1 && inner.ints[1] == 0 && body_.shape(inner.inputs[1]).size() == 2);
    return product && !is_fixed(inner.inputs[0]) && !is_fixed(inner.inputs[1]);
  }
  void keep_inside_of_sum(ValueId id, const std::function<void(ValueId)>& keep) {
    const Node& inner = body_.producer(id);
    if (linear(inner, body_.shape(id))) {
      for (const ValueId in : inner.inputs) keep_inside_of_sum(in, keep);
    } else if (is_outer_sum(inner)) {
      // Its operands are stacked, which needs them to be made inside.
      for (const ValueId in : inner.inputs) keep(in);
    } else {
      keep(id);
    }
  }

  void stack(ValueId id) {
    if (!is_x(id) && !is_fixed(id)) stacked_.insert(id);
  }
  void collect_stacked() {
    for (size_t n = 0; n < body_.nodes.size(); ++n)
      if (sunk_[n])
        for (const ValueId in : body_.nodes[n].inputs)
          if (!sunk(in)) stack(in);
    for (const ValueId id : outputs(scan_.state_count, scan_.y_count))
      if (!sunk(id)) stacked_.insert(id);
    for (const ValueId id : outputs(scan_.state_count + scan_.y_count, scan_.sum_count)) collect_sum(id);
  }
  void collect_sum(ValueId id) {
    const Node& inner = body_.producer(id);
    if (linear(inner, body_.shape(id))) {
      for (const ValueId in : inner.inputs) collect_sum(in);
    } else if (is_outer_sum(inner)) {
      for (const ValueId in : inner.inputs) stack(in);
    } else {
      summed_.insert(id);
    }
  }
  // A plain sum over rows of something that is stacked anyway is done afterwards too.
  bool sums_stacked(ValueId id) const {
    const Node& inner = body_.producer(id);
    return inner.op == Op::kSum && inner.ints[0] == 0 && (stacked_.contains(inner.inputs[0]) || is_x(inner.inputs[0]));
  }

  void emit_scan() {
    for (auto it = summed_.begin(); it != summed_.end();) it = sums_stacked(*it) ? summed_.erase(it) : std::next(it);
    auto body = std::make_shared<Block>(body_);
    body->outputs.resize(static_cast<size_t>(scan_.state_count));
    body->outputs.insert(body->outputs.end(), stacked_.begin(), stacked_.end());
    body->outputs.insert(body->outputs.end(), summed_.begin(), summed_.end());
    Node fresh = node_;
    fresh.scan = std::make_shared<Scan>(scan_);
    fresh.scan->body = body;
    fresh.scan->y_count = static_cast<int32_t>(stacked_.size());
    fresh.scan->sum_count = static_cast<int32_t>(summed_.size());
    fresh.lowering = nullptr;
    for (ValueId& in : fresh.inputs) in = rewrite_.at(in);
    steps_ = fresh.ints.empty() ? outer_.shape(fresh.inputs[0])[0] : fresh.ints[0];
    outer_.append(std::move(fresh));
  }

  void emit_outside() {
    const std::vector<ValueId> made = outer_.block.nodes.back().outputs;
    std::vector<bool> timed(body_.values.size(), true);
    Unroller unroller(body_, outer_, std::vector<ValueId>(body_.values.size(), kNone), timed);
    for (size_t i = 0; i < body_.inputs.size(); ++i) {
      const auto at = static_cast<int32_t>(i);
      if (at >= scan_.x_count && at < scan_.x_count + scan_.state_count) continue;
      unroller.learn(body_.inputs[i], rewrite_.at(node_.inputs[i]), at < scan_.x_count);
    }
    size_t next = static_cast<size_t>(scan_.state_count);
    for (const ValueId id : stacked_) unroller.learn(id, made[next++], true);
    std::map<ValueId, ValueId> sums;
    for (const ValueId id : summed_) sums[id] = made[next++];
    for (size_t n = 0; n < body_.nodes.size(); ++n) {
      const Node& inner = body_.nodes[n];
      if (inner.op == Op::kConstant) unroller.learn(inner.outputs[0], outer_.append(inner), false);
      else if (sunk_[n]) unroller.emit(inner, steps_);
    }
    for (size_t i = 0; i < node_.outputs.size(); ++i) {
      const auto at = static_cast<int32_t>(i);
      ValueId value = kNone;
      if (at < scan_.state_count) value = made[i];
      else if (at < scan_.state_count + scan_.y_count) value = every_step(body_.outputs[i], unroller);
      else value = total(body_.outputs[i], unroller, sums);
      rewrite_.set(node_.outputs[i], value);
    }
  }
  // What is the same at each step was computed once; an output has it for each step.
  ValueId every_step(ValueId id, const Unroller& unroller) {
    const ValueId value = unroller.at(id);
    if (unroller.is_timed(id)) return value;
    Shape shape = body_.shape(id);
    shape.insert(shape.begin(), steps_);
    return outer_.emit(Op::kBroadcast, {value}, shape);
  }
  // The sum over all steps of a value of the body.
  ValueId total(ValueId id, Unroller& unroller, const std::map<ValueId, ValueId>& sums) {
    if (const auto found = sums.find(id); found != sums.end()) return found->second;
    const Node& inner = body_.producer(id);
    if (linear(inner, body_.shape(id))) {
      Node fresh = inner;
      for (ValueId& in : fresh.inputs) in = total(in, unroller, sums);
      return outer_.append(std::move(fresh));
    }
    if (inner.op == Op::kSum) {
      std::vector<int64_t> axes{0, 0};
      for (size_t i = 1; i < inner.ints.size(); ++i) axes.push_back(inner.ints[i] < 0 ? inner.ints[i] : inner.ints[i] + 1);
      return outer_.emit(Op::kSum, {unroller.at(inner.inputs[0])}, axes);
    }
    const Op op = inner.op == Op::kMatmul ? Op::kOuterSum : inner.op;
    return outer_.emit(op, {unroller.at(inner.inputs[0]), unroller.at(inner.inputs[1])},
                       op == Op::kGatherAdd ? inner.ints : std::vector<int64_t>{});
  }

  Rewrite& rewrite_;
  BlockWriter& outer_;
  const Node& node_;
  const Scan& scan_;
  const Block& body_;
  std::vector<bool> sunk_;
  std::set<ValueId> stacked_, summed_;
  int64_t steps_ = 0;
};

}  // namespace

Program defer(Program program) {
  program = clone(program);  // bodies are shared with the caller's otherwise
  for_each_block(program, [](Block& block) {
    Rewrite rewrite(block);
    block = rewrite.run([&](const Node& node) {
      if (node.op == Op::kScan) DeferScan(rewrite, node).run();
      else rewrite.copy(node);
    });
  });
  remove_dead(program);
  return program;
}

}  // namespace recur::ir
