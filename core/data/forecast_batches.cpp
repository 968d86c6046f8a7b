#include "forecast_batches.hpp"

#include <algorithm>
#include <limits>

#include "recur/error/error.hpp"
#include "recur/random/stream.hpp"

namespace recur::data {

ForecastBatches::ForecastBatches(std::span<const float> series, WindowShape shape, Range examples, int64_t batch_size,
                                 bool shuffle)
    : series_(series), shape_(shape), examples_(examples), batch_size_(batch_size), shuffle_(shuffle) {
  RECUR_CHECK(batch_size > 0, "batch size {}", batch_size);
  RECUR_CHECK(examples.size() < int64_t{std::numeric_limits<uint32_t>::max()}, "{} examples", examples.size());
  RECUR_CHECK(examples.size() == 0 ||
                  (examples.begin >= shape.window &&
                   (examples.end - 1 + shape.horizon) * shape.columns <= static_cast<int64_t>(series.size())),
              "examples {} to {}, window {}, horizon {}, {} values", examples.begin, examples.end, shape.window,
              shape.horizon, series.size());
}

void ForecastBatches::start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) {
  if (!shuffle_) return;
  order_ = Stream(seed, replicate, fmt::format("batches/epoch-{}", epoch))
               .permutation(static_cast<uint32_t>(examples_.size()));
}

int64_t ForecastBatches::size() const { return (examples_.size() + batch_size_ - 1) / batch_size_; }

int64_t ForecastBatches::rows_in(int64_t batch) const {
  RECUR_CHECK(batch >= 0 && batch < size(), "batch {} of {}", batch, size());
  return std::min(batch_size_, examples_.size() - batch * batch_size_);
}

int64_t ForecastBatches::first_target(int64_t batch, int64_t row) const {
  const int64_t example = batch * batch_size_ + row;
  return examples_.begin + (order_.empty() ? example : int64_t{order_[static_cast<size_t>(example)]});
}

BatchShape ForecastBatches::shape(int64_t batch) const {
  const int64_t rows = rows_in(batch);
  return {.time = shape_.window, .batch = rows, .counted = rows * shape_.horizon * shape_.columns};
}

void ForecastBatches::fill(int64_t batch, const BatchBuffers& buffers) const {
  const auto [C, T, horizon] = shape_;
  const int64_t N = rows_in(batch), K = horizon * C;
  RECUR_CHECK(static_cast<int64_t>(buffers.x.size()) >= T * N * C && static_cast<int64_t>(buffers.y.size()) >= N * K,
              "x {} for {} * {} * {}, y {} for {} * {}", buffers.x.size(), T, N, C, buffers.y.size(), N, K);
  for (int64_t n = 0; n < N; ++n) {
    const float* const target = series_.data() + first_target(batch, n) * C;
    std::copy_n(target, K, buffers.y.data() + n * K);
    const float* step = target - T * C;
    float* x = buffers.x.data() + n * C;
    for (int64_t t = 0; t < T; ++t, step += C, x += N * C) std::copy_n(step, C, x);
  }
}

}  // namespace recur::data
