// A pass that goes over a block once, in order, and writes it anew.
#pragma once

#include <functional>
#include <vector>

#include "recur/ir/edit.hpp"

namespace recur::ir {

class Rewrite {
 public:
  explicit Rewrite(const Block& from);

  const Block& from;
  BlockWriter to;
  std::vector<ValueId> ids;  // old -> new

  ValueId at(ValueId old) const { return ids[static_cast<size_t>(old)]; }
  void set(ValueId old, ValueId fresh) { ids[static_cast<size_t>(old)] = fresh; }
  void copy(const Node& node) { to.copy(node, ids); }

  // Calls visit for each node that is not an input; what visit does not set is an error. Returns the new block.
  Block run(const std::function<void(const Node&)>& visit);
};

// The value of a constant node, or nothing.
bool is_constant(const Block& block, ValueId id, double value);

}  // namespace recur::ir
