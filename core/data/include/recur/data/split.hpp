// Where a series or text is cut into training, validation and test, in its own order.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "recur/data/options.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

// Positions begin ... end-1.
struct Range {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
  bool operator==(const Range&) const = default;
};

struct PartRanges {
  std::array<Range, 3> parts;
  const Range& operator[](Part part) const { return parts[static_cast<size_t>(part)]; }
};

// Part p ends at floor(length * (shares up to and with p)), so no position is in two parts and the rest after
// shares that sum to less than 1 is left out. file stands in the message.
// Throws UserError for a negative share, no training part or shares that sum to more than 1.
PartRanges split_in_order(int64_t length, const Split& split, const std::string& file);

}  // namespace recur::data
