#include "recur/data/anomaly.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "filled.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AnomalyTest : public Scratch {
 protected:
  // A file of a corpus, in folders that are made.
  void member(const std::string& name, const std::string& contents) const {
    std::filesystem::create_directories(std::filesystem::path(path("corpus/" + name)).parent_path());
    file("corpus/" + name, contents);
  }
  AnomalyOptions corpus(const std::string& format) const {
    AnomalyOptions options;
    options.format = format;
    options.archive = path("corpus");
    options.steps = 2;
    options.warm_up = 1;
    options.valid_share = 0.25;
    options.train_rows = 4;
    return options;
  }
  AnomalyOptions ucr() const {
    AnomalyOptions options;
    options.format = "ucr";
    options.train = file("train.tsv", "1\t0\t2\n1\t2\t0\n2\t7\t7\n1\t0\t2\n1\t2\t0\n");
    options.test = file("test.tsv", "1\t0\t2\n5\t3\t5\n2\t0\t0\n");
    options.valid_share = 0.25;
    return options;
  }
};

// Negative log-likelihoods of the test part's steps, batch by batch, as a model would give them; row by row in nats[row][t].
AnomalyScore scored(const AnomalyTask& task, const std::vector<std::vector<float>>& nats, int64_t batch_size) {
  AnomalyScore score(task.targets());
  const auto batches = task.batches(Part::test, batch_size);
  size_t row = 0;
  for (int64_t b = 0; b < batches->size(); ++b) {
    const Filled batch(task, *batches, b);
    const auto N = static_cast<size_t>(batch.shape.batch), T = static_cast<size_t>(batch.shape.time);
    std::vector<float> predictions(T * N * 2, 99);
    Outcome outcome;
    for (size_t n = 0; n < N; ++n, ++row) {
      EXPECT_EQ(nats[row].size(), batch.lengths.empty() ? T : static_cast<size_t>(batch.lengths[n]));
      for (size_t t = 0; t < nats[row].size(); ++t) {
        predictions[(t * N + n) * 2] = -nats[row][t];
        if (batch.counts.empty() || batch.counts[t * N + n] > 0) outcome.nats += static_cast<double>(nats[row][t]);
      }
    }
    outcome.predictions = predictions;
    outcome.lengths = batch.lengths;
    outcome.counts = batch.counts;
    outcome.batch = batch.shape.batch;
    outcome.group = batch.shape.group;
    outcome.counted = batch.shape.counted;
    score.add(outcome);
  }
  return score;
}

TEST_F(AnomalyTest, SequencesOfAnotherClassAreAnomalous) {
  const AnomalyTask task(ucr());
  EXPECT_EQ(task.sequences(Part::train).size(), 3);
  EXPECT_EQ(task.sequences(Part::valid).size(), 1);
  EXPECT_THAT(task.targets().anomalous, ElementsAre(0, 1, 1));
  EXPECT_THAT(task.sequences(Part::test).values, ElementsAre(-1, 1, 2, 4, -1, -1));  // mean 1, deviation 1 of the training part
  EXPECT_FALSE(task.spec().has_lengths);
  EXPECT_FALSE(task.spec().has_counts);
  for (const int64_t batch_size : {1, 2, 8}) {
    // Means 2, 3 and 1: of the pairs normal, anomalous one is right.
    const AnomalyScore score = scored(task, {{1, 3}, {3, 3}, {2, 0}}, batch_size);
    EXPECT_THAT(score.values(), ElementsAre(DoubleEq(2), DoubleEq(0.5), DoubleEq(0.5 * 1 + 0.5 * 2.0 / 3), DoubleEq(0.8), DoubleEq(2.0 / 3), DoubleEq(1), DoubleEq(1)));
    EXPECT_EQ(score.details(), "3 sequences, 2 of them anomalous\nat the threshold of the best f1: 2 of 2 found, 1 false alarms\n");
  }
}

