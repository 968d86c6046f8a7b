#include "recur/data/algorithm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "filled.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsNan;

AlgorithmOptions problem(const std::string& name, int64_t least, int64_t most) {
  AlgorithmOptions options;
  options.problem = name;
  options.bits = 3;
  options.min_length = least;
  options.max_length = most;
  options.max_repeats = 3;
  options.train = 40;
  options.valid = options.test = 10;
  return options;
}

Filled first_of(const AlgorithmTask& task, int64_t batch_size = 2) { return Filled(task, *task.batches(Part::train, batch_size), 0); }

TEST(AlgorithmTest, CopyAsksForWhatWasRead) {
  const AlgorithmTask task(problem("copy", 4, 4));
  const Filled batch = first_of(task);
  ASSERT_EQ(batch.shape, (BatchShape{.time = 9, .batch = 2, .counted = 8}));
  const auto x = [&](size_t t, size_t n, size_t c) { return batch.x[(t * 2 + n) * 4 + c]; };
  float ones = 0;
  for (size_t t = 0; t < 9; ++t)
    for (size_t n = 0; n < 2; ++n) {
      EXPECT_EQ(x(t, n, 3), t == 4 ? 1 : 0);
      EXPECT_EQ(batch.counts[t * 2 + n], t > 4 ? 1 : 0);
      for (size_t k = 0; k < 3; ++k) {
        ones += x(t, n, k);
        EXPECT_TRUE(t < 4 || x(t, n, k) == 0);
        EXPECT_EQ(batch.y[(t * 2 + n) * 3 + k], t > 4 ? x(t - 5, n, k) : 0);
      }
    }
  EXPECT_GT(ones, 2);
  EXPECT_LT(ones, 22);
}

TEST(AlgorithmTest, RepeatCopyEndsWithAMark) {
  AlgorithmOptions options = problem("repeat_copy", 2, 2);
  options.max_repeats = 2;
  const AlgorithmTask task(options);
  const auto batches = task.batches(Part::train, 1);
  bool seen[2] = {false, false};
  for (int64_t b = 0; b < batches->size(); ++b) {
    const Filled batch(task, *batches, b);
    const int64_t repeats = (batch.shape.time - 4) / 2;
    seen[repeats - 1] = true;
    EXPECT_EQ(batch.shape.counted, 2 * repeats + 1);
    EXPECT_EQ(batch.x[2 * 5 + 3], 1);                       // the mark
    EXPECT_EQ(batch.x[2 * 5 + 4], repeats == 1 ? -1 : 1);   // of mean 0 and variance 1
    for (size_t t = 3; t < static_cast<size_t>(batch.shape.time); ++t) {
      const bool last = t + 1 == static_cast<size_t>(batch.shape.time);
      EXPECT_EQ(batch.y[t * 4 + 3], last ? 1 : 0);
      for (size_t k = 0; k < 3; ++k) EXPECT_EQ(batch.y[t * 4 + k], last ? 0 : batch.x[(t - 3) % 2 * 5 + k]);
    }
  }
  EXPECT_TRUE(seen[0] && seen[1]);
}

TEST(AlgorithmTest, AssociativeRecallAsksForTheItemAfterTheQuery) {
  const AlgorithmTask task(problem("associative_recall", 4, 4));
  const Filled batch = first_of(task, 1);
  ASSERT_EQ(batch.shape, (BatchShape{.time = 24, .batch = 1, .counted = 3}));
  const auto item = [&](const std::vector<float>& from, size_t t, size_t width) {
    std::string text;
    for (size_t i = t; i < t + 3; ++i)
      for (size_t k = 0; k < 3; ++k) text += from[i * width + k] > 0 ? '1' : '0';
    return text;
  };
  const std::string query = item(batch.x, 17, 5), answer = item(batch.y, 21, 3);
  bool found = false;
  for (size_t i = 0; i + 1 < 4; ++i) found |= item(batch.x, 4 * i + 1, 5) == query && item(batch.x, 4 * i + 5, 5) == answer;
  EXPECT_TRUE(found);
  for (size_t t = 0; t < 24; ++t) {
    EXPECT_EQ(batch.x[t * 5 + 3], t < 16 && t % 4 == 0 ? 1 : 0);
    EXPECT_EQ(batch.x[t * 5 + 4], t == 16 || t == 20 ? 1 : 0);
    EXPECT_EQ(batch.counts[t], t > 20 ? 1 : 0);
  }
}

