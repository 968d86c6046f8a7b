// A node of a scan's body, done for all steps at once outside the scan.
#pragma once

#include <vector>

#include "recur/ir/edit.hpp"

namespace recur::ir {

// Whether the operator means the same with a time axis in front of its operands.
bool can_leave(const Block& body, const Node& node);

// Whether it pays to do it for all steps at once: one large product is faster than many small ones.
bool is_heavy(Op op);

class Unroller {
 public:
  // outside: of each value of the body the value outside, or kNone; timed: whether that one has a time axis in front.
  Unroller(const Block& body, BlockWriter& outer, std::vector<ValueId> outside, std::vector<bool> timed)
      : body_(body), outer_(outer), outside_(std::move(outside)), timed_(std::move(timed)) {}

  // Whether some operands have the time axis and others lack it where the operator cannot broadcast.
  bool mixes_time(const Node& node) const;
  ValueId emit(const Node& node, int64_t steps);

  ValueId at(ValueId inside) const;
  bool known(ValueId inside) const { return outside_[static_cast<size_t>(inside)] != kNone; }
  bool is_timed(ValueId inside) const { return timed_[static_cast<size_t>(inside)]; }
  void learn(ValueId inside, ValueId outside, bool timed);

 private:
  ValueId aligned(ValueId inside, size_t rank);

  const Block& body_;
  BlockWriter& outer_;
  std::vector<ValueId> outside_;
  std::vector<bool> timed_;
};

}  // namespace recur::ir