TEST_F(AnomalyTest, ZScoresAreOfASequenceAndOfEachTime) {
  const std::vector<Baseline> baselines = AnomalyTask(ucr()).baselines();
  ASSERT_EQ(baselines.size(), 6u);
  EXPECT_EQ(baselines[0].name, "constant");
  EXPECT_DOUBLE_EQ(baselines[0].values[1], 0.5);
  EXPECT_EQ(baselines[1].name, "zscore_mean");
  EXPECT_DOUBLE_EQ(baselines[1].values[1], 0.75);  // 1, 3 and 1: one right, one tie
  EXPECT_EQ(baselines[2].part, Part::valid);
  EXPECT_TRUE(std::isnan(baselines[2].values[1]));
  EXPECT_TRUE(std::isfinite(baselines[2].values[0]));
  EXPECT_EQ(baselines[5].name, "position_zscore");
}

TEST_F(AnomalyTest, SkabLearnsFromTheFirstRowsOfEachFile) {
  member("free.csv", "datetime;a;b\n1;1;5\n2;3;5\n3;1;5\n4;3;5\n");
  member("x/1.csv", "datetime;a;b;anomaly;changepoint\n1;10;1;0;0\n2;30;3;0;0\n3;99;3;1;1\n4;10;1;0;1\n5;30;3;0;0\n6;50;1;1;0\n7;10;1;0;0\n");
  const AnomalyTask task(corpus("skab"));
  EXPECT_EQ(task.encoding().columns, (std::vector<std::string>{"a", "b"}));
  const Sequences &train = task.sequences(Part::train), &valid = task.sequences(Part::valid), &test = task.sequences(Part::test);
  // free.csv 0 ... 2, of which b is constant and only centred; 1.csv 0 and 1. Its row 2 is anomalous.
  EXPECT_THAT(train.begin, ElementsAre(0, 2, 4, 6));
  EXPECT_THAT(train.counts, ElementsAre(1, 1, 0, 1, 1, 1));
  EXPECT_THAT(std::vector<float>(train.values.begin(), train.values.begin() + 8), ElementsAre(-1, 0, 1, 0, 1, 0, -1, 0));
  EXPECT_THAT(valid.begin, ElementsAre(0, 2, 3));
  EXPECT_THAT(valid.counts, ElementsAre(0, 1, 1));
  EXPECT_THAT(test.begin, ElementsAre(0, 3, 5));
  EXPECT_THAT(test.counts, ElementsAre(0, 1, 1, 0, 1));
  EXPECT_THAT(task.targets().anomalous, ElementsAre(0, 1, 0));
  for (const int64_t batch_size : {1, 4}) {
    const AnomalyScore score = scored(task, {{9, 1, 3}, {9, 2}}, batch_size);
    EXPECT_THAT(score.values(), ElementsAre(DoubleEq(2), 1, 1, 1, 1, 1, 3));
  }
  AnomalyOptions options = corpus("skab");
  options.test_learned = true;
  EXPECT_THAT(AnomalyTask(options).targets().anomalous, ElementsAre(0, 0, 1, 0, 0, 1, 0));
  options.anomaly_free = false;
  EXPECT_EQ(AnomalyTask(options).sequences(Part::train).size(), 1);
}

TEST_F(AnomalyTest, AveragesScoresBackwardsWithinASeries) {
  member("1.csv", "a;anomaly\n1;0\n2;0\n1;0\n2;0\n1;0\n2;1\n1;0\n");
  member("2.csv", "a;anomaly\n1;0\n2;0\n1;0\n2;0\n1;0\n");
  AnomalyOptions options = corpus("skab");
  options.average = 2;
  options.steps = 10;
  const AnomalyTask task(options);
  // 4, 8, 2 become 4, 6, 5; 5 stays.
  EXPECT_THAT(scored(task, {{0, 4, 8, 2}, {0, 5}}, 1).values(), ElementsAre(DoubleEq(19 / 4.0), 1, 1, 1, 1, 1, 6));
  EXPECT_TRUE(std::isnan(AnomalyScore(task.targets()).values()[1])) << "a part that is not scored has nothing to average";
}

