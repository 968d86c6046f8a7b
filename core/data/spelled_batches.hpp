// Batches of sequences of words, and how their words are spelled: each different word of a batch once, in the order in which they come.
//
// L is the same for all batches. M is the same for batches of one T and N, enough for those of one shuffled epoch with some to
// spare, so that a training seldom needs more than one program a length; a batch with still more words has the next
// class of padded_length. What is left of M are spellings of one padding character, which no step refers to; nor do the steps beyond a
// sequence's end, which refer to the first.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "recur/data/spellings.hpp"
#include "sequence_batches.hpp"

namespace recur::data {

class SpelledBatches : public Batches {
 public:
  // batches: of the sequences. spelled: the spelling of each of their steps. Keeps pointers to all but the batches.
  SpelledBatches(SequenceBatches batches, const Sequences& sequences, std::span<const int32_t> spelled, const Spellings& spellings);

  void start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) override { batches_.start_epoch(seed, replicate, epoch); }
  int64_t size() const override { return batches_.size(); }
  BatchShape shape(int64_t batch) const override;
  void fill(int64_t batch, const BatchBuffers& buffers) const override;

 private:
  std::span<const int32_t> spelled_of(uint32_t sequence) const;
  // Gives the different words of a batch their places; returns how many there are.
  int64_t number(const SequenceBatches& batches, int64_t batch) const;

  SequenceBatches batches_;
  const Sequences& sequences_;
  std::span<const int32_t> spelled_;
  const Spellings& spellings_;
  int64_t letters_ = 0;                                       // L
  std::map<std::pair<int64_t, int64_t>, int64_t> usual_;      // by T and N: M
  // Memory of number, by spelling: its place, and the call in which it got it.
  mutable std::vector<int32_t> place_;
  mutable std::vector<uint64_t> numbered_;
  mutable uint64_t calls_ = 0;
};

}  // namespace recur::data
