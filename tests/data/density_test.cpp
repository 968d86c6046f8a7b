#include "recur/data/density.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "../../core/data/naive_density.hpp"
#include "../../core/data/series_cut.hpp"
#include "filled.hpp"
#include "recordings.hpp"
#include "recur/data/density_score.hpp"
#include "recur/data/task_cache.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const double kHalfLog2Pi = 0.5 * std::log(2 * std::numbers::pi);

TEST(SeriesCutTest, JudgesEveryStepOnceBehindThoseBeforeIt) {
  EXPECT_THAT(cut_series({0, 7}, 0, 3, 2), ElementsAre(Cut{0, 0, 3}, Cut{1, 2, 6}, Cut{4, 2, 7}));
  EXPECT_THAT(cut_series({10, 13}, 9, 2, 5), ElementsAre(Cut{9, 1, 12}, Cut{9, 3, 13}));
  EXPECT_THAT(cut_series({4, 4}, 0, 2, 1), ElementsAre());
}

TEST(SeriesCutTest, TellsWhatCounts) {
  Sequences sequences;
  sequences.features = 2;
  const std::vector<float> series{0, 1, 10, 11, 20, 21, 30, 31};
  add_cut(series, {0, 0, 2}, true, sequences);
  add_cut(series, {1, 1, 3}, true, sequences);
  EXPECT_THAT(sequences.values, ElementsAre(0, 1, 10, 11, 10, 11, 20, 21));
  EXPECT_THAT(sequences.begin, ElementsAre(0, 2, 4));
  EXPECT_THAT(sequences.counts, ElementsAre(1, 1, 0, 1));
}

Sequences series_of(std::vector<float> values, std::vector<int64_t> begin) {
  Sequences sequences;
  sequences.features = 1;
  sequences.values = std::move(values);
  sequences.begin = std::move(begin);
  return sequences;
}

TEST(NaiveDensityTest, GaussianIsThatOfMeanAndDeviation) {
  const NaiveDensity naive(series_of({1, 3, 1, 3}, {0, 4}), OutputSpec::Distribution::gaussian, false);  // mean 2, deviation 1
  const float at_mean = 2, two_away = 4;
  EXPECT_DOUBLE_EQ(naive.nats(nullptr, &at_mean), kHalfLog2Pi);
  EXPECT_DOUBLE_EQ(naive.nats(&at_mean, &two_away), 2 + kHalfLog2Pi);
  EXPECT_DOUBLE_EQ(naive.mean_nats(series_of({2, 4}, {0, 2})), 1 + kHalfLog2Pi);
}

TEST(NaiveDensityTest, FirstOrderIsTheLineThroughPairs) {
  // Pairs (0, 1), (1, 1), (0, 1), (1, 3) of two sequences: x = 1 + y before, 1 off where it was 1.
  const NaiveDensity naive(series_of({0, 1, 1, 0, 1, 3}, {0, 3, 6}), OutputSpec::Distribution::gaussian, true);
  const float zero = 0, one = 1, two = 2;
  const double left = std::sqrt((0 + 1 + 0 + 1) / 4.0);
  EXPECT_NEAR(naive.nats(&one, &two), std::log(left) + kHalfLog2Pi, 1e-9);
  EXPECT_NEAR(naive.nats(&zero, &two), 0.5 / (left * left) + std::log(left) + kHalfLog2Pi, 1e-9);
  const double mean = 1, deviation = 1;  // of 0 1 1 0 1 3
  EXPECT_NEAR(naive.nats(nullptr, &two), 0.5 * (2 - mean) * (2 - mean) / (deviation * deviation) + std::log(deviation) + kHalfLog2Pi, 1e-9);
}

TEST(NaiveDensityTest, LeavesOutContext) {
  Sequences training = series_of({9, 1, 3}, {0, 3});
  training.counts = {0, 1, 1};
  const NaiveDensity naive(training, OutputSpec::Distribution::gaussian, false);
  EXPECT_DOUBLE_EQ(naive.mean_nats(training), 0.5 + kHalfLog2Pi);
}

TEST(NaiveDensityTest, AValueThatNeverChangesLeavesOthersPossible) {
  const NaiveDensity naive(series_of({5, 5, 5}, {0, 3}), OutputSpec::Distribution::gaussian, true);
  const float other = 6;
  EXPECT_TRUE(std::isfinite(naive.nats(&other, &other)));
}

