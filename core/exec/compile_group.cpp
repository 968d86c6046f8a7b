// Element-wise nodes of one shape become one group: tiles that stay in the L1 cache, one kernel an operation.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler.hpp"
#include "recur/error/error.hpp"

namespace recur::exec {
namespace {

// The strides of an operand over the axes of the group's shape; 0 where it is broadcast.
std::vector<int64_t> broadcast_strides(const View& view, const Shape& shape, const Shape& whole) {
  const std::vector<int64_t> own = strides_of(view, shape);
  std::vector<int64_t> strides(whole.size());
  const size_t lead = whole.size() - shape.size();
  for (size_t i = 0; i < shape.size(); ++i) strides[lead + i] = shape[i] == 1 ? 0 : own[i];
  return strides;
}

struct Operand {
  GroupOperand part;
  std::vector<int64_t> strides;
};

// Merges axes that every operand walks through evenly, and drops axes of one.
void coalesce(std::vector<int64_t>& sizes, std::vector<Operand>& operands) {
  for (size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] != 1) continue;
    sizes.erase(sizes.begin() + static_cast<long>(i));
    for (Operand& o : operands) o.strides.erase(o.strides.begin() + static_cast<long>(i));
  }
  for (size_t i = sizes.size(); i-- > 1;) {
    const bool even = std::all_of(operands.begin(), operands.end(), [&](const Operand& o) { return o.strides[i - 1] == o.strides[i] * sizes[i]; });
    if (!even) continue;
    sizes[i - 1] *= sizes[i];
    sizes.erase(sizes.begin() + static_cast<long>(i));
    for (Operand& o : operands) o.strides.erase(o.strides.begin() + static_cast<long>(i - 1));
  }
}

}  // namespace

