// Products that share an operand become one: fewer, larger products, and one packing of what they share.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "recur/ir/edit.hpp"
#include "recur/ir/passes.hpp"
#include "recur/ir/rewrite.hpp"

namespace recur::ir {
namespace {

// Products x W_1, x W_2, ... of one x with weights that need nothing made after the first of them.
struct Family {
  std::vector<size_t> members;  // indices of nodes
  std::vector<size_t> sums;     // where each member only leads to a sum with a row, such as a bias: those sums
};

bool is_ready_by(const Block& block, ValueId id, size_t index) {
  return static_cast<size_t>(block.values[static_cast<size_t>(id)].node) < index;
}

// groups of nodes that may be done as one, keyed by the first member
std::map<size_t, Family> families(const Block& block) {
  std::map<std::string, size_t> first;
  std::map<size_t, Family> found;
  for (size_t n = 0; n < block.nodes.size(); ++n) {
    const Node& node = block.nodes[n];
    const bool product = node.op == Op::kMatmul && node.ints[0] == 0 && block.shape(node.inputs[1]).size() == 2;
    // In the body of a scan a weight is an input; outside, anything that stands before the first product.
    if (!product) continue;
    const std::string key = fmt::format("{}|{}", node.inputs[0], node.ints[1]);
    const auto [at, fresh] = first.emplace(key, n);
    if (fresh) found[n].members.push_back(n);
    else if (is_ready_by(block, node.inputs[1], at->second) && block.producer(node.inputs[1]).op == Op::kInput) found[at->second].members.push_back(n);
  }
  for (auto it = found.begin(); it != found.end();) {
    const bool weights = block.producer(block.nodes[it->first].inputs[1]).op == Op::kInput;
    it = it->second.members.size() < 2 || !weights ? found.erase(it) : std::next(it);
  }
  return found;
}

// The sum of the product and a row [n] that is there before the node `first`, where it is all that the product leads to.
std::optional<size_t> sum_with_row(const Block& block, size_t product, size_t first, const std::vector<int>& uses) {
  const ValueId out = block.nodes[product].outputs[0];
  if (uses[static_cast<size_t>(out)] != 1) return std::nullopt;
  for (size_t n = product + 1; n < block.nodes.size(); ++n) {
    const Node& node = block.nodes[n];
    if (std::find(node.inputs.begin(), node.inputs.end(), out) == node.inputs.end()) continue;
    if (node.op != Op::kAdd || node.inputs[0] == node.inputs[1]) return std::nullopt;
    const ValueId row = node.inputs[node.inputs[0] == out ? 1 : 0];
    const bool fits = block.shape(row) == Shape{block.shape(out).back()} && is_ready_by(block, row, first);
    return fits ? std::optional(n) : std::nullopt;
  }
  return std::nullopt;
}

void find_sums(const Block& block, std::map<size_t, Family>& groups) {
  const std::vector<int> uses = use_counts(block);
  for (auto& [first, family] : groups) {
    for (const size_t m : family.members)
      if (const std::optional<size_t> sum = sum_with_row(block, m, first, uses)) family.sums.push_back(*sum);
    if (family.sums.size() != family.members.size()) family.sums.clear();
  }
}

Block join_block(const Block& block) {
  std::map<size_t, Family> groups = families(block);
  find_sums(block, groups);
  std::map<size_t, size_t> leader;
  for (const auto& [first, family] : groups)
    for (const std::vector<size_t>* nodes : {&family.members, &family.sums})
      for (const size_t n : *nodes) leader[n] = first;
  Rewrite rewrite(block);
  return rewrite.run([&](const Node& node) {
    const auto n = static_cast<size_t>(block.values[static_cast<size_t>(node.outputs[0])].node);
    const auto group = leader.find(n);
    if (group == leader.end()) return rewrite.copy(node);
    if (group->second != n) return;  // written with its leader
    const Family& family = groups.at(n);
    const bool transposed = node.ints[1] != 0;
    std::vector<ValueId> weights, rows;
    for (const size_t m : family.members) weights.push_back(rewrite.at(block.nodes[m].inputs[1]));
    const ValueId joined = rewrite.to.emit(Op::kConcat, weights, {transposed ? 0 : 1});
    ValueId product = rewrite.to.emit(Op::kMatmul, {rewrite.at(node.inputs[0]), joined}, node.ints);
    for (size_t i = 0; i < family.sums.size(); ++i) {
      const Node& sum = block.nodes[family.sums[i]];
      rows.push_back(rewrite.at(sum.inputs[sum.inputs[0] == block.nodes[family.members[i]].outputs[0] ? 1 : 0]));
    }
    if (!rows.empty()) product = rewrite.to.emit(Op::kAdd, {product, rewrite.to.emit(Op::kConcat, rows, {0})});
    int64_t begin = 0;
    for (const size_t m : rows.empty() ? family.members : family.sums) {
      const ValueId out = block.nodes[m].outputs[0];
      const int64_t end = begin + block.shape(out).back();
      rewrite.set(out, rewrite.to.emit(Op::kSlice, {product}, {static_cast<int64_t>(block.shape(out).size()) - 1, begin, end}));
      begin = end;
    }
  });
}

}  // namespace

Program join(Program program) {
  program = clone(program);  // bodies are shared with the caller's otherwise
  for_each_block(program, [](Block& block) { block = join_block(block); });
  remove_dead(program);
  return program;
}

}  // namespace recur::ir
