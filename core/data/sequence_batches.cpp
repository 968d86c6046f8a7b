#include "sequence_batches.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "recur/error/error.hpp"
#include "recur/random/stream.hpp"

namespace recur::data {

std::vector<uint32_t> all_rows(const Sequences& sequences) {
  std::vector<uint32_t> rows(static_cast<size_t>(sequences.size()));
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

int64_t counted_steps(const Sequences& sequences) {
  return sequences.counts.empty() ? sequences.begin.back() : std::accumulate(sequences.counts.begin(), sequences.counts.end(), int64_t{0});
}

int64_t padded_length(int64_t length) {
  int64_t step = 4;
  if (length > 32) step = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(length - 1))) / 4;
  return (length + step - 1) / step * step;
}

SequenceBatches::SequenceBatches(const Sequences& sequences, std::vector<uint32_t> rows, OutputSpec::At at, int64_t batch_size,
                                 bool has_lengths, bool train, int64_t group)
    : sequences_(sequences),
      rows_(std::move(rows)),
      at_(at),
      batch_size_(batch_size),
      has_lengths_(has_lengths),
      train_(train),
      group_(group),
      order_(rows_) {
  RECUR_CHECK(batch_size > 0, "batch size {}", batch_size);
  for (const uint32_t row : rows_) {
    const int64_t length = sequences_.length(row);
    RECUR_CHECK(length > 0 && (has_lengths_ || length == sequences_.length(rows_[0])), "sequence {} of length {}, the first has {}", row, length,
                sequences_.length(rows_[0]));
  }
  RECUR_CHECK(std::ssize(sequences_.levels) <= kMaxLevels, "{} levels", sequences_.levels.size());
  find_most_segments();
  const int64_t N = batch_size_, count = (static_cast<int64_t>(rows_.size()) + N - 1) / N;
  places_.resize(static_cast<size_t>(count));
  std::iota(places_.begin(), places_.end(), 0u);
  if (!has_lengths_) return;
  order_by_length();
  if (train_) places_ = Stream(0, 0, "batches/places").permutation(static_cast<uint32_t>(count));
}

void SequenceBatches::find_most_segments() {
  if (sequences_.levels.empty()) return;
  for (const uint32_t row : rows_) {
    auto& most = most_segments_[padded_time(sequences_.length(row))];
    for (size_t l = 0; l < sequences_.levels.size(); ++l) {
      const int64_t count = sequences_.levels[l].count(row);
      RECUR_CHECK(count > 0, "sequence {} has no segments of level {}", row, l + 1);
      most[l] = std::max(most[l], has_lengths_ ? padded_length(count) : count);
    }
  }
  // A batch that reaches over a boundary of classes has shorter sequences too.
  std::array<int64_t, kMaxLevels> so_far{};
  for (auto& [time, most] : most_segments_)
    for (size_t l = 0; l < so_far.size(); ++l) so_far[l] = most[l] = std::max(most[l], so_far[l]);
}

// Stable, so that what was shuffled stays so within a class.
void SequenceBatches::order_by_length() {
  sorting_.resize(order_.size());
  std::vector<std::pair<int64_t, size_t>> classes;  // padded length, then the place of its next row
  for (const uint32_t row : order_) {
    const int64_t padded = padded_length(sequences_.length(row));
    const auto found = std::lower_bound(classes.begin(), classes.end(), std::pair<int64_t, size_t>{padded, 0});
    if (found == classes.end() || found->first != padded) classes.insert(found, {padded, 1});
    else ++found->second;
  }
  size_t begin = 0;
  for (auto& [padded, place] : classes) begin += std::exchange(place, begin);
  for (const uint32_t row : order_) {
    const auto found = std::lower_bound(classes.begin(), classes.end(), std::pair<int64_t, size_t>{padded_length(sequences_.length(row)), 0});
    sorting_[found->second++] = row;
  }
  order_.swap(sorting_);
}

void SequenceBatches::start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) {
  if (!train_) return;
  const std::vector<uint32_t> shuffled =
      Stream(seed, replicate, fmt::format("batches/epoch-{}", epoch)).permutation(static_cast<uint32_t>(rows_.size()));
  for (size_t i = 0; i < shuffled.size(); ++i) order_[i] = rows_[shuffled[i]];
  if (has_lengths_) order_by_length();
}

SequenceBatches::Rows SequenceBatches::rows_of(int64_t batch) const {
  RECUR_CHECK(batch >= 0 && batch < size(), "batch {} of {}", batch, size());
  const int64_t first = int64_t{places_[static_cast<size_t>(batch)]} * batch_size_;
  return {first, std::min(batch_size_, static_cast<int64_t>(order_.size()) - first)};
}

int64_t SequenceBatches::counted(uint32_t row) const {
  if (at_ == OutputSpec::At::last_step) return sequences_.labels[row] >= 0 ? 1 : 0;
  if (sequences_.labels.empty() && sequences_.counts.empty()) return sequences_.length(row);
  if (sequences_.labels.empty()) {
    const auto counts = sequences_.counts.begin();
    return std::count(counts + sequences_.begin[row], counts + sequences_.begin[row + 1], uint8_t{1});
  }
  const auto labels = sequences_.labels.begin();
  return std::count_if(labels + sequences_.begin[row], labels + sequences_.begin[row + 1], [](int32_t label) { return label >= 0; });
}

