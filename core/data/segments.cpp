#include "segments.hpp"

#include <algorithm>

#include "recur/error/error.hpp"

namespace recur::data {

Boundaries equal_segments(const Sequences& sequences, int64_t steps) {
  RECUR_CHECK(steps > 0, "segments of {} steps", steps);
  Boundaries boundaries;
  for (int64_t s = 0; s < sequences.size(); ++s) {
    const int64_t length = sequences.length(s);
    RECUR_CHECK(length > 0, "sequence {} is empty", s);
    for (int64_t end = 0; end < length;) {
      end = std::min(end + steps, length);
      boundaries.ends.push_back(static_cast<int32_t>(end - 1));
    }
    boundaries.begin.push_back(std::ssize(boundaries.ends));
  }
  return boundaries;
}

}  // namespace recur::data
