#include "recur/data/algorithm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

// Bits of a sequence under the estimator: a product over the contexts of B(ones + 1/2, zeros + 1/2) / B(1/2, 1/2).
double optimal_bits(const Filled& batch, size_t n) {
  const auto N = static_cast<size_t>(batch.shape.batch);
  std::array<std::array<int, 2>, 32> counts{};
  for (size_t t = 5; t < static_cast<size_t>(batch.shape.time); ++t) {
    size_t context = 0;
    for (size_t i = t - 5; i < t; ++i) context = 2 * context + (batch.y[i * N + n] > 0 ? 1 : 0);
    ++counts[context][batch.y[t * N + n] > 0 ? 1 : 0];
  }
  double nats = 5 * std::log(2.0);
  for (const auto& [zeros, ones] : counts)
    nats -= std::lgamma(ones + 0.5) + std::lgamma(zeros + 0.5) - std::lgamma(ones + zeros + 1) - 2 * std::lgamma(0.5);
  return nats / std::log(2.0);
}

TEST(AlgorithmTest, NgramsShowTheBitBefore) {
  AlgorithmOptions options = problem("ngrams", 200, 200);
  options.valid = 300;
  const AlgorithmTask task(options);
  const Filled batch(task, *task.batches(Part::valid, 300), 0);
  ASSERT_EQ(batch.shape, (BatchShape{.time = 200, .batch = 300, .counted = 60000}));
  double bits = 0, ones = 0;
  for (size_t n = 0; n < 300; ++n) {
    EXPECT_EQ(batch.x[n], 0);
    for (size_t t = 0; t + 1 < 200; ++t) EXPECT_EQ(batch.x[(t + 1) * 300 + n], batch.y[t * 300 + n]);
    for (size_t t = 0; t < 200; ++t) ones += batch.y[t * 300 + n];
    bits += optimal_bits(batch, n) / 300;
  }
  EXPECT_THAT(batch.counts, Each(1));
  EXPECT_NEAR(ones / 60000, 0.5, 0.02);
  // Whoever knew the tables would need 2 - 1 / ln 2 = 0.557 bits a bit, the mean entropy under Beta(1/2, 1/2).
  EXPECT_GT(bits, 5 + 195 * 0.557);
  EXPECT_LT(bits, 145);
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 4);  // of valid and of test
  EXPECT_THAT(baselines[0].values, ElementsAre(200, 0.5));
  EXPECT_EQ(baselines[1].name, "optimal");
  EXPECT_NEAR(baselines[1].values[0], bits, 1e-6);
  EXPECT_GT(baselines[1].values[1], 0.75);
}

TEST(AlgorithmTest, PrioritySortAsksForTheHighestInOrder) {
  AlgorithmOptions options = problem("priority_sort", 6, 6);
  options.highest = 4;
  options.test_lengths = {"3", "9"};
  const AlgorithmTask task(options);
  const Filled batch = first_of(task);
  ASSERT_EQ(batch.shape, (BatchShape{.time = 11, .batch = 2, .counted = 8}));
  const auto x = [&](size_t t, size_t n, size_t c) { return batch.x[(t * 2 + n) * 5 + c]; };
  for (size_t n = 0; n < 2; ++n) {
    std::vector<std::pair<float, size_t>> order;
    for (size_t t = 0; t < 6; ++t) order.emplace_back(-x(t, n, 4), t);
    std::sort(order.begin(), order.end());
    EXPECT_TRUE(order.front().first > -1 && order.back().first <= 1);
    for (size_t t = 0; t < 11; ++t) {
      EXPECT_EQ(x(t, n, 3), t == 6 ? 1 : 0);
      EXPECT_EQ(batch.counts[t * 2 + n], t > 6 ? 1 : 0);
      for (size_t k = 0; k < 3; ++k) EXPECT_EQ(batch.y[(t * 2 + n) * 3 + k], t > 6 ? x(order[t - 7].second, n, k) : 0);
    }
  }
  const auto test = task.batches(Part::test, 10);
  EXPECT_EQ(test->shape(1).time, 3 + 1 + 3);
  EXPECT_EQ(test->shape(2).time, 9 + 1 + 4);
  EXPECT_THAT(task.baselines()[1].values, ElementsAre(12, 0.5, 9, 12));
}

TEST(AlgorithmTest, AdditionAsksForTheDigitsOfTheSum) {
  const AlgorithmTask task(problem("addition", 1, 4));
  const auto batches = task.batches(Part::train, 10);
  bool carried[2] = {false, false};
  for (int64_t b = 0; b < batches->size(); ++b) {
    const Filled batch(task, *batches, b);
    const auto steps = static_cast<size_t>(batch.shape.time);
    const size_t L = steps / 3 - 1;
    int64_t counted = 0;
    for (size_t n = 0; n < 10; ++n) {
      std::string read, asked;
      for (size_t t = 0; t < steps; ++t) {
        read += "0123456789+=."[batch.tokens[t * 10 + n]];
        asked += batch.labels[t * 10 + n] < 0 ? ' ' : "0123456789+=."[batch.labels[t * 10 + n]];
      }
      ASSERT_EQ(read[L], '+');
      ASSERT_EQ(read[2 * L + 1], '=');
      ASSERT_TRUE(read[0] != '0' && read[L + 1] != '0') << read;
      std::string sum = std::to_string(std::stoi(read.substr(0, L)) + std::stoi(read.substr(L + 1, L))) + '.';
      carried[sum.size() == L + 2] = true;
      counted += static_cast<int64_t>(sum.size());
      EXPECT_EQ(read.substr(2 * L + 2), sum.substr(0, L + 1));
      sum.resize(L + 2, ' ');
      EXPECT_EQ(asked, std::string(2 * L + 1, ' ') + sum);
    }
    EXPECT_EQ(batch.shape.counted, counted);
  }
  EXPECT_TRUE(carried[0] && carried[1]);
}

