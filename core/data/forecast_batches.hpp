// Windows of a standardised series as batches.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recur/data/split.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

struct WindowShape {
  int64_t columns = 0;  // C
  int64_t window = 0;
  int64_t horizon = 0;
};

class ForecastBatches : public Batches {
 public:
  // series [rows, C]; examples: first target rows, each with window rows before it and horizon rows from it on.
  // The series must outlive the batches.
  ForecastBatches(std::span<const float> series, WindowShape shape, Range examples, int64_t batch_size, bool shuffle);

  void start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) override;
  int64_t size() const override;
  BatchShape shape(int64_t batch) const override;
  void fill(int64_t batch, const BatchBuffers& buffers) const override;

 private:
  int64_t rows_in(int64_t batch) const;
  int64_t first_target(int64_t batch, int64_t row) const;

  std::span<const float> series_;
  WindowShape shape_;
  Range examples_;
  int64_t batch_size_;
  bool shuffle_;
  std::vector<uint32_t> order_;  // of the examples; empty: the data's own
};

}  // namespace recur::data
