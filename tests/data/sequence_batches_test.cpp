#include "../../core/data/sequence_batches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>

namespace recur::data {
namespace {

using ::testing::ElementsAre;

// Sequence s has the length given and the token s at every step.
Sequences tokens_of(const std::vector<int64_t>& lengths) {
  Sequences sequences;
  for (const int64_t length : lengths) {
    const auto s = static_cast<int32_t>(sequences.size());
    sequences.tokens.insert(sequences.tokens.end(), static_cast<size_t>(length), s);
    sequences.labels.insert(sequences.labels.end(), static_cast<size_t>(length), s);
    sequences.begin.push_back(static_cast<int64_t>(sequences.tokens.size()));
  }
  return sequences;
}

std::vector<uint32_t> all(const Sequences& sequences) {
  std::vector<uint32_t> rows(static_cast<size_t>(sequences.size()));
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

struct Memory {
  explicit Memory(const BatchShape& shape)
      : tokens(static_cast<size_t>(shape.time * shape.batch), 99), labels(tokens.size(), 99), lengths(static_cast<size_t>(shape.batch), 99) {}
  BatchBuffers buffers() { return {.x = {}, .tokens = tokens, .y = {}, .labels = labels, .lengths = lengths}; }
  std::vector<int32_t> tokens, labels, lengths;
};

TEST(PaddedLengthTest, WastesLessThanAFifth) {
  EXPECT_EQ(padded_length(1), 4);
  EXPECT_EQ(padded_length(32), 32);
  EXPECT_EQ(padded_length(33), 40);
  EXPECT_EQ(padded_length(64), 64);
  EXPECT_EQ(padded_length(65), 80);
  for (int64_t length = 33; length < 5000; ++length) {
    EXPECT_GE(padded_length(length), length);
    EXPECT_LT(static_cast<double>(padded_length(length) - length), 0.2 * static_cast<double>(padded_length(length)));
    EXPECT_EQ(padded_length(padded_length(length)), padded_length(length));
  }
}

TEST(SequenceBatchesTest, PutsSequencesOfAboutOneLengthTogether) {
  const Sequences sequences = tokens_of({9, 2, 10, 3, 1});
  const SequenceBatches batches(sequences, all(sequences), OutputSpec::At::every_step, 2, true, false);
  ASSERT_EQ(batches.size(), 3);
  EXPECT_EQ(batches.shape(0), (BatchShape{.time = 4, .batch = 2, .counted = 5}));
  EXPECT_EQ(batches.shape(1), (BatchShape{.time = 12, .batch = 2, .counted = 10}));
  EXPECT_EQ(batches.shape(2), (BatchShape{.time = 12, .batch = 1, .counted = 10}));
  Memory memory(batches.shape(0));
  batches.fill(0, memory.buffers());
  EXPECT_THAT(memory.lengths, ElementsAre(2, 3));  // the data's own order within a class
  EXPECT_THAT(memory.tokens, ElementsAre(1, 3, 1, 3, 0, 3, 0, 0));
  EXPECT_THAT(memory.labels, ElementsAre(1, 3, 1, 3, kIgnored, 3, kIgnored, kIgnored));
}

TEST(SequenceBatchesTest, EveryEpochHasEverySequenceOnceInTheSameSizes) {
  std::vector<int64_t> lengths;
  for (int64_t i = 0; i < 57; ++i) lengths.push_back(1 + i * 13 % 50);
  const Sequences sequences = tokens_of(lengths);
  SequenceBatches batches(sequences, all(sequences), OutputSpec::At::every_step, 8, true, true);
  std::vector<std::pair<int64_t, int64_t>> sizes;
  std::vector<int32_t> first;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    batches.start_epoch(1, 0, epoch);
    std::map<int32_t, int64_t> seen;
    std::vector<int32_t> order;
    for (int64_t b = 0; b < batches.size(); ++b) {
      const BatchShape shape = batches.shape(b);
      if (epoch == 0) sizes.emplace_back(shape.time, shape.batch);
      EXPECT_EQ(sizes[static_cast<size_t>(b)], std::pair(shape.time, shape.batch));
      Memory memory(shape);
      batches.fill(b, memory.buffers());
      int64_t counted = 0;
      for (size_t n = 0; n < memory.lengths.size(); ++n) {
        EXPECT_EQ(memory.lengths[n], lengths[static_cast<size_t>(memory.tokens[n])]);
        ++seen[memory.tokens[n]];
        order.push_back(memory.tokens[n]);
        counted += memory.lengths[n];
      }
      EXPECT_EQ(shape.counted, counted);
    }
    EXPECT_EQ(seen.size(), 57u);
    if (epoch == 0) first = order;
    else EXPECT_NE(order, first);
  }
  batches.start_epoch(1, 0, 0);
  Memory memory(batches.shape(0));
  batches.fill(0, memory.buffers());
  EXPECT_EQ(memory.tokens[0], first[0]);
}

TEST(SequenceBatchesTest, GivesBoundariesOfEveryLevel) {
  // Words of letters, sentences of words: "ab c" | "d", and "e" | "f".
  Sequences sequences = tokens_of({4, 2});
  sequences.levels = {{.begin = {0, 3, 5}, .ends = {1, 2, 3, 0, 1}}, {.begin = {0, 2, 4}, .ends = {1, 2, 0, 1}}};
  const SequenceBatches batches(sequences, all(sequences), OutputSpec::At::every_step, 2, true, false);
  const BatchShape shape = batches.shape(0);
  EXPECT_THAT(shape.segments, ElementsAre(4, 4, 0));
  Memory memory(shape);
  BatchBuffers buffers = memory.buffers();
  std::vector<int32_t> ends1(8, 99), of1(8, 99), counts1(2, 99), ends2(8, 99), of2(8, 99), counts2(2, 99);
  buffers.segments[0] = {ends1, of1, counts1};
  buffers.segments[1] = {ends2, of2, counts2};
  batches.fill(0, buffers);
  EXPECT_THAT(ends1, ElementsAre(1, 0, 2, 1, 3, 1, 3, 1));
  EXPECT_THAT(of1, ElementsAre(0, 0, 0, 1, 1, 1, 2, 1));
  EXPECT_THAT(counts1, ElementsAre(3, 2));
  EXPECT_THAT(ends2, ElementsAre(1, 0, 2, 1, 2, 1, 2, 1));
  EXPECT_THAT(of2, ElementsAre(0, 0, 0, 1, 1, 1, 1, 1));
  EXPECT_THAT(counts2, ElementsAre(2, 2));
}

TEST(SequenceBatchesTest, HoldsTheSegmentsOfShorterSequencesInLongerBatches) {
  Sequences sequences = tokens_of({3, 12});
  sequences.levels = {{.begin = {0, 3, 4}, .ends = {0, 1, 2, 11}}};
  const SequenceBatches batches(sequences, all(sequences), OutputSpec::At::every_step, 2, true, false);
  EXPECT_EQ(batches.shape(0).time, 12);
  EXPECT_EQ(batches.shape(0).segments[0], 4) << "three segments of the shorter one, padded";
}

TEST(SequenceBatchesTest, CountsEveryStepOfSequencesWithoutTargets) {
  Sequences sequences;
  sequences.features = 1;
  sequences.values = {1, 2, 3, 4, 5};
  sequences.begin = {0, 2, 5};
  const SequenceBatches batches(sequences, all(sequences), OutputSpec::At::every_step, 2, true, false);
  EXPECT_EQ(batches.shape(0), (BatchShape{.time = 4, .batch = 2, .counted = 5}));
  std::vector<float> x(8, 99);
  std::vector<int32_t> lengths(2);
  batches.fill(0, {.x = x, .tokens = {}, .y = {}, .labels = {}, .lengths = lengths});
  EXPECT_THAT(x, ElementsAre(1, 3, 2, 4, 0, 5, 0, 0));
  EXPECT_THAT(lengths, ElementsAre(2, 3));
}

}  // namespace
}  // namespace recur::data