TEST(AlgorithmTest, AnswersOfAdditionAreRightAsAWholeOrByDigits) {
  AlgorithmOptions options = problem("addition", 2, 2);
  options.test_lengths = {"5"};
  options.test = 2000;
  const AlgorithmTask task(options);
  const auto batches = task.batches(Part::test, 2000);
  // Of the second sequence the end comes where a digit should; the rest is right.
  const auto score = task.score(), guess = task.score();
  for (int64_t b = 0; b < batches->size(); ++b) {
    const Filled batch(task, *batches, b);
    std::vector<float> logits(batch.labels.size() * 13, 0.0f), guesses = logits;
    bool first = true;
    for (size_t i = 0; i < batch.labels.size(); ++i) {
      if (batch.labels[i] < 0) continue;
      const bool wrong = i % 2000 == 1 && first;
      first = first && i % 2000 != 1;
      logits[i * 13 + (wrong ? 12 : static_cast<size_t>(batch.labels[i]))] = 1;
      guesses[i * 13 + (batch.labels[i] == 12 ? 12 : i * 7919 % 10)] = 1;
    }
    Outcome outcome;
    outcome.labels = batch.labels;
    outcome.batch = batch.shape.batch;
    outcome.group = batch.shape.group;
    outcome.predictions = logits;
    score->add(outcome);
    outcome.predictions = guesses;
    guess->add(outcome);
  }
  std::vector<std::string> names;
  for (const MetricInfo& metric : task.metrics()) names.push_back(metric.name);
  EXPECT_THAT(names, ElementsAre("sequence_accuracy", "digit_accuracy", "sequence_accuracy/5", "digit_accuracy/5"));
  const std::vector<double> values = score->values();
  EXPECT_DOUBLE_EQ(values[0], 1999.0 / 2000);
  EXPECT_DOUBLE_EQ(values[2], 1999.0 / 2000);
  EXPECT_TRUE(values[1] < 1 && values[1] > 1 - 1.0 / 2000 / 2 - 1e-9) << values[1];
  const std::vector<Baseline> baselines = task.baselines();
  EXPECT_THAT(baselines[0].values, ElementsAre(::testing::_, 0.1, IsNan(), IsNan()));
  EXPECT_NEAR(guess->values()[0], baselines[1].values[0], 0.005);
  EXPECT_NEAR(guess->values()[1], 0.1, 0.02);
  EXPECT_NEAR(guess->values()[3], 0.1, 0.02);
  int without_carry = 0;
  for (int a = 10; a < 100; ++a)
    for (int c = 10; c < 100; ++c) without_carry += a + c < 100 ? 1 : 0;
  EXPECT_NEAR(baselines[1].values[0], (without_carry * 0.01 + (8100 - without_carry) * 0.001) / 8100, 1e-12);
}

TEST(AlgorithmTest, EveryEpochHasNewSequencesOfTheSameShapes) {
  for (const char* name : {"copy", "repeat_copy", "associative_recall", "ngrams", "priority_sort", "adding", "copy_memory", "addition"}) {
    const AlgorithmTask task(problem(name, 6, 9));
    const auto batches = task.batches(Part::train, 8), again = task.batches(Part::train, 8);
    std::vector<BatchShape> shapes;
    // Sums differ in length.
    const auto shape = [&](int64_t b) {
      BatchShape of = batches->shape(b);
      if (std::string(name) == "addition") of.counted = 0;
      return of;
    };
    for (int64_t b = 0; b < batches->size(); ++b) shapes.push_back(shape(b));
    std::vector<std::vector<float>> x;
    std::vector<std::vector<int32_t>> tokens;
    for (const auto& [seed, replicate, epoch] : {std::array<uint64_t, 3>{1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {2, 0, 0}}) {
      batches->start_epoch(seed, replicate, static_cast<int64_t>(epoch));
      for (int64_t b = 0; b < batches->size(); ++b) EXPECT_EQ(shape(b), shapes[static_cast<size_t>(b)]);
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
  EXPECT_EQ(error(problem("ngrams", 5, 200)), "task.data.min_length: ngrams needs at least 6, got 5");
  EXPECT_EQ(error(problem("copy", 5, 4)), "task.data.max_length: is 4, less than min_length 5; raise it");
  EXPECT_EQ(error(problem("reber", 1, 7)), "task.data.max_length: the shortest string has 8 steps, got 7");
  AlgorithmOptions options = problem("copy", 1, 4);
  options.test_lengths = {"ten", "20", "20"};
  EXPECT_EQ(error(options),
            "task.data.test_lengths: 'ten' is no length; give whole numbers of at least 1\ntask.data.test_lengths: 20 stands there twice; name each length once");
}

}  // namespace
}  // namespace recur::data