TEST_F(AnomalyTest, NabLabelsWindowsAndLearnsFromProbation) {
  std::string series = "timestamp,value\n";
  for (int hour = 0; hour < 20; ++hour) series += fmt::format("2014-04-01 {:02}:00:00,{}\n", hour, hour % 2);
  member("data/real/a.csv", series);
  member("labels/combined_windows.json", R"({"real/a.csv": [["2014-04-01 05:00:00.000000", "2014-04-01 06:00:00.000000"], ["2014-04-01 19:00:00.000000", "2014-04-02 00:00:00.000000"]]})");
  AnomalyOptions options = corpus("nab");
  options.valid_share = 0.4;
  const AnomalyTask task(options);
  EXPECT_EQ(task.sequences(Part::train).begin.back(), 2);  // 15 % of 20 are 3, of which the last is for validation
  EXPECT_THAT(task.targets().anomalous, ElementsAre(0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
  EXPECT_EQ(task.baselines()[1].name, "zscore");
  const std::vector<Fact> facts = task.facts();
  EXPECT_EQ(facts.back().value, "9 sequences, 17 steps; 3 of 17 steps are anomalous");
  EXPECT_EQ(facts[facts.size() - 2].value, "1 sequences, 1 steps; none is anomalous, so that only nll is defined");
}

TEST_F(AnomalyTest, ReadsNormalAndLabelledFilesOfOnesOwn) {
  AnomalyOptions options = corpus("csv");
  options.train = file("normal.csv", "t,a,b\nx,1,1\ny,3,2\nz,1,1\nw,3,2\n");
  options.test = file("labelled.csv", "b,a,fault,t\n1,1,0,x\n2,5,1,y\n");
  options.label = "fault";
  const AnomalyTask task(options);
  EXPECT_EQ(task.sequences(Part::train).begin.back() + task.sequences(Part::valid).begin.back(), 6);  // two of them before others
  EXPECT_THAT(task.sequences(Part::test).values, ElementsAre(-1, -1, 3, 1));
  EXPECT_THAT(task.targets().anomalous, ElementsAre(0, 1));
  options.train = file("marked.csv", "a,b,fault\n1,1,0\n3,2,1\n");
  EXPECT_THAT(error_of([&] { AnomalyTask{options}; }), HasSubstr("marked.csv: column 'fault' marks rows as anomalous"));
  options.train = file("normal2.csv", "a,b\n1,1\n3,2\n");
  options.label = "none";
  EXPECT_THAT(error_of([&] { AnomalyTask{options}; }), HasSubstr("labelled.csv:1: no column 'none'"));
}

TEST_F(AnomalyTest, APartWithoutLabelsSaysThatNothingIsToBeFound) {
  const AnomalyTask task(ucr());
  AnomalyScore score(task.targets());
  EXPECT_TRUE(std::isnan(score.values()[0]));
  Outcome outcome;
  outcome.nats = 6, outcome.counted = 2, outcome.batch = 1;
  score.add(outcome);
  EXPECT_EQ(score.values()[0], 3);
  EXPECT_TRUE(std::isnan(score.values()[1]));
  EXPECT_THAT(score.details(), HasSubstr("no labels in this part"));

  AnomalyOptions options = ucr();
  options.test = file("all_normal.tsv", "1\t0\t2\n1\t3\t5\n");
  const AnomalyTask normal(options);
  const AnomalyScore of_one_kind = scored(normal, {{1, 3}, {3, 3}}, 2);
  EXPECT_TRUE(std::isnan(of_one_kind.values()[1]));
  EXPECT_THAT(of_one_kind.details(), HasSubstr("2 sequences, 0 of them anomalous: of one kind alone"));
  EXPECT_THAT(scored(task, {{NAN, 3}, {3, 3}, {1, 1}}, 2).details(), HasSubstr("none that is a number"));
}

TEST_F(AnomalyTest, TellsWhatIsWrong) {
  AnomalyOptions options = ucr();
  options.normal = "9";
  EXPECT_EQ(error_of([&] { AnomalyTask{options}; }), "train.tsv: has no sequence of class '9'; give one of its classes as task.data.normal");

  const std::string good = "a;anomaly\n1;0\n2;0\n1;0\n2;0\n1;1\n2;0\n";
  member("1.csv", good);
  EXPECT_EQ(error_of([&] { AnomalyTask{corpus("skab")}; }), "");
  member("2.csv", "a;anomaly\n1;0\n2;zero\n");
  EXPECT_THAT(error_of([&] { AnomalyTask{corpus("skab")}; }), HasSubstr("corpus:2.csv:3:3: 'zero' in column 'anomaly' is not a number"));
  member("2.csv", "b;anomaly\n1;0\n2;0\n");
  EXPECT_THAT(error_of([&] { AnomalyTask{corpus("skab")}; }), HasSubstr("corpus:2.csv:1: has the columns b, but other files have a"));
  member("2.csv", "a;anomaly\n1;0\n2;0\n");
  EXPECT_THAT(error_of([&] { AnomalyTask{corpus("skab")}; }), HasSubstr("corpus:2.csv: has 2 rows, and the first 4 are learned from"));
  member("2.csv", "");
  EXPECT_THAT(error_of([&] { AnomalyTask{corpus("skab")}; }), HasSubstr("corpus:2.csv: is empty"));
  member("2.csv", "a;anomaly\n1;1\n2;1\n1;1\n2;1\n1;1\n2;0\n");
  EXPECT_THAT(error_of([&] { AnomalyTask{corpus("skab")}; }), HasSubstr("corpus:2.csv: none of the first 4 rows, which are learned from, is normal"));
  member("1.csv", "a\n1\n2\n");
  member("2.csv", "a\n1\n2\n");
  EXPECT_THAT(error_of([&] { AnomalyTask{corpus("skab")}; }), HasSubstr("corpus: the valid part is empty"));
}

TEST_F(AnomalyTest, TellsWhatIsWrongWithNab) {
  EXPECT_THAT(error_of([&] { AnomalyTask{corpus("nab")}; }), HasSubstr("corpus"));
  std::string series = "timestamp,value\n";
  for (int hour = 0; hour < 20; ++hour) series += fmt::format("2014-04-01 {:02}:00:00,{}\n", hour, hour % 2);
  member("data/a.csv", series);
  EXPECT_THAT(error_of([&] { AnomalyTask{corpus("nab")}; }), HasSubstr("holds no file whose name ends in labels/combined_windows.json"));
  const auto error_with = [&](const std::string& windows) {
    member("labels/combined_windows.json", windows);
    return error_of([&] { AnomalyTask{corpus("nab")}; });
  };
  EXPECT_THAT(error_with("{"), HasSubstr("corpus:labels/combined_windows.json: is no JSON object of windows"));
  EXPECT_THAT(error_with("{}"), HasSubstr("corpus:data/a.csv: "));
  EXPECT_THAT(error_with(R"({"a.csv": [["2014-04-01 05:00:00"]]})"), HasSubstr("data/a.csv: expected a list of windows"));
  EXPECT_THAT(error_with(R"({"a.csv": [["2014-04-01 06:00:00", "2014-04-01 05:00:00"]]})"), HasSubstr("two timestamps such as"));
  EXPECT_THAT(error_with(R"({"a.csv": [], "b.csv": []})"), HasSubstr("has 1 series, but labels/combined_windows.json has windows for 2"));
  member("data/a.csv", "timestamp,value\n2014-04-01 05:00:00,1\n");
  EXPECT_THAT(error_with(R"({"a.csv": []})"), HasSubstr("has 1 rows; 15 % of them are too few"));
  member("data/a.csv", "time,value\n2014-04-01 05:00:00,1\n");
  EXPECT_THAT(error_with(R"({"a.csv": []})"), HasSubstr("no column 'timestamp'"));
}

}  // namespace
}  // namespace recur::data