TEST(AlgorithmTest, AddingMarksTwoNumbers) {
  const AlgorithmTask task(problem("adding", 6, 6));
  const Filled batch = first_of(task, 3);
  for (size_t n = 0; n < 3; ++n) {
    float sum = 0, marks = 0;
    for (size_t t = 0; t < 6; ++t) {
      const float value = batch.x[(t * 3 + n) * 2], mark = batch.x[(t * 3 + n) * 2 + 1];
      EXPECT_TRUE(value >= 0 && value < 1);
      sum += value * mark;
      marks += mark;
    }
    EXPECT_EQ(marks, 2);
    EXPECT_FLOAT_EQ(batch.y[n], sum);
  }
}

TEST(AlgorithmTest, CopyMemoryAsksForTheFirstTenAtTheEnd) {
  const AlgorithmTask task(problem("copy_memory", 5, 5));
  const Filled batch = first_of(task, 1);
  ASSERT_EQ(batch.shape, (BatchShape{.time = 25, .batch = 1, .counted = 25}));
  for (size_t t = 0; t < 25; ++t) {
    const int32_t token = batch.tokens[t];
    EXPECT_TRUE(t < 10 ? token >= 1 && token <= 8 : token == (t < 14 ? 0 : 9)) << token << " at " << t;
    EXPECT_EQ(batch.labels[t], t < 15 ? 0 : batch.tokens[t - 15]);
  }
}

// The strings that the grammar allows, as a recogniser of its own.
bool is_reber(const std::string& s) {
  if (s.size() < 5 || s.front() != 'B' || s.back() != 'E') return false;
  int state = 0;
  for (size_t i = 1; i + 1 < s.size(); ++i) {
    const char c = s[i];
    if (state == 0) state = c == 'T' ? 1 : c == 'P' ? 2 : -1;
    else if (state == 1) state = c == 'S' ? 1 : c == 'X' ? 3 : -1;
    else if (state == 2) state = c == 'T' ? 2 : c == 'V' ? 4 : -1;
    else if (state == 3) state = c == 'X' ? 2 : c == 'S' ? 5 : -1;
    else if (state == 4) state = c == 'P' ? 3 : c == 'V' ? 5 : -1;
    else return false;
    if (state < 0) return false;
  }
  return state == 5;
}

TEST(AlgorithmTest, ReberStringsAreThoseOfTheEmbeddedGrammar) {
  const AlgorithmTask task(problem("reber", 1, 20));
  const auto batches = task.batches(Part::train, 10);
  for (int64_t b = 0; b < batches->size(); ++b) {
    const Filled batch(task, *batches, b);
    int64_t counted = 0;
    for (size_t n = 0; n < 10; ++n) {
      const auto length = static_cast<size_t>(batch.lengths[n]);
      ASSERT_TRUE(length >= 8 && length <= 20);
      std::string text(1, 'B');
      for (size_t t = 0; t < 20; ++t) {
        const size_t i = t * 10 + n;
        if (t < length) {
          EXPECT_EQ(text.back(), "BTSXPVE"[batch.tokens[i]]);
          text += "BTSXPVE"[batch.labels[i]];
        } else {
          EXPECT_EQ(batch.labels[i], kIgnored);
        }
      }
      counted += static_cast<int64_t>(length);
      EXPECT_EQ(text[1], text[text.size() - 2]) << text;
      EXPECT_TRUE(is_reber(text.substr(2, text.size() - 4))) << text;
    }
    EXPECT_EQ(batch.shape.counted, counted);
  }
}

