#include "recur/ir/adjoint.hpp"

#include <algorithm>
#include <numeric>

#include "adjoint_rules.hpp"
#include "recur/error/error.hpp"

namespace recur::ir {

ValueId unbroadcast(BlockWriter& writer, ValueId d, const Shape& shape) {
  const Shape from = writer.shape(d);
  if (from == shape) return d;
  std::vector<int64_t> axes{0};
  const size_t lead = from.size() - shape.size();
  for (size_t i = 0; i < from.size(); ++i)
    if (i < lead || (shape[i - lead] == 1 && from[i] != 1)) axes.push_back(static_cast<int64_t>(i));
  const ValueId summed = axes.size() > 1 ? writer.emit(Op::kSum, {d}, axes) : d;
  return writer.shape(summed) == shape ? summed : writer.emit(Op::kReshape, {summed}, shape);
}

void Gradients::give(ValueId value, ValueId d) {
  if (!wants(value)) return;
  parts_[value].push_back({unbroadcast(writer_, d, writer_.shape(value))});
}

void Gradients::give_slice(ValueId value, ValueId d, int64_t axis, int64_t begin, int64_t end) {
  if (!wants(value)) return;
  parts_[value].push_back({d, axis, begin, end});
}

ValueId Gradients::take(ValueId value) {
  const auto found = parts_.find(value);
  if (found == parts_.end()) return kNone;
  std::vector<Part> parts = std::move(found->second);
  parts_.erase(found);

  // Slices of one axis that do not overlap are laid side by side, with zeros in the gaps; the gates of a cell are the usual case.
  std::vector<ValueId> terms;
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return std::pair(a.axis, a.begin) < std::pair(b.axis, b.begin); });
  while (!parts.empty()) {
    if (parts[0].axis < 0) {
      terms.push_back(parts[0].d);
      parts.erase(parts.begin());
      continue;
    }
    const int64_t axis = parts[0].axis;
    const Shape whole = writer_.shape(value);
    std::vector<ValueId> row;
    std::vector<Part> rest;
    int64_t filled = 0;
    auto fill_to = [&](int64_t begin) {
      if (begin == filled) return;
      Shape gap = whole;
      gap[static_cast<size_t>(axis)] = begin - filled;
      row.push_back(writer_.constant(0, gap));
    };
    for (const Part& part : parts) {
      if (part.axis != axis || part.begin < filled) {
        rest.push_back(part);
        continue;
      }
      fill_to(part.begin);
      row.push_back(part.d);
      filled = part.end;
    }
    fill_to(whole[static_cast<size_t>(axis)]);
    terms.push_back(row.size() == 1 ? row[0] : writer_.emit(Op::kConcat, row, {axis}));
    parts = std::move(rest);
  }
  ValueId total = terms[0];
  for (size_t i = 1; i < terms.size(); ++i) total = writer_.emit(Op::kAdd, {total, terms[i]});
  return total;
}

ValueId Gradients::take_or_zeros(ValueId value) {
  const ValueId d = take(value);
  return d == kNone ? writer_.constant(0, writer_.shape(value)) : d;
}

std::vector<bool> active_values(const Block& block, const std::vector<ValueId>& by) {
  std::vector<bool> active(block.values.size());
  for (const ValueId id : by) active[static_cast<size_t>(id)] = true;
  for (const Node& node : block.nodes) {
    if (node.op == Op::kInput || node.op == Op::kStopGradient) continue;
    const bool any = std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) { return active[static_cast<size_t>(id)]; });
    if (any)
      for (const ValueId out : node.outputs) active[static_cast<size_t>(out)] = true;
  }
  return active;
}

void differentiate_nodes(size_t count, Gradients& gradients) {
  for (size_t n = count; n-- > 0;) {
    const Node& node = gradients.writer().block.nodes[n];
    if (node.op == Op::kInput) continue;
    const bool reached = std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return gradients.has(id); });
    const bool wanted = std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) { return gradients.wants(id); });
    if (!reached || !wanted) continue;
    if (node.op == Op::kScan) {
      adjoint_of_scan(n, gradients);
    } else {
      const Node copy = node;  // the writer's list of nodes grows under the rule
      adjoint_of(copy, gradients);
    }
  }
}

Program differentiate(const Program& program, size_t loss, const std::vector<std::string>& inputs) {
  BlockWriter writer(clone(program));
  std::vector<ValueId> by;
  for (const std::string& name : inputs) {
    const auto found = std::find_if(writer.block.inputs.begin(), writer.block.inputs.end(), [&](ValueId id) { return writer.block.producer(id).name == name; });
    RECUR_CHECK(found != writer.block.inputs.end(), "no input '{}' to differentiate by", name);
    by.push_back(*found);
  }
  const size_t count = writer.block.nodes.size();
  const ValueId target = writer.block.outputs.at(loss);
  Gradients gradients(writer, active_values(writer.block, by));
  gradients.give(target, writer.constant(1, writer.shape(target)));
  differentiate_nodes(count, gradients);

  writer.block.output_names.resize(writer.block.outputs.size());
  for (size_t i = 0; i < by.size(); ++i) {
    writer.block.outputs.push_back(gradients.take_or_zeros(by[i]));
    writer.block.output_names.push_back("d:" + inputs[i]);
  }
  remove_dead(writer.block);
  return std::move(writer.block);
}

}  // namespace recur::ir