void Compiler::compile_group(Frame& frame, const std::vector<size_t>& nodes) {
  const Block& block = frame.block;
  const Shape shape = block.shape(block.nodes[nodes[0]].outputs[0]);
  const std::set<size_t> members(nodes.begin(), nodes.end());
  const auto node_of = [&](ValueId id) { return static_cast<size_t>(block.values[static_cast<size_t>(id)].node); };

  // Products that only feed one sum of the group become part of it: a b + c.
  std::map<ValueId, int> uses_inside;
  for (const size_t n : nodes)
    for (const ValueId in : block.nodes[n].inputs) ++uses_inside[in];
  const auto is_single_product = [&](ValueId id) {
    return members.contains(node_of(id)) && block.producer(id).op == Op::kMul && frame.uses[static_cast<size_t>(id)] == 1 && uses_inside[id] == 1 &&
           !frame.views[static_cast<size_t>(id)].valid();
  };
  std::map<size_t, ValueId> product_of;  // sum -> the product that it absorbs
  std::set<ValueId> absorbed;
  for (const size_t n : nodes) {
    const Node& node = block.nodes[n];
    if (node.op != Op::kAdd && node.op != Op::kSub) continue;
    const bool second = is_single_product(node.inputs[1]), first = node.op == Op::kAdd && is_single_product(node.inputs[0]);
    if (!first && !second) continue;
    product_of[n] = node.inputs[first ? 0 : 1];
    absorbed.insert(product_of[n]);
  }

  std::vector<Operand> operands;
  std::map<ValueId, int32_t> known;
  const auto memory = [&](const View& view, const Shape& own) {
    Operand o;
    o.part.view = view;
    o.strides = broadcast_strides(view, own, shape);
    operands.push_back(std::move(o));
    return static_cast<int32_t>(operands.size()) - 1;
  };
  const auto tile_register = [&] {
    Operand o;
    o.part.kind = GroupOperand::Kind::kRegister;
    o.strides.assign(shape.size(), 0);
    operands.push_back(std::move(o));
    return static_cast<int32_t>(operands.size()) - 1;
  };
  const auto find = [&](ValueId id) {
    const auto found = known.find(id);
    if (found != known.end()) return found->second;
    const Node& producer = block.producer(id);
    int32_t made = 0;
    if (producer.op == Op::kConstant) {
      Operand o;
      o.part.kind = GroupOperand::Kind::kConstant;
      o.part.slot = constant_row(plan_, producer.reals[0]);
      o.strides.assign(shape.size(), 0);
      operands.push_back(std::move(o));
      made = static_cast<int32_t>(operands.size()) - 1;
    } else {
      made = memory(operand(frame, id), block.shape(id));
    }
    known[id] = made;
    return made;
  };

  auto group = std::make_shared<Group>();
  for (const size_t n : nodes) {
    const Node& node = block.nodes[n];
    const ValueId out = node.outputs[0];
    if (absorbed.contains(out)) continue;
    Micro micro;
    std::vector<ValueId> inputs = node.inputs;
    std::string name(ir::name_of(node.op));
    if (const auto product = product_of.find(n); product != product_of.end()) {
      const std::vector<ValueId>& factors = block.producer(product->second).inputs;
      const ValueId other = node.inputs[node.inputs[0] == product->second ? 1 : 0];
      inputs = {factors[0], factors[1], other};
      micro.kernel = fused_kernel(node.op == Op::kAdd ? Fused::kMulAdd : Fused::kNegMulAdd);
      name = node.op == Op::kAdd ? "mul_add" : "neg_mul_add";
    } else if (node.op == Op::kBroadcast || node.op == Op::kStopGradient || node.op == Op::kStraightThrough) {
      inputs.resize(1);
      micro.kernel = fused_kernel(Fused::kCopy);
    } else if (node.map != nullptr) {
      micro.map = node.map;
      if (node.op == Op::kMapGradient) micro.which = static_cast<int32_t>(node.ints[0]);
    } else {
      micro.kernel = element_kernel(node.op);
    }
    RECUR_CHECK(inputs.size() <= static_cast<size_t>(kMaxOperands), "{} operands of {}", inputs.size(), name);
    micro.in_count = static_cast<int32_t>(inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) micro.in[i] = find(inputs[i]);

    const bool outside = frame.views[static_cast<size_t>(out)].valid() || frame.uses[static_cast<size_t>(out)] > uses_inside[out];
    micro.result = outside ? memory(result(frame, out), shape) : tile_register();
    known[out] = micro.result;
    group->micros.push_back(micro);
    group->text += (group->text.empty() ? "" : " ") + name;
  }

  std::vector<int64_t> sizes = shape;
  coalesce(sizes, operands);
  const auto inner = [&](const Operand& o) { return o.strides.empty() ? 0 : o.strides.back(); };
  if (std::any_of(operands.begin(), operands.end(), [&](const Operand& o) { return inner(o) > 1; })) {
    // Someone walks the last axis in strides: the axis becomes rows of one element.
    sizes.push_back(1);
    for (Operand& o : operands) o.strides.push_back(0);
  }
  RECUR_CHECK(sizes.size() <= 6, "an element-wise group over {} axes", sizes.size());
  if (!sizes.empty()) group->cols = sizes.back();
  if (sizes.size() > 1) group->rows = sizes[sizes.size() - 2];
  for (size_t i = 0; i + 2 < sizes.size(); ++i) group->outer[i] = sizes[i];
  group->tile_cols = std::min<int64_t>(group->cols, kTile);
  group->tile_rows = std::min<int64_t>(group->rows, std::max<int64_t>(1, static_cast<int64_t>(kTile) / group->tile_cols));
  for (Operand& o : operands) {
    const size_t rank = o.strides.size();
    o.part.stride_cols = rank > 0 ? o.strides[rank - 1] : 0;
    o.part.stride_rows = rank > 1 ? o.strides[rank - 2] : 0;
    for (size_t i = 0; i + 2 < rank; ++i) o.part.stride_outer[i] = o.strides[i];
  }

  // Memory that holds one value a row is spread over a tile first. Map kernels read and write whole tiles.
  std::vector<Micro> micros;
  std::map<int32_t, int32_t> spread;
  const auto to_register = [&](int32_t from, Fused how) {
    const auto found = spread.find(from);
    if (found != spread.end()) return found->second;
    const int32_t made = tile_register();
    Micro micro;
    micro.kernel = fused_kernel(how);
    micro.in[0] = from;
    micro.in_count = 1;
    micro.result = made;
    micros.push_back(micro);
    spread[from] = made;
    return made;
  };
  for (Micro micro : group->micros) {
    for (int32_t i = 0; i < micro.in_count; ++i) {
      const GroupOperand& part = operands[static_cast<size_t>(micro.in[static_cast<size_t>(i)])].part;
      const bool column = part.kind == GroupOperand::Kind::kMemory && part.stride_cols == 0 && group->cols > 1;
      if (column) micro.in[static_cast<size_t>(i)] = to_register(micro.in[static_cast<size_t>(i)], Fused::kExpandColumn);
      else if (micro.map != nullptr && part.kind != GroupOperand::Kind::kRegister) micro.in[static_cast<size_t>(i)] = to_register(micro.in[static_cast<size_t>(i)], Fused::kCopy);
    }
    if (micro.map != nullptr && operands[static_cast<size_t>(micro.result)].part.kind == GroupOperand::Kind::kMemory) {
      const int32_t target = micro.result;
      micro.result = tile_register();
      micros.push_back(micro);
      Micro store;
      store.kernel = fused_kernel(Fused::kCopy);
      store.in[0] = micro.result;
      store.in_count = 1;
      store.result = target;
      micros.push_back(store);
    } else {
      micros.push_back(micro);
    }
  }
  group->micros = std::move(micros);

  // Tiles for the registers: a tile is free again after its last reader. A result never shares a tile with an operand of a map.
  std::vector<size_t> last(operands.size());
  for (size_t m = 0; m < group->micros.size(); ++m)
    for (int32_t i = 0; i < group->micros[m].in_count; ++i) last[static_cast<size_t>(group->micros[m].in[static_cast<size_t>(i)])] = m;
  std::vector<int64_t> free_tiles;
  int64_t tiles = 0;
  for (size_t m = 0; m < group->micros.size(); ++m) {
    const Micro& micro = group->micros[m];
    const auto release = [&] {
      std::set<int32_t> seen;
      for (int32_t i = 0; i < micro.in_count; ++i) {
        const int32_t in = micro.in[static_cast<size_t>(i)];
        if (operands[static_cast<size_t>(in)].part.kind == GroupOperand::Kind::kRegister && last[static_cast<size_t>(in)] == m && seen.insert(in).second)
          free_tiles.push_back(operands[static_cast<size_t>(in)].part.slot);
      }
    };
    if (micro.map == nullptr) release();
    GroupOperand& to = operands[static_cast<size_t>(micro.result)].part;
    if (to.kind == GroupOperand::Kind::kRegister) {
      if (free_tiles.empty()) to.slot = tiles++;
      else {
        to.slot = free_tiles.back();
        free_tiles.pop_back();
      }
    }
    if (micro.map != nullptr) release();
  }
  plan_.tiles = std::max(plan_.tiles, tiles);
  plan_.operands = std::max(plan_.operands, static_cast<int64_t>(operands.size()));
  for (Operand& o : operands) group->operands.push_back(std::move(o.part));

  Instruction instruction;
  instruction.kind = Kind::kGroup;
  instruction.group = std::move(group);
  emit(std::move(instruction));
}

}  // namespace recur::exec
