#include "recur/ir/edit.hpp"

#include <algorithm>
#include <utility>

#include "recur/error/error.hpp"
#include "recur/ir/builder.hpp"

namespace recur::ir {

ValueId append_node(Block& block, Node node, std::vector<Shape> shapes) {
  const auto index = static_cast<int32_t>(block.nodes.size());
  node.outputs.clear();
  for (Shape& shape : shapes) {
    node.outputs.push_back(static_cast<ValueId>(block.values.size()));
    block.values.push_back({std::move(shape), index});
  }
  block.nodes.push_back(std::move(node));
  return block.nodes.back().outputs.empty() ? kNone : block.nodes.back().outputs[0];
}

ValueId append_input(Block& block, std::string name, Shape shape) {
  Node node;
  node.op = Op::kInput;
  node.name = std::move(name);
  const ValueId id = append_node(block, std::move(node), {std::move(shape)});
  block.inputs.push_back(id);
  return id;
}

ValueId BlockWriter::input(std::string name, Shape shape) { return append_input(block, std::move(name), std::move(shape)); }

ValueId BlockWriter::emit(Op op, std::vector<ValueId> inputs, std::vector<int64_t> ints, std::vector<double> reals) {
  Node node;
  node.op = op;
  node.inputs = std::move(inputs);
  node.ints = std::move(ints);
  node.reals = std::move(reals);
  return append(std::move(node));
}

ValueId BlockWriter::append(Node node) {
  std::vector<Shape> shapes;
  for (const ValueId in : node.inputs) shapes.push_back(block.shape(in));
  std::vector<Shape> out;
  try {
    out = infer_shapes(node, shapes);
  } catch (const UserError& error) {
    throw InvariantError(error.what());  // a pass made it, not the user
  }
  return append_node(block, std::move(node), std::move(out));
}

void BlockWriter::copy(const Node& node, std::vector<ValueId>& ids) {
  Node fresh = node;
  for (ValueId& in : fresh.inputs) {
    in = ids[static_cast<size_t>(in)];
    RECUR_CHECK(in != kNone, "{} uses a value that was not copied", name_of(node.op));
  }
  if (fresh.lowering) {
    fresh.lowering = std::make_shared<Lowering>(*fresh.lowering);
    for (ValueId* id : {&fresh.lowering->x, &fresh.lowering->weights_layer, &fresh.lowering->weights_iter, &fresh.lowering->bias})
      *id = ids[static_cast<size_t>(*id)];
  }
  RECUR_CHECK(node.op != Op::kInput, "inputs are made with input()");
  const std::vector<ValueId> old = node.outputs;
  append(std::move(fresh));
  for (size_t i = 0; i < old.size(); ++i) ids[static_cast<size_t>(old[i])] = block.nodes.back().outputs[i];
}

std::vector<int> use_counts(const Block& block) {
  std::vector<int> uses(block.values.size());
  for (const Node& node : block.nodes)
    for (const ValueId in : node.inputs) ++uses[static_cast<size_t>(in)];
  for (const ValueId out : block.outputs) ++uses[static_cast<size_t>(out)];
  return uses;
}

namespace {

// Keeps the nodes for which keep is true and renumbers values; nodes keep their order.
void compact(Block& block, const std::vector<bool>& keep) {
  Block out;
  std::vector<ValueId> ids(block.values.size(), kNone);
  for (size_t n = 0; n < block.nodes.size(); ++n) {
    if (!keep[n]) continue;
    Node node = std::move(block.nodes[n]);
    for (ValueId& in : node.inputs) in = ids[static_cast<size_t>(in)];
    if (node.lowering) {
      node.lowering = std::make_shared<Lowering>(*node.lowering);
      for (ValueId* id : {&node.lowering->x, &node.lowering->weights_layer, &node.lowering->weights_iter, &node.lowering->bias})
        *id = ids[static_cast<size_t>(*id)];
    }
    for (ValueId& id : node.outputs) {
      const auto fresh = static_cast<ValueId>(out.values.size());
      out.values.push_back({block.values[static_cast<size_t>(id)].shape, static_cast<int32_t>(out.nodes.size())});
      ids[static_cast<size_t>(id)] = fresh;
      id = fresh;
    }
    out.nodes.push_back(std::move(node));
  }
  for (const ValueId id : block.inputs)
    if (ids[static_cast<size_t>(id)] != kNone) out.inputs.push_back(ids[static_cast<size_t>(id)]);
  for (const ValueId id : block.outputs) out.outputs.push_back(ids[static_cast<size_t>(id)]);
  out.output_names = std::move(block.output_names);
  block = std::move(out);
}

std::vector<bool> needed_nodes(const Block& block) {
  std::vector<bool> keep(block.nodes.size()), wanted(block.values.size());
  for (const ValueId id : block.outputs) wanted[static_cast<size_t>(id)] = true;
  for (size_t n = block.nodes.size(); n-- > 0;) {
    const Node& node = block.nodes[n];
    keep[n] = node.op == Op::kInput;
    for (const ValueId id : node.outputs) keep[n] = keep[n] || wanted[static_cast<size_t>(id)];
    if (keep[n])
      for (const ValueId id : node.inputs) wanted[static_cast<size_t>(id)] = true;
  }
  return keep;
}

// Removes the input nodes of a body that are not in its list of inputs any more.
void drop_unlisted_inputs(Block& body) {
  std::vector<bool> keep(body.nodes.size(), true);
  for (size_t n = 0; n < body.nodes.size(); ++n)
    if (body.nodes[n].op == Op::kInput)
      keep[n] = std::find(body.inputs.begin(), body.inputs.end(), body.nodes[n].outputs[0]) != body.inputs.end();
  compact(body, keep);
}

// Drops stacked and summed outputs without a use and duplicate or unused xs and invariants. States stay.
void trim_scan(Block& block, Node& node, const std::vector<int>& uses) {
  Scan& scan = *node.scan;
  Block& body = *scan.body;
  auto used = [&](ValueId id) { return uses[static_cast<size_t>(id)] > 0; };

  std::vector<ValueId> body_outputs, outputs;
  int32_t ys = 0, sums = 0;
  for (int32_t i = 0; i < static_cast<int32_t>(node.outputs.size()); ++i) {
    const auto at = static_cast<size_t>(i);
    const bool state = i < scan.state_count;
    if (!state && !used(node.outputs[at])) continue;
    body_outputs.push_back(body.outputs[at]);
    outputs.push_back(node.outputs[at]);
    if (!state) ++(i < scan.state_count + scan.y_count ? ys : sums);
  }
  if (node.ints.empty() && scan.x_count > 0) node.ints = {block.shape(node.inputs[0])[0]};
  body.outputs = body_outputs;
  node.outputs = outputs;
  scan.y_count = ys;
  scan.sum_count = sums;
  remove_dead(body);

  const std::vector<int> inside = use_counts(body);
  std::vector<ValueId> body_inputs, inputs;
  int32_t xs = 0, invariants = 0;
  std::vector<ValueId> replaced(body.values.size(), kNone);
  for (int32_t i = 0; i < static_cast<int32_t>(node.inputs.size()); ++i) {
    const auto at = static_cast<size_t>(i);
    const bool x = i < scan.x_count, state = !x && i < scan.x_count + scan.state_count;
    if (!state) {
      if (inside[static_cast<size_t>(body.inputs[at])] == 0) continue;
      bool twin = false;
      for (size_t j = 0; j < inputs.size() && !twin; ++j) {
        const bool x_j = static_cast<int32_t>(j) < xs;
        const bool state_j = !x_j && static_cast<int32_t>(j) < xs + scan.state_count;
        if (inputs[j] != node.inputs[at] || state_j || x_j != x) continue;
        replaced[static_cast<size_t>(body.inputs[at])] = body_inputs[j];
        twin = true;
      }
      if (twin) continue;
    }
    body_inputs.push_back(body.inputs[at]);
    inputs.push_back(node.inputs[at]);
    if (x) ++xs;
    else if (!state) ++invariants;
  }
  auto redirect = [&](ValueId& id) {
    if (replaced[static_cast<size_t>(id)] != kNone) id = replaced[static_cast<size_t>(id)];
  };
  for (Node& inner : body.nodes)
    for (ValueId& id : inner.inputs) redirect(id);
  for (ValueId& id : body.outputs) redirect(id);
  body.inputs = body_inputs;
  node.inputs = inputs;
  scan.x_count = xs;
  scan.invariant_count = invariants;
  drop_unlisted_inputs(body);
}

}  // namespace

void remove_dead(Block& block) {
  for (;;) {
    compact(block, needed_nodes(block));
    const std::vector<int> uses = use_counts(block);
    size_t before = 0, after = 0;
    for (Node& node : block.nodes) {
      if (node.op != Op::kScan) continue;
      before += node.inputs.size() + node.outputs.size() + node.scan->body->nodes.size();
      trim_scan(block, node, uses);
      after += node.inputs.size() + node.outputs.size() + node.scan->body->nodes.size();
    }
    if (before == after) return;
  }
}

void sort_topologically(Block& block) {
  std::vector<bool> done(block.nodes.size());
  std::vector<size_t> order;
  const std::function<void(size_t)> visit = [&](size_t n) {
    if (done[n]) return;
    done[n] = true;
    for (const ValueId in : block.nodes[n].inputs) visit(static_cast<size_t>(block.values[static_cast<size_t>(in)].node));
    order.push_back(n);
  };
  for (size_t n = 0; n < block.nodes.size(); ++n) visit(n);
  std::vector<Node> nodes;
  for (const size_t n : order) {
    for (const ValueId id : block.nodes[n].outputs) block.values[static_cast<size_t>(id)].node = static_cast<int32_t>(nodes.size());
    nodes.push_back(std::move(block.nodes[n]));
  }
  block.nodes = std::move(nodes);
}

void for_each_block(Block& block, const std::function<void(Block&)>& edit) {
  for (Node& node : block.nodes)
    if (node.scan) for_each_block(*node.scan->body, edit);
  edit(block);
}

bool is_row_of(const Shape& row, const Shape& whole) {
  return !whole.empty() && row.size() == 1 && row[0] == whole.back();
}

}  // namespace recur::ir
