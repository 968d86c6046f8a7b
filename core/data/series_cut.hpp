// Long series cut into sequences that a model can be run over.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recur/data/sequences.hpp"
#include "recur/data/split.hpp"

namespace recur::data {

// Steps begin ... end-1 of a series, of which the first `context` are only read: they stand before what is judged.
struct Cut {
  int64_t begin = 0, context = 0, end = 0;
  bool operator==(const Cut&) const = default;
};

// Cuts a range of a series so that each of its steps is judged once, by sequences that follow each other: at most `steps` that are judged,
// behind at most `warm_up` that are read before them, none of which lies before `earliest`. Requires steps > 0, earliest <= range.begin.
std::vector<Cut> cut_series(Range range, int64_t earliest, int64_t steps, int64_t warm_up);

// Adds a cut of a series [P, C], C = into.features, as a sequence. with_counts: also which of its steps count.
void add_cut(std::span<const float> series, const Cut& cut, bool with_counts, Sequences& into);

}  // namespace recur::data
