// Sequences as batches, those of about one length together.
//
// Without lengths all sequences are equally long, and the order of an epoch is that of a permutation. With them the rows are
// ordered by the class of their length (a power of two or one of three steps between two of them; every multiple of 4 up
// to 32), at random within a class, and cut into batches; T is the upper end of the class of the batch's longest. So, beyond
// 32 steps and but for batches that reach over a boundary of classes, less than a fifth of the steps is padding, and a training
// needs few sizes of programs. In training the places of these batches are permuted once for all, so that an epoch does not
// go from short to long. Where the sequences have boundaries, the batches of one length have as many segments as the longest list of them
// among its sequences, so that a length still is one size of program.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "recur/data/sequences.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

// 0 ... S-1.
std::vector<uint32_t> all_rows(const Sequences& sequences);
// Steps that count, of all sequences; targets do not follow.
int64_t counted_steps(const Sequences& sequences);

// The upper end of a length's class.
int64_t padded_length(int64_t length);

class SequenceBatches : public Batches {
 public:
  // rows: the part's sequences, each at least one step and one segment long; without has_lengths all of one length. Sequences that have
  // neither labels nor outputs are batches without targets. Keeps a pointer.
  // train: shuffle by Stream(seed, replicate, "batches/epoch-<e>"). group: of every batch. A row may stand in rows several times; unless
  // shuffled, equal ones stay beside each other.
  SequenceBatches(const Sequences& sequences, std::vector<uint32_t> rows, OutputSpec::At at, int64_t batch_size, bool has_lengths, bool train,
                  int64_t group = 0);

  void start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) override;
  int64_t size() const override { return static_cast<int64_t>(places_.size()); }
  BatchShape shape(int64_t batch) const override;
  void fill(int64_t batch, const BatchBuffers& buffers) const override;

  // The rows of this epoch, one batch after the other, where the places of batches are not permuted: those of valid and test.
  const std::vector<uint32_t>& order() const { return order_; }

  // The sequences of a batch by their numbers, in the order of its rows. Until the next start_epoch.
  std::span<const uint32_t> sequences_of(int64_t batch) const {
    const Rows rows = rows_of(batch);
    return std::span(order_).subspan(static_cast<size_t>(rows.first), static_cast<size_t>(rows.count));
  }

 private:
  struct Rows {
    int64_t first = 0;  // in order_
    int64_t count = 0;  // N
  };
  Rows rows_of(int64_t batch) const;
  bool has_targets() const { return !sequences_.labels.empty() || sequences_.outputs > 0; }
  int64_t padded_time(int64_t length) const { return has_lengths_ ? padded_length(length) : length; }
  void find_most_segments();
  void order_by_length();
  int64_t counted(uint32_t row) const;
  void fill_row(uint32_t row, int64_t n, int64_t N, int64_t T, const BatchBuffers& buffers) const;
  void fill_segments(size_t level, uint32_t row, int64_t n, int64_t N, int64_t below, int64_t S, const SegmentBuffers& to) const;

  const Sequences& sequences_;
  std::vector<uint32_t> rows_;
  OutputSpec::At at_;
  int64_t batch_size_;
  bool has_lengths_, train_;
  int64_t group_;
  std::vector<uint32_t> order_;   // the rows of this epoch
  std::vector<uint32_t> sorting_; // memory of order_by_length
  std::map<int64_t, std::array<int64_t, kMaxLevels>> most_segments_;  // by T
  std::vector<uint32_t> places_;  // batch b is cut number places_[b] of the order
};

}  // namespace recur::data
