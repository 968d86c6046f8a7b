// What depends on no state is computed for all steps at once, before the scan.
#include <algorithm>
#include <set>

#include "recur/error/error.hpp"
#include "recur/ir/passes.hpp"
#include "recur/ir/rewrite.hpp"
#include "unroll.hpp"

namespace recur::ir {
namespace {

// Values of a body that depend on a state, or that are drawn anew at each step.
std::vector<bool> state_dependent(const Block& body, const Scan& scan) {
  std::vector<bool> dependent(body.values.size());
  for (int32_t i = 0; i < scan.state_count; ++i) dependent[static_cast<size_t>(body.inputs[static_cast<size_t>(scan.x_count + i)])] = true;
  for (const Node& node : body.nodes) {
    bool any = is_noise(node.op) || node.op == Op::kScan;
    for (const ValueId in : node.inputs) any = any || dependent[static_cast<size_t>(in)];
    if (any)
      for (const ValueId out : node.outputs) dependent[static_cast<size_t>(out)] = true;
  }
  return dependent;
}

// Writes sums so that the terms that depend on no state are added up first: (h U + x W) + b becomes h U + (x W + b).
Block group_sums(const Block& body, const Scan& scan) {
  const std::vector<bool> dependent = state_dependent(body, scan);
  const std::vector<int> uses = use_counts(body);
  std::set<ValueId> absorbed;  // sums that are part of a larger sum
  for (const Node& node : body.nodes)
    if (node.op == Op::kAdd)
      for (const ValueId in : node.inputs)
        if (body.producer(in).op == Op::kAdd && uses[static_cast<size_t>(in)] == 1 && body.shape(in) == body.shape(node.outputs[0])) absorbed.insert(in);
  Rewrite rewrite(body);
  return rewrite.run([&](const Node& node) {
    if (node.op != Op::kAdd) return rewrite.copy(node);
    const ValueId out = node.outputs[0];
    if (absorbed.contains(out)) return;
    std::vector<ValueId> terms;
    const std::function<void(ValueId)> gather = [&](ValueId id) {
      if (absorbed.contains(id)) for (const ValueId in : body.producer(id).inputs) gather(in);
      else terms.push_back(id);
    };
    for (const ValueId in : node.inputs) gather(in);
    std::stable_partition(terms.begin(), terms.end(), [&](ValueId id) { return !dependent[static_cast<size_t>(id)]; });
    // Begin with a term of the full shape, so that every partial sum has it.
    const auto full = std::find_if(terms.begin(), terms.end(), [&](ValueId id) { return body.shape(id) == body.shape(out); });
    if (full != terms.end() && !dependent[static_cast<size_t>(*full)]) std::rotate(terms.begin(), full, full + 1);
    ValueId total = rewrite.at(terms[0]);
    for (size_t i = 1; i < terms.size(); ++i) total = rewrite.to.emit(Op::kAdd, {total, rewrite.at(terms[i])});
    rewrite.set(out, total);
  });
}

void hoist_scan(Rewrite& rewrite, const Node& node) {
  BlockWriter& outer = rewrite.to;
  Scan scan = *node.scan;
  const Block body = group_sums(*scan.body, scan);
  const std::vector<bool> dependent = state_dependent(body, scan);
  const std::vector<int> uses = use_counts(body);
  const int64_t steps = node.ints.empty() ? outer.shape(rewrite.at(node.inputs[0]))[0] : node.ints[0];
  const auto xs = static_cast<size_t>(scan.x_count), states = static_cast<size_t>(scan.state_count);

  // Which nodes leave: heavy ones, sums of a product and a row, what only invariants make, and all that these need.
  std::vector<bool> leaves(body.nodes.size());
  std::vector<bool> constant(body.values.size());  // the same at each step
  for (size_t i = xs + states; i < body.inputs.size(); ++i) constant[static_cast<size_t>(body.inputs[i])] = true;
  for (size_t n = 0; n < body.nodes.size(); ++n) {
    const Node& inner = body.nodes[n];
    if (inner.op == Op::kInput || inner.outputs.size() != 1) continue;
    const bool same = inner.op != Op::kConstant && !inner.inputs.empty() && can_leave(body, inner) &&
                      std::all_of(inner.inputs.begin(), inner.inputs.end(), [&](ValueId in) { return constant[static_cast<size_t>(in)] || body.producer(in).op == Op::kConstant; });
    if (same) constant[static_cast<size_t>(inner.outputs[0])] = true;
    if (dependent[static_cast<size_t>(inner.outputs[0])] || !can_leave(body, inner)) continue;
    leaves[n] = same || is_heavy(inner.op);
    if (inner.op == Op::kAdd) {
      for (size_t i = 0; i < 2; ++i) {
        const ValueId product = inner.inputs[i], row = inner.inputs[1 - i];
        leaves[n] = leaves[n] || (body.producer(product).op == Op::kMatmul && uses[static_cast<size_t>(product)] == 1 && constant[static_cast<size_t>(row)] && is_row_of(body.shape(row), body.shape(product)));
      }
    }
  }
  std::vector<bool> possible(body.nodes.size());
  for (size_t n = 0; n < body.nodes.size(); ++n) {
    const Node& inner = body.nodes[n];
    possible[n] = inner.op == Op::kInput ? !dependent[static_cast<size_t>(inner.outputs[0])] : inner.outputs.size() == 1 && !dependent[static_cast<size_t>(inner.outputs[0])] && can_leave(body, inner);
    for (const ValueId in : inner.inputs) possible[n] = possible[n] && possible[static_cast<size_t>(body.values[static_cast<size_t>(in)].node)];
  }
  for (size_t n = body.nodes.size(); n-- > 0;) {
    leaves[n] = leaves[n] && possible[n];
    if (leaves[n])
      for (const ValueId in : body.nodes[n].inputs) leaves[static_cast<size_t>(body.values[static_cast<size_t>(in)].node)] = true;
  }

  std::vector<ValueId> outside(body.values.size(), kNone);
  std::vector<bool> timed(body.values.size());
  for (size_t i = 0; i < body.inputs.size(); ++i) {
    if (i >= xs && i < xs + states) continue;
    outside[static_cast<size_t>(body.inputs[i])] = rewrite.at(node.inputs[i]);
    timed[static_cast<size_t>(body.inputs[i])] = i < xs;
  }
  Unroller unroller(body, outer, std::move(outside), std::move(timed));
  for (size_t n = 0; n < body.nodes.size(); ++n) {
    const Node& inner = body.nodes[n];
    if (!leaves[n] || inner.op == Op::kInput) continue;
    const bool ready = std::all_of(inner.inputs.begin(), inner.inputs.end(), [&](ValueId in) { return unroller.known(in); });
    if (!ready || unroller.mixes_time(inner)) {
      leaves[n] = false;
      continue;
    }
    unroller.emit(inner, steps);
  }

  // The body that stays reads what left as further xs or invariants.
  Rewrite inside(body);
  std::vector<ValueId> x_inputs(inside.to.block.inputs.begin(), inside.to.block.inputs.begin() + static_cast<long>(xs));
  const std::vector<ValueId> state_inputs(inside.to.block.inputs.begin() + static_cast<long>(xs), inside.to.block.inputs.begin() + static_cast<long>(xs + states));
  std::vector<ValueId> invariant_inputs(inside.to.block.inputs.begin() + static_cast<long>(xs + states), inside.to.block.inputs.end());
  std::vector<ValueId> x_outer, invariant_outer;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (i < xs) x_outer.push_back(rewrite.at(node.inputs[i]));
    else if (i >= xs + states) invariant_outer.push_back(rewrite.at(node.inputs[i]));
  }
  Block rest = [&] {
    std::vector<bool> gone(body.values.size());
    for (size_t n = 0; n < body.nodes.size(); ++n)
      if (leaves[n] && body.nodes[n].op != Op::kInput && body.nodes[n].op != Op::kConstant) gone[static_cast<size_t>(body.nodes[n].outputs[0])] = true;
    return inside.run([&](const Node& inner) {
      const ValueId out = inner.outputs[0];
      if (!gone[static_cast<size_t>(out)]) return inside.copy(inner);
      const ValueId fresh = inside.to.input("", body.shape(out));
      inside.set(out, fresh);
      const bool by_step = unroller.is_timed(out);
      (by_step ? x_inputs : invariant_inputs).push_back(fresh);
      (by_step ? x_outer : invariant_outer).push_back(unroller.at(out));
    });
  }();
  rest.inputs = x_inputs;
  rest.inputs.insert(rest.inputs.end(), state_inputs.begin(), state_inputs.end());
  rest.inputs.insert(rest.inputs.end(), invariant_inputs.begin(), invariant_inputs.end());

  Node fresh = node;
  fresh.lowering = nullptr;
  fresh.ints = {steps};
  fresh.inputs = x_outer;
  for (size_t i = xs; i < xs + states; ++i) fresh.inputs.push_back(rewrite.at(node.inputs[i]));
  fresh.inputs.insert(fresh.inputs.end(), invariant_outer.begin(), invariant_outer.end());
  scan.body = std::make_shared<Block>(std::move(rest));
  scan.x_count = static_cast<int32_t>(x_inputs.size());
  scan.invariant_count = static_cast<int32_t>(invariant_inputs.size());
  fresh.scan = std::make_shared<Scan>(scan);
  outer.append(std::move(fresh));
  for (size_t i = 0; i < node.outputs.size(); ++i) rewrite.set(node.outputs[i], outer.block.nodes.back().outputs[i]);
}

}  // namespace

Program hoist(Program program) {
  program = clone(program);  // bodies are shared with the caller's otherwise
  for_each_block(program, [](Block& block) {
    Rewrite rewrite(block);
    block = rewrite.run([&](const Node& node) {
      if (node.op == Op::kScan) hoist_scan(rewrite, node);
      else rewrite.copy(node);
    });
  });
  remove_dead(program);
  return program;
}

}  // namespace recur::ir