TEST(NaiveDensityTest, BernoulliCountsWithOneAdded) {
  const Sequences training = series_of({1, 1, 0}, {0, 3});
  const float on = 1, off = 0;
  EXPECT_DOUBLE_EQ(NaiveDensity(training, OutputSpec::Distribution::bernoulli, false).nats(&on, &on), -std::log(3.0 / 5));
  const NaiveDensity naive(training, OutputSpec::Distribution::bernoulli, true);
  EXPECT_DOUBLE_EQ(naive.nats(&on, &off), -std::log(2.0 / 4));
  EXPECT_DOUBLE_EQ(naive.nats(&off, &off), -std::log(1.0 / 2));
  EXPECT_DOUBLE_EQ(naive.nats(nullptr, &off), -std::log(2.0 / 5));
}

Outcome outcome_of(const std::vector<float>& predictions, const std::vector<int32_t>& lengths, int64_t group) {
  Outcome outcome;
  outcome.predictions = predictions;
  outcome.lengths = lengths;
  outcome.batch = static_cast<int64_t>(lengths.size());
  for (size_t n = 0; n < lengths.size(); ++n)
    for (size_t t = 0; t < static_cast<size_t>(lengths[n]); ++t) outcome.nats -= static_cast<double>(predictions[(t * lengths.size() + n) * 2]), ++outcome.counted;
  outcome.group = group;
  return outcome;
}

TEST(DensityScoreTest, IsTheMeanBoundAndTheMeanWeight) {
  DensityScore score(2);
  EXPECT_TRUE(std::isnan(score.values()[0]));
  // Two draws of a sequence of two steps, then the first of one of one step, which ends in the next batch. [T, N, 2]
  const auto half = static_cast<float>(std::log(0.5)), quarter = static_cast<float>(std::log(0.25));
  const std::vector<float> first{-1, half, -3, quarter, -5, half, -2, 0, -4, 0, 99, 99}, second{-7, quarter};
  const std::vector<int32_t> lengths{2, 2, 1}, one{1};
  score.add(outcome_of(first, lengths, 1));
  score.add(outcome_of(second, one, 1));
  EXPECT_THAT(score.values(), ElementsAre(DoubleEq((1 + 3 + 5 + 2 + 4 + 7) / 6.0), DoubleNear(-(std::log(0.375) + std::log(0.375)) / 3, 1e-6)));
  score.reset();
  EXPECT_TRUE(std::isnan(score.values()[1]));
  score.add(outcome_of(second, one, 0));  // one draw
  EXPECT_THAT(score.values(), ElementsAre(7, DoubleNear(-std::log(0.25), 1e-6)));
}

TEST(DensityScoreTest, LargeWeightsDoNotOverflow) {
  DensityScore score(2);
  const std::vector<float> predictions{0, -2000, 0, -2001};
  const std::vector<int32_t> lengths{1, 1};
  score.add(outcome_of(predictions, lengths, 1));
  EXPECT_NEAR(score.values()[1], 2000 - std::log((1 + std::exp(-1)) / 2), 1e-9);
}

TEST(DensityScoreTest, AModelWithoutLatentVariablesHasOneLikelihood) {
  DensityScore score(3);
  const std::vector<float> predictions{-1, -1, -1, -1, -1, -1, -4, -4, -4, -4, -4, -4};
  const std::vector<int32_t> lengths{2, 2, 2};
  score.add(outcome_of(predictions, lengths, 1));
  EXPECT_THAT(score.values(), ElementsAre(DoubleEq(2.5), DoubleEq(2.5)));
}

class DensityTest : public Scratch {
 protected:
  DensityOptions csv(int64_t warm_up) const {
    DensityOptions options;
    options.csv = file("x.csv", "t,a,b\nmon,1,10\ntue,3,30\nwed,1,10\nthu,3,30\nfri,5,10\nsat,1,50\nsun,3,10\n");
    options.steps = 3;
    options.warm_up = warm_up;
    options.train_share = 0.6, options.valid_share = 0.2, options.test_share = 0.2;
    return options;
  }
};

