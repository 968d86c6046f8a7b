// Boundaries where the data have none of their own.
#pragma once

#include <cstdint>

#include "recur/data/sequences.hpp"

namespace recur::data {

// Segments of so many steps in each sequence, the last one of what is left. Requires steps > 0 and sequences that are not empty.
Boundaries equal_segments(const Sequences& sequences, int64_t steps);

}  // namespace recur::data
