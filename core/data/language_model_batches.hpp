// A stretch of tokens as batches for truncated back-propagation; the layout is described in language_model.hpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "recur/data/split.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

class LanguageModelBatches : public Batches {
 public:
  // Requires targets.begin >= 1 unless empty. The tokens must outlive the batches.
  LanguageModelBatches(std::span<const int32_t> tokens, Range targets, int64_t steps, int64_t batch_size);

  void start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) override;
  int64_t size() const override;
  BatchShape shape(int64_t batch) const override;
  void fill(int64_t batch, const BatchBuffers& buffers) const override;

 private:
  // Position of a stream's first target, and its number of targets.
  int64_t stream_begin(int64_t n) const { return targets_.begin + n * base_ + std::min(n, longer_); }
  int64_t stream_length(int64_t n) const { return base_ + (n < longer_ ? 1 : 0); }
  int64_t longest() const { return base_ + (longer_ > 0 ? 1 : 0); }
  int64_t time(int64_t batch) const;

  std::span<const int32_t> tokens_;
  Range targets_;
  int64_t steps_;
  int64_t batch_size_;  // N, the number of streams
  int64_t base_;        // targets of a shorter stream
  int64_t longer_;      // streams with one target more
};

}  // namespace recur::data