TEST_F(DensityTest, CutsASeriesAndStandardisesByItsTraining) {
  const DensityTask task(csv(0));
  const TaskSpec spec = task.spec();
  EXPECT_EQ(spec.input.width, 2);
  EXPECT_EQ(spec.output.kind, OutputSpec::Kind::density);
  EXPECT_EQ(spec.output.distribution, OutputSpec::Distribution::gaussian);
  EXPECT_TRUE(spec.has_lengths);
  EXPECT_FALSE(spec.has_counts);
  EXPECT_THAT(task.sequences(Part::train).begin, ElementsAre(0, 3, 4));
  EXPECT_THAT(task.sequences(Part::train).values, ElementsAre(-1, -1, 1, 1, -1, -1, 1, 1));  // means 2 and 20, deviations 1 and 10
  EXPECT_THAT(task.sequences(Part::valid).values, ElementsAre(3, -1));
  EXPECT_THAT(task.sequences(Part::test).values, ElementsAre(-1, 3, 1, -1));
  EXPECT_EQ(task.encoding().columns, (std::vector<std::string>{"a", "b"}));
  const Filled batch(task, *task.batches(Part::train, 2), 0);
  EXPECT_EQ(batch.shape, (BatchShape{.time = 4, .batch = 2, .counted = 4}));
  EXPECT_EQ(task.facts()[2].value, "nats are of standardised values; +2.3026 nats a step makes them of the data's own");
}

TEST_F(DensityTest, StepsBeforeOthersAreReadButDoNotCount) {
  const DensityTask task(csv(2));
  EXPECT_TRUE(task.spec().has_counts);
  const Filled test(task, *task.batches(Part::test, 1), 0);
  EXPECT_EQ(test.shape, (BatchShape{.time = 4, .batch = 1, .counted = 2, .group = 1}));
  EXPECT_THAT(test.counts, ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(test.x, ElementsAre(1, 1, 3, -1, -1, 3, 1, -1));
}

TEST_F(DensityTest, GivesTestSequencesOnceADraw) {
  DensityOptions options = csv(0);
  options.steps = 1;
  options.importance_samples = 3;
  const DensityTask task(options);
  const auto batches = task.batches(Part::test, 4);
  ASSERT_EQ(batches->size(), 2);
  EXPECT_THAT(Filled(task, *batches, 0).x, ElementsAre(-1, 3, -1, 3, -1, 3, 1, -1));
  EXPECT_THAT(Filled(task, *batches, 1).x, ElementsAre(1, -1, 1, -1));
  EXPECT_EQ(task.batches(Part::valid, 4)->shape(0).batch, 1);
  EXPECT_EQ(task.metrics().size(), 2u);
  EXPECT_EQ(task.baselines()[0].values.size(), 2u);
  options.warm_up = 1;
  EXPECT_THAT(error_of([&] { DensityTask{options}; }), HasSubstr("task.importance_samples weighs whole sequences"));
}

TEST_F(DensityTest, ReadsSeriesWhateverTheirClass) {
  DensityOptions options;
  options.format = "ucr";
  options.train = file("train.tsv", "1\t0\t2\n2\t2\t0\n1\t0\t2\n2\t0\t2\n");
  options.test = file("test.tsv", "3\t2\t2\n");
  options.valid_share = 0.25;
  const DensityTask task(options);
  EXPECT_EQ(task.sequences(Part::train).size(), 3);
  EXPECT_EQ(task.sequences(Part::valid).size(), 1);
  EXPECT_THAT(task.sequences(Part::test).values, ElementsAre(1, 1));
  EXPECT_FALSE(task.spec().has_lengths);
  EXPECT_EQ(task.encoding().window, 2);
}

TEST_F(DensityTest, ReadsPianoRollsFromTheirFirstStepOn) {
  DensityOptions options;
  options.format = "music";
  options.json = file("x.json", R"({"train": [[[21], [108, 22], []]], "test": [[[60]]]})");
  const DensityTask task(options);
  EXPECT_EQ(task.spec().output.distribution, OutputSpec::Distribution::bernoulli);
  EXPECT_EQ(task.encoding().unit, "bernoulli");
  const Filled batch(task, *task.batches(Part::train, 1), 0);
  EXPECT_EQ(batch.shape, (BatchShape{.time = 4, .batch = 1, .counted = 3}));
  EXPECT_EQ(batch.x[0], 1);
  EXPECT_EQ(batch.x[88 + 87], 1);
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 2u);  // there is no validation part
  // One of three steps has each of keys 0, 1 and 87, (1 + 1) / (3 + 2); any other key has 1 / 5.
  EXPECT_NEAR(baselines[0].values[0], -(84 * std::log(4.0 / 5) + 3 * std::log(3.0 / 5) + std::log(1.0 / 5)), 1e-9);
}

