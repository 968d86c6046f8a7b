// Sequences as they lie in memory, one after the other.
//
// Threading: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace recur::data {

// Where the segments of one level end.
struct Boundaries {
  std::vector<int64_t> begin{0};  // [S + 1]: those of sequence s are ends[begin[s]] ... ends[begin[s + 1] - 1]
  // Counted from the sequence's first step, or of higher levels from its first segment of the level below: the last of each segment,
  // rising to the sequence's last.
  std::vector<int32_t> ends;

  int64_t count(int64_t s) const { return begin[static_cast<size_t>(s) + 1] - begin[static_cast<size_t>(s)]; }
};

// S sequences of P steps altogether. Sequence s is the steps begin[s] ... begin[s + 1] - 1.
struct Sequences {
  int64_t features = 0;           // C values a step; 0: a token a step
  int64_t outputs = 0;            // K values a step of targets; 0: none
  bool targets_follow = false;    // the targets of a step are the values of the next: the last step of a sequence is a target alone
  std::vector<int64_t> begin{0};  // [S + 1]
  std::vector<float> values;      // [P, C]
  std::vector<int32_t> tokens;    // [P]
  std::vector<int32_t> labels;    // [S] a sequence or [P] a step; below 0: not counted
  std::vector<float> targets;     // [P, K], unless they follow
  std::vector<uint8_t> counts;    // [P], of sequences without targets: 0 where a step is context alone and not counted; empty: all count
  std::vector<Boundaries> levels; // from level 1; empty: none

  int64_t size() const { return static_cast<int64_t>(begin.size()) - 1; }
  // Steps that are read.
  int64_t length(int64_t s) const {
    return begin[static_cast<size_t>(s) + 1] - begin[static_cast<size_t>(s)] - (targets_follow ? 1 : 0);
  }
  // Targets of a step, [K].
  const float* target(int64_t step) const {
    return targets_follow ? values.data() + (step + 1) * features : targets.data() + step * outputs;
  }
};

}  // namespace recur::data
