// Products that share an operand become one: fewer, larger products, and one packing of what they share.
#include <fmt/format.h>

#include <map>
#include <string>

#include "recur/ir/passes.hpp"
#include "recur/ir/rewrite.hpp"

namespace recur::ir {
namespace {

// Products x W_1, x W_2, ... of one x with weights that need nothing made after the first of them.
struct Family {
  std::vector<size_t> members;  // indices of nodes
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

Block join_block(const Block& block) {
  const std::map<size_t, Family> groups = families(block);
  std::map<size_t, size_t> leader;
  for (const auto& [first, family] : groups)
    for (const size_t n : family.members) leader[n] = first;
  Rewrite rewrite(block);
  return rewrite.run([&](const Node& node) {
    const auto n = static_cast<size_t>(block.values[static_cast<size_t>(node.outputs[0])].node);
    const auto group = leader.find(n);
    if (group == leader.end()) return rewrite.copy(node);
    if (group->second != n) return;  // written with its leader
    const bool transposed = node.ints[1] != 0;
    std::vector<ValueId> weights;
    for (const size_t m : groups.at(n).members) weights.push_back(rewrite.at(block.nodes[m].inputs[1]));
    const ValueId joined = rewrite.to.emit(Op::kConcat, weights, {transposed ? 0 : 1});
    const ValueId product = rewrite.to.emit(Op::kMatmul, {rewrite.at(node.inputs[0]), joined}, node.ints);
    int64_t begin = 0;
    for (const size_t m : groups.at(n).members) {
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
