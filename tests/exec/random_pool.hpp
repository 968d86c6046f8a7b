// The values that a random program has made so far, from which its next operator takes its operands.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "operator_case.hpp"
#include "recur/random/stream.hpp"

namespace recur::exec {

constexpr double kLargest = 4;  // no value is allowed to be larger than this

struct Entry {
  ir::ValueId id;
  ir::Shape shape;
  double bound;        // no element is larger in magnitude
  bool exact = false;  // an input, or a part of one
};

// The shape that two shapes broadcast to, if they do.
inline std::optional<ir::Shape> broadcast(const ir::Shape& a, const ir::Shape& b) {
  ir::Shape out(std::max(a.size(), b.size()), 1);
  for (const ir::Shape* shape : {&a, &b}) {
    for (size_t i = 0; i < shape->size(); ++i) {
      int64_t& dim = out[out.size() - shape->size() + i];
      const int64_t size = (*shape)[i];
      if (dim == 1) dim = size;
      else if (size != 1 && size != dim) return std::nullopt;
    }
  }
  return out;
}

class Pool {
 public:
  Pool(CaseBuilder& builder, uint64_t seed) : b_(builder), stream_(seed, 0, "program") {}

  size_t below(size_t bound) { return static_cast<size_t>(stream_.below(bound)); }
  bool chance(double p) { return stream_.uniform() < p; }

  void add(ir::ValueId id, double bound, bool exact = false) { entries_.push_back({id, b_.shape(id), bound, exact}); }

  // Adds a value, made smaller where it could be too large: by a function, or by a factor, which keeps it linear.
  void keep(ir::ValueId id, double bound) {
    if (bound > kLargest) {
      const bool squash = chance(0.5);
      id = squash ? b_.emit(ir::Op::kTanh, {id}) : b_.mul(id, b_.constant(kLargest / bound));
      bound = squash ? 1 : kLargest;
    }
    add(id, bound);
  }

  // An entry that suits, or null; in a scan's body the body's own are likelier.
  template <class Suits>
  const Entry* pick(Suits&& suits) {
    std::vector<const Entry*> found;
    // A body that computes with whole sequences repeats that at each step: allowed, but rare.
    for (const bool sequences_too : {starts_.empty() || chance(0.05), true}) {
      for (size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        const bool sequence = !entry.shape.empty() && entry.shape[0] == kT;
        if ((sequences_too || !sequence) && suits(entry)) found.insert(found.end(), i >= local() ? 4 : 1, &entry);
      }
      if (!found.empty()) break;
    }
    return found.empty() ? nullptr : found[below(found.size())];
  }

  // What is added between enter and leave belongs to a body, and is gone with it.
  void enter() { starts_.push_back(entries_.size()); }
  void leave() {
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(starts_.back()), entries_.end());
    starts_.pop_back();
  }
  size_t depth() const { return starts_.size(); }

  size_t size() const { return entries_.size(); }
  const Entry& from_end(size_t back) const { return entries_[entries_.size() - 1 - back]; }

 private:
  size_t local() const { return starts_.empty() ? 0 : starts_.back(); }

  CaseBuilder& b_;
  Stream stream_;
  std::vector<Entry> entries_;
  std::vector<size_t> starts_;  // of the bodies that are open
};

}  // namespace recur::exec
