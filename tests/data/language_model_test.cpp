#include "recur/data/language_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "scratch.hpp"

namespace recur::data {
namespace {

using Ids = std::vector<int32_t>;

struct Filled {
  BatchShape shape;
  Ids tokens, labels;
  Filled(const Batches& batches, int64_t batch)
      : shape(batches.shape(batch)),
        tokens(static_cast<size_t>(shape.time * shape.batch)),
        labels(static_cast<size_t>(shape.time * shape.batch)) {
    batches.fill(batch, {.x = {}, .tokens = tokens, .y = {}, .labels = labels, .lengths = {}});
  }
};

class LanguageModelTest : public Scratch {
 protected:
  LanguageModelOptions options(const std::string& text, Split split, int64_t steps = 2) const {
    LanguageModelOptions options;
    options.text = file("x.txt", text);
    options.steps = steps;
    options.split = split;
    return options;
  }
  // The characters of ids, with . for kIgnored.
  static std::string letters(const LanguageModelTask& task, const Ids& ids) {
    std::string text;
    for (const int32_t id : ids) text += id == kIgnored ? "." : task.vocabulary().decode(Ids{id});
    return text;
  }
};

TEST_F(LanguageModelTest, ThePartIsLaidOutAsContiguousStreams) {
  const LanguageModelTask task(options("abcdefghijklm", {1, 0, 0}));  // targets b ... m: 12, in 3 streams of 4
  const auto batches = task.batches(Part::train, 3);
  ASSERT_EQ(batches->size(), 2);
  const Filled first(*batches, 0), second(*batches, 1);
  EXPECT_EQ(first.shape, (BatchShape{.time = 2, .batch = 3, .counted = 6}));
  EXPECT_EQ(letters(task, first.tokens), "aei" "bfj");   // step by step
  EXPECT_EQ(letters(task, first.labels), "bfj" "cgk");
  EXPECT_EQ(letters(task, second.tokens), "cgk" "dhl");  // goes on where the first ended
  EXPECT_EQ(letters(task, second.labels), "dhl" "eim");
}

TEST_F(LanguageModelTest, TheLastBatchIsShorterAndLacksTargetsInShorterStreams) {
  const LanguageModelTask task(options("abcdefghi", {1, 0, 0}));  // targets b ... i: 8, in streams of 3, 3, 2
  const auto batches = task.batches(Part::train, 3);
  ASSERT_EQ(batches->size(), 2);
  const Filled last(*batches, 1);
  EXPECT_EQ(last.shape, (BatchShape{.time = 1, .batch = 3, .counted = 2}));
  EXPECT_EQ(letters(task, last.tokens), "cfi");
  EXPECT_EQ(letters(task, last.labels), "dg.");
}

TEST_F(LanguageModelTest, EveryTokenButTheFirstOfTheTextIsATargetOnce) {
  const std::string text = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
  const LanguageModelTask task(options(text, {0.5, 0.25, 0.25}, 3));
  std::string seen;
  for (const Part part : kParts) {
    for (const int64_t rows : {1, 2, 3, 4, 5}) {
      const auto batches = task.batches(part, rows);
      std::vector<std::string> streams(static_cast<size_t>(rows));
      int64_t counted = 0;
      for (int64_t b = 0; b < batches->size(); ++b) {
        const Filled batch(*batches, b);
        counted += batch.shape.counted;
        for (size_t i = 0; i < batch.labels.size(); ++i) {
          if (batch.labels[i] != kIgnored) streams[i % static_cast<size_t>(rows)] += letters(task, {batch.labels[i]});
        }
      }
      std::string whole;
      for (const std::string& stream : streams) whole += stream;
      const Range range = task.targets(part);
      EXPECT_EQ(whole, text.substr(static_cast<size_t>(range.begin), static_cast<size_t>(range.size()))) << rows;
      EXPECT_EQ(counted, range.size());
      if (rows == 1) seen += whole;
    }
  }
  EXPECT_EQ(seen, text.substr(1));
}

TEST_F(LanguageModelTest, TheVocabularyComesFromTheTrainingPartAlone) {
  const LanguageModelTask task(options("aabaaxxbay", {0.5, 0.2, 0.3}));
  EXPECT_EQ(task.vocabulary().entries(), (std::vector<std::string>{"<unk>", "a", "b"}));
  EXPECT_EQ(Ids(task.tokens().begin(), task.tokens().end()), (Ids{1, 1, 2, 1, 1, 0, 0, 2, 1, 0}));
  EXPECT_EQ(task.unseen(Part::train), 0);
  EXPECT_EQ(task.unseen(Part::valid), 2);
  EXPECT_EQ(task.unseen(Part::test), 1);
  std::vector<std::string> lines;
  for (const Fact& fact : task.facts()) lines.push_back(fact.name + ": " + fact.value);
  EXPECT_EQ(lines[1], "characters: 10");
  EXPECT_EQ(lines[2], "vocabulary: 3 with <unk>");
  EXPECT_EQ(lines[4], "valid: 2 characters, 2 of them not in the vocabulary");
}

TEST_F(LanguageModelTest, RareWordsBecomeUnknown) {
  LanguageModelOptions words = options("the cat the dog\nthe cat sat\n", {1, 0, 0});
  words.unit = "word";
  words.min_count = 2;
  const LanguageModelTask task(words);
  EXPECT_EQ(task.vocabulary().entries(), (std::vector<std::string>{"<unk>", "the", "<eos>", "cat"}));
  EXPECT_EQ(Ids(task.tokens().begin(), task.tokens().end()), (Ids{1, 3, 1, 0, 2, 1, 3, 0, 2}));
  EXPECT_EQ(task.unseen(Part::train), 2);
  EXPECT_EQ(task.metrics()[0].name, "bits_per_word");
}

TEST_F(LanguageModelTest, SaysWhatATrainerHasToKnow) {
  const LanguageModelTask task(options("abcabc", {1, 0, 0}));
  const TaskSpec spec = task.spec();
  EXPECT_EQ(spec.input.kind, InputSpec::Kind::discrete);
  EXPECT_EQ(spec.input.width, 4);
  EXPECT_EQ(spec.output.kind, OutputSpec::Kind::categorical);
  EXPECT_EQ(spec.output.at, OutputSpec::At::every_step);
  EXPECT_TRUE(spec.carries_state);
  EXPECT_FALSE(spec.has_lengths);
  EXPECT_EQ(Vocabulary(text_unit(task.encoding().unit), task.encoding().vocabulary).encode("cab"), task.vocabulary().encode("cab"));
}

TEST_F(LanguageModelTest, MetricsComeFromSummedNats) {
  LanguageModelScore score;
  for (const double value : score.values()) EXPECT_TRUE(std::isnan(value));
  score.add({.predictions = {}, .y = {}, .nats = 3 * std::log(2.0), .correct = 1, .counted = 1});
  score.add({.predictions = {}, .y = {}, .nats = 1 * std::log(2.0), .correct = 0, .counted = 1});
  const std::vector<double> values = score.values();
  EXPECT_DOUBLE_EQ(values[0], 2);    // bits
  EXPECT_DOUBLE_EQ(values[1], 4);    // perplexity
  EXPECT_DOUBLE_EQ(values[2], 0.5);  // accuracy
  score.reset();
  EXPECT_TRUE(std::isnan(score.values()[0]));
}

TEST_F(LanguageModelTest, BaselinesAreWorkedOutOnTheSameTargets) {
  // Training abab; V = 3 with <unk>. P(a) = P(b) = 3/7; P(b|a) = (2 + 3/7) / 3, P(a|b) = (1 + 3/7) / 2.
  const LanguageModelTask task(options("ababab", {4 / 6.0, 2 / 6.0, 0}));
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 2u);
  EXPECT_EQ(baselines[0].name, "unigram");
  EXPECT_NEAR(baselines[0].values[0], std::log2(7 / 3.0), 1e-12);
  EXPECT_EQ(baselines[1].name, "bigram");
  EXPECT_NEAR(baselines[1].values[0], -(std::log2((1 + 3 / 7.0) / 2) + std::log2((2 + 3 / 7.0) / 3)) / 2, 1e-12);
  EXPECT_EQ(baselines[1].values[2], 1);
}

TEST_F(LanguageModelTest, TellsOfATextShorterThanOneBatch) {
  const LanguageModelTask task(options("abcdefghijklmnop", {0.75, 0.25, 0}, 4));
  EXPECT_EQ(error_of([&] { task.batches(Part::train, 3); }),
            "x.txt: the train part has 12 characters, but one batch of 3 rows by 4 steps needs 13; take a longer text, or a "
            "smaller train.batch or task.steps");
  EXPECT_EQ(error_of([&] { task.batches(Part::valid, 5); }),
            "x.txt: the valid part has 4 characters, but a batch of 5 rows needs 5; take a longer text, a larger "
            "task.split.valid or a smaller train.batch");
  EXPECT_EQ(task.batches(Part::train, 2)->size(), 2);
  EXPECT_EQ(task.batches(Part::test, 5)->size(), 0);
}

TEST_F(LanguageModelTest, TellsOfAPartThatIsEmpty) {
  EXPECT_EQ(error_of([&] { LanguageModelTask task(options("abc", {0.9, 0.05, 0.05})); }),
            "x.txt: the valid part of this text of 3 characters is empty; take a longer text or a larger task.split.valid");
}

}  // namespace
}  // namespace recur::data