TEST(AlgorithmTest, EveryEpochHasNewSequencesOfTheSameShapes) {
  for (const char* name : {"copy", "repeat_copy", "associative_recall", "adding", "copy_memory"}) {
    const AlgorithmTask task(problem(name, 2, 9));
    const auto batches = task.batches(Part::train, 8), again = task.batches(Part::train, 8);
    std::vector<BatchShape> shapes;
    for (int64_t b = 0; b < batches->size(); ++b) shapes.push_back(batches->shape(b));
    std::vector<std::vector<float>> x;
    std::vector<std::vector<int32_t>> tokens;
    for (const auto& [seed, replicate, epoch] : {std::array<uint64_t, 3>{1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {2, 0, 0}}) {
      batches->start_epoch(seed, replicate, static_cast<int64_t>(epoch));
      for (int64_t b = 0; b < batches->size(); ++b) EXPECT_EQ(batches->shape(b), shapes[static_cast<size_t>(b)]);
      const Filled batch(task, *batches, 0);
      x.push_back(batch.x);
      tokens.push_back(batch.tokens);
    }
    for (size_t i = 1; i < x.size(); ++i) EXPECT_TRUE(x[i] != x[0] || tokens[i] != tokens[0]) << name;
    again->start_epoch(1, 0, 1);
    EXPECT_EQ(Filled(task, *again, 0).x, x[1]);
    EXPECT_EQ(Filled(task, *again, 0).tokens, tokens[1]);
  }
}

TEST(AlgorithmTest, TheTestPartHasFurtherLengthsWithMetricsOfTheirOwn) {
  AlgorithmOptions options = problem("copy", 1, 4);
  options.test_lengths = {"10", "20"};
  const AlgorithmTask task(options);
  std::vector<std::string> names;
  for (const MetricInfo& metric : task.metrics()) names.push_back(metric.name);
  EXPECT_THAT(names, ElementsAre("bits_per_sequence", "accuracy", "bits_per_sequence/10", "bits_per_sequence/20"));
  EXPECT_EQ(task.batches(Part::valid, 10)->size(), 1);
  const auto batches = task.batches(Part::test, 10);
  ASSERT_EQ(batches->size(), 3);
  EXPECT_EQ(batches->shape(1).time, 21);
  EXPECT_EQ(batches->shape(2).time, 41);
  EXPECT_EQ(batches->shape(2).group, 2);
  const std::vector<Baseline> baselines = task.baselines();
  EXPECT_THAT(baselines[0].values, ElementsAre(DoubleEq(7.5), 0.5, IsNan(), IsNan()));
  EXPECT_THAT(baselines[1].values, ElementsAre(DoubleEq(7.5), 0.5, 30, 60));

  // A model that knows nothing: every logit 0, ln 2 nats a bit.
  const auto score = task.score();
  for (int64_t b = 0; b < batches->size(); ++b) {
    const Filled batch(task, *batches, b);
    const std::vector<float> logits(batch.y.size(), 0.0f);
    Outcome outcome;
    outcome.predictions = logits;
    outcome.y = batch.y;
    outcome.counts = batch.counts;
    outcome.counted = batch.shape.counted;
    outcome.batch = batch.shape.batch;
    outcome.group = batch.shape.group;
    outcome.nats = static_cast<double>(3 * batch.shape.counted) * std::log(2.0);
    score->add(outcome);
  }
  EXPECT_DOUBLE_EQ(score->values()[2], 30);
  EXPECT_DOUBLE_EQ(score->values()[3], 60);
}

TEST(AlgorithmTest, ScoresLookAtWhatOnlyMemoryTells) {
  for (const char* name : {"copy_memory", "reber"}) {
    const AlgorithmTask task(problem(name, 5, 20));
    const auto batches = task.batches(Part::valid, 4);
    const auto right = task.score(), wrong = task.score();
    for (int64_t b = 0; b < batches->size(); ++b) {
      const Filled batch(task, *batches, b);
      const auto V = static_cast<size_t>(task.spec().output.width);
      std::vector<float> logits(batch.labels.size() * V, 0.0f);
      for (size_t i = 0; i < batch.labels.size(); ++i)
        if (batch.labels[i] >= 0) logits[i * V + static_cast<size_t>(batch.labels[i])] = 1;
      Outcome outcome;
      outcome.predictions = logits;
      outcome.labels = batch.labels;
      outcome.lengths = batch.lengths;
      outcome.batch = batch.shape.batch;
      right->add(outcome);
      for (float& logit : logits) logit = -logit;
      wrong->add(outcome);
    }
    EXPECT_THAT(right->values(), ElementsAre(1)) << name;
    EXPECT_THAT(wrong->values(), ElementsAre(0)) << name;
  }
}

TEST(AlgorithmTest, TellsWhatIsWrongWithLengths) {
  const auto error = [](AlgorithmOptions options) -> std::string {
    try {
      AlgorithmTask task(options);
    } catch (const UserError& mistake) {
      return mistake.what();
    }
    return "";
  };
  EXPECT_EQ(error(problem("adding", 1, 5)), "task.data.min_length: adding needs at least 2, got 1");
  EXPECT_EQ(error(problem("copy", 5, 4)), "task.data.max_length: is 4, less than min_length 5; raise it");
  EXPECT_EQ(error(problem("reber", 1, 7)), "task.data.max_length: the shortest string has 8 steps, got 7");
  AlgorithmOptions options = problem("copy", 1, 4);
  options.test_lengths = {"ten", "20", "20"};
  EXPECT_EQ(error(options),
            "task.data.test_lengths: 'ten' is no length; give whole numbers of at least 1\ntask.data.test_lengths: 20 stands there twice; name each length once");
}

}  // namespace
}  // namespace recur::data
