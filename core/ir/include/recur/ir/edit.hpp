// What passes and the adjoint share: appending nodes to a block, and asking who uses what.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "recur/ir/program.hpp"

namespace recur::ir {

// Appends a node with outputs of these shapes, made anew. Returns the first, or kNone where it has none.
ValueId append_node(Block& block, Node node, std::vector<Shape> shapes);
// Appends an input, also to the block's list of inputs.
ValueId append_input(Block& block, std::string name, Shape shape);

// Appends to a block of which it is the only editor. Ids are the block's own.
class BlockWriter {
 public:
  BlockWriter() = default;
  explicit BlockWriter(Block start) : block(std::move(start)) {}

  Block block;

  ValueId input(std::string name, Shape shape);  // also listed in block.inputs
  ValueId emit(Op op, std::vector<ValueId> inputs, std::vector<int64_t> ints = {}, std::vector<double> reals = {});
  // Appends a node whose inputs are ids of this block; its outputs are made anew. Returns the first.
  ValueId append(Node node);
  // Appends a copy of a node of another block, its inputs through `ids` (old id -> new id, grown by the outputs).
  void copy(const Node& node, std::vector<ValueId>& ids);

  ValueId constant(double value, Shape shape = {}) { return emit(Op::kConstant, {}, std::move(shape), {value}); }
  Shape shape(ValueId id) const { return block.shape(id); }  // a copy: appending moves the block's own
};

// How many nodes and outputs of the block use each value.
std::vector<int> use_counts(const Block& block);

// Removes nodes that nothing needs (inputs stay), within bodies too, and outputs, inputs and invariants of scans that
// nothing uses.
void remove_dead(Block& block);

// Puts the nodes of a block in an order in which each comes after what it uses, keeping the old order where it can.
void sort_topologically(Block& block);

// Calls edit on the body of every scan, innermost first, then on the block itself.
void for_each_block(Block& block, const std::function<void(Block&)>& edit);

// Shape rule "same shape, or one row of it": c can be added row by row to a value of this shape.
bool is_row_of(const Shape& row, const Shape& whole);

}  // namespace recur::ir
