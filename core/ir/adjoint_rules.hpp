// The gradient of a block's values, appended to the block itself.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "recur/ir/edit.hpp"

namespace recur::ir {

// Collects the contributions to the gradient of each value and adds them up when asked.
class Gradients {
 public:
  Gradients(BlockWriter& writer, std::vector<bool> active) : writer_(writer), active_(std::move(active)) {}

  // Whether a gradient is wanted of this value: it depends on something to be differentiated by.
  bool wants(ValueId value) const { return static_cast<size_t>(value) < active_.size() && active_[static_cast<size_t>(value)]; }
  // Adds a contribution; d has the value's shape, or a shape that the value was broadcast to.
  void give(ValueId value, ValueId d);
  // Adds a contribution to the elements [begin, end) along an axis.
  void give_slice(ValueId value, ValueId d, int64_t axis, int64_t begin, int64_t end);
  bool has(ValueId value) const { return parts_.contains(value); }
  // The sum of the contributions, or kNone without any.
  ValueId take(ValueId value);
  // The same, with zeros in place of kNone.
  ValueId take_or_zeros(ValueId value);

  BlockWriter& writer() { return writer_; }
  Shape shape(ValueId id) const { return writer_.shape(id); }

 private:
  struct Part {
    ValueId d;
    int64_t axis = -1, begin = 0, end = 0;  // axis -1: all of it
  };
  BlockWriter& writer_;
  std::vector<bool> active_;
  std::map<ValueId, std::vector<Part>> parts_;
};

// Appends the gradients of a node's inputs, given those of its outputs (gradients.has). One rule an operator.
void adjoint_of(const Node& node, Gradients& gradients);

// The rule of a scan, node number `index` of the writer's block; it adds stacked outputs to the node.
void adjoint_of_scan(size_t index, Gradients& gradients);

// Which values depend on the given ones through operators that pass a gradient.
std::vector<bool> active_values(const Block& block, const std::vector<ValueId>& by);

// Sums d over the axes along which a value of this shape was broadcast.
ValueId unbroadcast(BlockWriter& writer, ValueId d, const Shape& shape);

// Walks nodes [0, count) of the writer's block backwards and appends their adjoints.
void differentiate_nodes(size_t count, Gradients& gradients);

}  // namespace recur::ir