class SpokenDensityTest : public DensityTest {
 protected:
  void put(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directory(path("set"));
    std::ofstream(path("set/" + name), std::ios::binary) << bytes;
  }

  // A low and a high tone, four times each: 400 to 640 samples, so 3 to 6 frames.
  DensityOptions tones() const {
    for (int index = 0; index < 4; ++index) {
      const size_t samples = 400 + 80 * static_cast<size_t>(index);
      put(fmt::format("low_{}.wav", index), wav(tone(300 + 10 * index, samples)));
      put(fmt::format("high_{}.wav", index), wav(tone(2000 + 10 * index, samples)));
    }
    DensityOptions options;
    options.format = "audio";
    options.file = path("set");
    options.name = "{label}_{index}";
    options.features.filters = 8;
    options.test_where = "index=0";
    options.valid_share = 0.34;
    return options;
  }
  std::string wrong(const DensityOptions& options) const {
    return error_of([&] { DensityTask{options}; });
  }
};

TEST_F(SpokenDensityTest, ReadsRecordingsOfDifferentLengths) {
  DensityOptions options = tones();
  options.importance_samples = 2;
  const DensityTask task(options);
  EXPECT_EQ(task.sequences(Part::test).size(), 2);
  EXPECT_EQ(task.sequences(Part::valid).size(), 2) << "one of each class";
  EXPECT_EQ(task.sequences(Part::train).size(), 4);
  const TaskSpec spec = task.spec();
  EXPECT_EQ(spec.input.width, 8);
  EXPECT_EQ(spec.output.width, 8);
  EXPECT_EQ(spec.output.distribution, OutputSpec::Distribution::gaussian);
  EXPECT_TRUE(spec.has_lengths);
  EXPECT_EQ(task.encoding().columns.front(), "mel1");
  EXPECT_EQ(task.encoding().window, 0);
  const Filled test(task, *task.batches(Part::test, 4), 0);
  EXPECT_EQ(test.shape, (BatchShape{.time = 4, .batch = 4, .counted = 12, .group = 1})) << "each twice, 3 frames padded to 4";
  EXPECT_THAT(test.lengths, Each(3));
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 4u);
  for (const Baseline& baseline : baselines) EXPECT_TRUE(std::isfinite(baseline.values[0]));
}

TEST_F(SpokenDensityTest, StandardisesEachColumnByTheTrainingPart) {
  const DensityTask task(tones());
  const Sequences& train = task.sequences(Part::train);
  double nats = 0;
  for (size_t c = 0; c < 8; ++c) {
    double sum = 0, squares = 0;
    for (size_t i = c; i < train.values.size(); i += 8) {
      sum += static_cast<double>(train.values[i]);
      squares += static_cast<double>(train.values[i] * train.values[i]);
    }
    const auto frames = static_cast<double>(train.begin.back());
    EXPECT_NEAR(sum / frames, 0, 1e-5) << c;
    EXPECT_NEAR(squares / frames, 1, 1e-5) << c;
    nats += std::log(task.encoding().deviation[c]);
  }
  std::string text;
  for (const Fact& fact : task.facts()) text += fact.name + ": " + fact.value + "\n";
  EXPECT_THAT(text, HasSubstr("recordings: 8, 0.5 s in all, 8000 samples a second\n"));
  EXPECT_THAT(text, HasSubstr(fmt::format("units: nats are of standardised values; {:+.4f} nats a step makes them of the data's own\n", nats)));
}

TEST_F(SpokenDensityTest, FramesOfSamplesAreTheSamplesThemselves) {
  DensityOptions options = tones();
  options.features.kind = "waveform";
  options.features.window_ms = options.features.hop_ms = 5;
  const DensityTask task(options);
  EXPECT_EQ(task.spec().input.width, 40);
  const Sequences& test = task.sequences(Part::test);
  EXPECT_EQ(test.length(0), 10) << "of 400 samples";
  const std::vector<int16_t> samples = tone(2000, 400);
  for (size_t i : {0u, 1u, 41u, 399u}) {
    const double value = static_cast<double>(test.values[i]) * task.encoding().deviation[i % 40] + task.encoding().mean[i % 40];
    EXPECT_NEAR(value, samples[i] / 32768.0, 1e-6) << i;
  }
}

