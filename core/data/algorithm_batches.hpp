// Generated sequences as batches; what they are is told in algorithm.hpp.
#pragma once

#include <cstdint>
#include <vector>

#include "problem.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

class AlgorithmBatches : public Batches {
 public:
  // sequences: of the lengths of training. further: lengths that follow, as many sequences of each, groups 1, 2, ...
  // Both must outlive the batches.
  AlgorithmBatches(const AlgorithmOptions& options, Part part, int64_t sequences, const std::vector<int64_t>& further, int64_t batch_size);

  void start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) override;
  int64_t size() const override { return static_cast<int64_t>(places_.size()); }
  BatchShape shape(int64_t batch) const override;
  void fill(int64_t batch, const BatchBuffers& buffers) const override;

 private:
  struct Place {
    ProblemSize size;
    int64_t first = 0;  // number of its first sequence
    int64_t batch = 0;  // N
    int64_t group = 0;
  };
  void add(int64_t sequences, int64_t batch_size, int64_t group, int64_t length);
  const Place& at(int64_t batch) const;
  // Where sequences differ in how many labels count, that is known only by generating them.
  int64_t counted(const Place& place) const;

  const AlgorithmOptions& options_;
  Part part_;
  TaskSpec spec_;
  uint64_t key_;
  std::vector<Place> places_;
  mutable std::vector<int32_t> scratch_;  // of counted(): tokens, labels and lengths
};

}  // namespace recur::data