BatchShape SequenceBatches::shape(int64_t batch) const {
  const auto [first, N] = rows_of(batch);
  BatchShape shape{.time = 0, .batch = N, .counted = 0, .group = group_};
  for (int64_t n = 0; n < N; ++n) {
    const uint32_t row = order_[static_cast<size_t>(first + n)];
    shape.time = std::max(shape.time, sequences_.length(row));
    shape.counted += counted(row);
  }
  shape.time = padded_time(shape.time);
  if (!sequences_.levels.empty()) shape.segments = most_segments_.at(shape.time);
  return shape;
}

void SequenceBatches::fill_row(uint32_t row, int64_t n, int64_t N, int64_t T, const BatchBuffers& buffers) const {
  const int64_t C = sequences_.features, K = sequences_.outputs, begin = sequences_.begin[row], length = sequences_.length(row);
  const bool every_step = at_ == OutputSpec::At::every_step;
  for (int64_t t = 0; t < T; ++t) {
    const int64_t step = begin + t, to = t * N + n;
    const bool inside = t < length;
    if (C > 0) {
      float* const x = buffers.x.data() + to * C;
      inside ? std::copy_n(sequences_.values.data() + step * C, C, x) : std::fill_n(x, C, 0.0f);
    } else {
      buffers.tokens[static_cast<size_t>(to)] = inside ? sequences_.tokens[static_cast<size_t>(step)] : 0;
    }
    if (!sequences_.counts.empty()) buffers.counts[static_cast<size_t>(to)] = inside && sequences_.counts[static_cast<size_t>(step)] ? 1.0f : 0.0f;
    if (!every_step || !has_targets()) continue;
    if (K > 0) {
      float* const y = buffers.y.data() + to * K;
      inside ? std::copy_n(sequences_.target(step), K, y) : std::fill_n(y, K, 0.0f);
    } else {
      buffers.labels[static_cast<size_t>(to)] = inside ? sequences_.labels[static_cast<size_t>(step)] : kIgnored;
    }
  }
  if (!every_step && has_targets()) buffers.labels[static_cast<size_t>(n)] = sequences_.labels[row];
  if (has_lengths_) buffers.lengths[static_cast<size_t>(n)] = static_cast<int32_t>(length);
}

void SequenceBatches::fill_segments(size_t level, uint32_t row, int64_t n, int64_t N, int64_t below, int64_t S, const SegmentBuffers& to) const {
  const Boundaries& from = sequences_.levels[level];
  const int32_t* const ends = from.ends.data() + from.begin[row];
  const int64_t count = from.count(row);
  to.counts[static_cast<size_t>(n)] = static_cast<int32_t>(count);
  for (int64_t s = 0; s < S; ++s) to.ends[static_cast<size_t>(s * N + n)] = ends[std::min(s, count - 1)];
  int64_t segment = 0;
  for (int64_t b = 0; b < below; ++b) {
    if (segment < count - 1 && b > ends[segment]) ++segment;
    to.of[static_cast<size_t>(b * N + n)] = static_cast<int32_t>(segment);
  }
}

void SequenceBatches::fill(int64_t batch, const BatchBuffers& buffers) const {
  const auto [first, N] = rows_of(batch);
  const BatchShape shape = this->shape(batch);
  const int64_t T = shape.time, positions = !has_targets() ? 0 : at_ == OutputSpec::At::every_step ? T * N : N, K = sequences_.outputs;
  RECUR_CHECK(static_cast<int64_t>(buffers.x.size()) >= T * N * sequences_.features &&
                  (sequences_.features > 0 || static_cast<int64_t>(buffers.tokens.size()) >= T * N) &&
                  static_cast<int64_t>(K > 0 ? buffers.y.size() : buffers.labels.size()) >= positions * std::max<int64_t>(K, 1) &&
                  (sequences_.counts.empty() || static_cast<int64_t>(buffers.counts.size()) >= T * N) &&
                  (!has_lengths_ || static_cast<int64_t>(buffers.lengths.size()) >= N),
              "x {}, tokens {}, y {}, labels {}, counts {}, lengths {} for {} steps of {}", buffers.x.size(), buffers.tokens.size(), buffers.y.size(),
              buffers.labels.size(), buffers.counts.size(), buffers.lengths.size(), T, N);
  for (int64_t n = 0; n < N; ++n) fill_row(order_[static_cast<size_t>(first + n)], n, N, T, buffers);
  int64_t below = T;
  for (size_t l = 0; l < sequences_.levels.size(); ++l) {
    const SegmentBuffers& to = buffers.segments[l];
    const int64_t S = shape.segments[l];
    RECUR_CHECK(std::ssize(to.ends) >= S * N && std::ssize(to.of) >= below * N && std::ssize(to.counts) >= N, "ends {}, of {}, counts {} for {} segments of {}",
                to.ends.size(), to.of.size(), to.counts.size(), S, N);
    for (int64_t n = 0; n < N; ++n) fill_segments(l, order_[static_cast<size_t>(first + n)], n, N, below, S, to);
    below = S;
  }
}

}  // namespace recur::data