TEST_F(SpokenDensityTest, NamesNeedNotTellAnything) {
  DensityOptions options = tones();
  options.name = "{speaker}_{index}";
  EXPECT_EQ(DensityTask(options).sequences(Part::test).size(), 2);
  options.name.clear();
  EXPECT_EQ(wrong(options), "task.data.test_where: picks by what the files' names tell; say it with task.data.name, such as '{speaker}_{index}'");
  options.test_where.clear();
  options.valid_share = 0;
  put("another.wav", wav(tone(500, 400)));
  const DensityTask task(options);
  EXPECT_EQ(task.sequences(Part::train).size(), 9);
  EXPECT_EQ(task.sequences(Part::test).size(), 0);
  EXPECT_TRUE(task.baselines().empty());
}

TEST_F(SpokenDensityTest, SaysWhichRecordingOrOptionIsWrong) {
  DensityOptions options = tones();
  options.test_where = "index=12";
  EXPECT_THAT(wrong(options), HasSubstr("task.data.test_where: no file has index 12; "));
  options = tones();
  options.features.kind = "mfcc";
  EXPECT_EQ(wrong(options), "task.data.features.coefficients: 13 of 8 filters; ask for at most as many as there are filters");
  options = tones();
  options.valid_share = 0.01;
  EXPECT_EQ(wrong(options), "set: task.data.valid_share 0.01 of 6 rows is none; raise it, or set it to 0");
  options = tones();
  options.features.kind = "waveform";
  options.features.window_ms = options.features.hop_ms = 50;
  for (int index = 1; index < 4; ++index)
    for (const char* label : {"low", "high"}) put(fmt::format("{}_{}.wav", label, index), wav(std::vector<int16_t>(400, 0)));
  EXPECT_EQ(wrong(options), "set: value sample1 is 0 in the whole training part and cannot be standardised; give data in which it varies, or of recordings other task.data.features");
  put("low_1.wav", wav(tone(300, 800), 16000));
  EXPECT_EQ(wrong(options), "set: low_1.wav has 16000 samples a second, but high_0.wav has 8000; bring all recordings to one rate");
}

TEST_F(SpokenDensityTest, OtherFeaturesAreAnotherTask) {
  TaskOptions a;
  a.kind = "density";
  a.density = tones();
  for (const auto& change : {+[](DensityOptions& o) { o.features.hop_ms = 5; }, +[](DensityOptions& o) { o.test_where = "index=1"; },
                             +[](DensityOptions& o) { o.name = "{label}_{take}"; }, +[](DensityOptions& o) { o.valid_share = 0; }, +[](DensityOptions& o) { o.file += "x"; }}) {
    TaskOptions b = a;
    EXPECT_EQ(cache_key(a), cache_key(b));
    change(b.density);
    EXPECT_NE(cache_key(a), cache_key(b));
  }
}

TEST_F(DensityTest, SeriesThatDoNotVaryHaveNoScale) {
  DensityOptions options;
  options.format = "ucr";
  options.train = file("train.tsv", "1\t2\t2\n2\t2\t2\n1\t2\t2\n");
  options.test = file("test.tsv", "3\t2\t1\n");
  options.valid_share = 0;
  EXPECT_EQ(error_of([&] { DensityTask{options}; }), "train.tsv: all values of the training part are 2 and cannot be standardised; give series that vary");
}

TEST_F(DensityTest, TellsWhatIsWrong) {
  DensityOptions options = csv(0);
  options.train_share = 0.01;
  EXPECT_EQ(error_of([&] { DensityTask{options}; }), "x.csv: the training part has none of 7 rows; raise task.data.train_share");
  options = csv(0);
  options.csv = file("y.csv", "a\n1\n2\nx\n");
  EXPECT_THAT(error_of([&] { DensityTask{options}; }), HasSubstr("y.csv:4:1: 'x' in column 'a' is not a number"));
  options.csv = file("z.csv", "a\n1\n1\n1\n1\n1\n1\n");
  EXPECT_THAT(error_of([&] { DensityTask{options}; }), HasSubstr("z.csv: column 'a' is constant (1) in the training part"));
}

}  // namespace
}  // namespace recur::data
