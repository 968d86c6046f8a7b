#include "recur/data/forecast.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "recur/random/stream.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

// One batch with memory of its own.
struct Filled {
  BatchShape shape;
  std::vector<float> x, y;
  Filled(const Batches& batches, int64_t batch, int64_t columns, int64_t outputs)
      : shape(batches.shape(batch)),
        x(static_cast<size_t>(shape.time * shape.batch * columns)),
        y(static_cast<size_t>(shape.batch * outputs)) {
    batches.fill(batch, {.x = x, .tokens = {}, .y = y, .labels = {}, .lengths = {}});
  }
};

class ForecastTest : public Scratch {
 protected:
  // value(row) = row^2, so that no two windows are alike.
  ForecastOptions squares(int64_t rows, int64_t window, int64_t horizon) const {
    std::string text = "v\n";
    for (int64_t r = 0; r < rows; ++r) text += std::to_string(r * r) + "\n";
    ForecastOptions options;
    options.csv = file("squares.csv", text);
    options.window = window;
    options.horizon = horizon;
    options.split = {0.6, 0.2, 0.2};
    return options;
  }
  // The row whose value a standardised one is.
  static int64_t row_of(const ForecastTask& task, float standardized) {
    const double value = task.standardizer().mean()[0] + task.standardizer().deviation()[0] * static_cast<double>(standardized);
    return std::lround(std::sqrt(std::abs(value)));
  }
};

TEST_F(ForecastTest, StandardisesWithTheTrainingPartAlone) {
  ForecastOptions options;
  options.csv = file("x.csv", "v\n1\n3\n1\n3\n1\n3\n500\n900\n-77\n12\n");
  options.window = 2;
  options.split = {0.6, 0.2, 0.2};
  const ForecastTask task(options);
  EXPECT_EQ(task.standardizer().mean(), std::vector<double>{2});
  EXPECT_EQ(task.standardizer().deviation(), std::vector<double>{1});
}

TEST_F(ForecastTest, TargetsStayInTheirPartAndWindowsReachBack) {
  const ForecastTask task(squares(20, 3, 2));  // train 0-11, valid 12-15, test 16-19
  EXPECT_EQ(task.examples(Part::train), (Range{3, 11}));
  EXPECT_EQ(task.examples(Part::valid), (Range{12, 15}));
  EXPECT_EQ(task.examples(Part::test), (Range{16, 19}));
  const auto valid = task.batches(Part::valid, 8);
  ASSERT_EQ(valid->size(), 1);
  const Filled batch(*valid, 0, 1, 2);
  EXPECT_EQ(batch.shape, (BatchShape{.time = 3, .batch = 3, .counted = 6}));
  for (int64_t n = 0; n < 3; ++n) {
    for (int64_t t = 0; t < 3; ++t) EXPECT_EQ(row_of(task, batch.x[static_cast<size_t>(t * 3 + n)]), 9 + n + t);
    for (int64_t h = 0; h < 2; ++h) EXPECT_EQ(row_of(task, batch.y[static_cast<size_t>(n * 2 + h)]), 12 + n + h);
  }
}

TEST_F(ForecastTest, LaysOutSeveralColumnsAsTimeByBatchByColumn) {
  ForecastOptions options;
  options.csv = file("x.csv", "d,a,b\nx,0,10\nx,1,20\nx,2,30\nx,3,40\nx,9,70\n");
  options.columns = {"b", "a"};
  options.window = 2;
  options.horizon = 2;
  options.split = {0.8, 0, 0};
  const ForecastTask task(options);
  EXPECT_EQ(task.spec().input.width, 2);
  EXPECT_EQ(task.spec().output.width, 4);
  const Filled batch(*task.batches(Part::train, 4), 0, 2, 4);
  EXPECT_EQ(batch.shape, (BatchShape{.time = 2, .batch = 1, .counted = 4}));
  std::vector<double> x(4), y(4);
  task.standardizer().restore(batch.x, x);
  task.standardizer().restore(batch.y, y);
  const std::vector<double> expected_x{10, 0, 20, 1}, expected_y{30, 2, 40, 3};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(x[i], expected_x[i], 1e-5);
    EXPECT_NEAR(y[i], expected_y[i], 1e-5);
  }
}

TEST_F(ForecastTest, AnEpochIsAPermutationOfTheExamplesAndKeepsTheLastBatch) {
  const ForecastTask task(squares(50, 4, 1));  // 26 training examples, targets 4-29
  const auto batches = task.batches(Part::train, 8);
  batches->start_epoch(7, 2, 3);
  ASSERT_EQ(batches->size(), 4);
  std::vector<int64_t> targets;
  for (int64_t b = 0; b < 4; ++b) {
    const Filled batch(*batches, b, 1, 1);
    EXPECT_EQ(batch.shape.batch, b < 3 ? 8 : 2);
    for (const float y : batch.y) targets.push_back(row_of(task, y));
  }
  const std::vector<uint32_t> order = Stream(7, 2, "batches/epoch-3").permutation(26);
  ASSERT_EQ(targets.size(), order.size());
  for (size_t i = 0; i < order.size(); ++i) EXPECT_EQ(targets[i], 4 + int64_t{order[i]});
}

TEST_F(ForecastTest, TheOrderDependsOnSeedReplicateAndEpochAlone) {
  const ForecastTask task(squares(50, 4, 1));
  const auto order = [&](uint64_t seed, uint64_t replicate, int64_t epoch) {
    const auto batches = task.batches(Part::train, 32);
    batches->start_epoch(seed, replicate, epoch);
    return Filled(*batches, 0, 1, 1).y;
  };
  const auto first = order(1, 0, 0);
  EXPECT_EQ(first, order(1, 0, 0));
  EXPECT_NE(first, order(2, 0, 0));
  EXPECT_NE(first, order(1, 1, 0));
  EXPECT_NE(first, order(1, 0, 1));
}

TEST_F(ForecastTest, ValidAndTestStayInTheirOwnOrder) {
  const ForecastTask task(squares(50, 4, 1));
  const auto batches = task.batches(Part::test, 32);
  const auto before = Filled(*batches, 0, 1, 1).y;
  batches->start_epoch(1, 0, 5);
  EXPECT_EQ(before, Filled(*batches, 0, 1, 1).y);
  EXPECT_TRUE(std::is_sorted(before.begin(), before.end()));
}

TEST_F(ForecastTest, BaselinesAreWorkedOutOnTheSameTargets) {
  ForecastOptions options;  // train 0-5, valid 6-8, test 9-11; horizon 2: two examples each
  options.csv = file("x.csv", "v\n1\n2\n4\n2\n3\n5\n4\n2\n8\n5\n5\n5\n");
  options.window = 2;
  options.horizon = 2;
  options.season = 3;
  options.split = {0.5, 0.25, 0.25};
  const ForecastTask task(options);
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 4u);
  // MASE scale: |2-1| |3-2| |5-4| over 3 = 1.
  // Persistence on valid: from 5: 4 2, errors 1 3; from 4: 2 8, errors 2 -4.
  EXPECT_EQ(baselines[0].name, "persistence");
  EXPECT_EQ(baselines[0].part, Part::valid);
  EXPECT_EQ(baselines[0].values, (std::vector<double>{std::sqrt(30 / 4.0), 2.5, 2.5}));
  // Seasonal: rows 6 7 as 3 4 (2 3), rows 7 8 as 4 5 (3 5); errors -2 1 1 -3.
  EXPECT_EQ(baselines[1].name, "seasonal_naive");
  EXPECT_EQ(baselines[1].values, (std::vector<double>{std::sqrt(15 / 4.0), 7 / 4.0, 7 / 4.0}));
  // Test: errors 3 3 0 0 of persistence; rows 9 10 as 6 7 (4 2), rows 10 11 as 7 8 (2 8): -1 -3 -3 3.
  EXPECT_EQ(baselines[2].part, Part::test);
  EXPECT_EQ(baselines[2].values, (std::vector<double>{std::sqrt(18 / 4.0), 1.5, 1.5}));
  EXPECT_EQ(baselines[3].values, (std::vector<double>{std::sqrt(28 / 4.0), 2.5, 2.5}));
}

TEST_F(ForecastTest, ASeasonShorterThanTheHorizonIsRepeated) {
  ForecastOptions options;  // valid 6-11: 1 2 1 2 1 5 as if the season went on
  options.csv = file("x.csv", "v\n1\n3\n1\n2\n1\n2\n1\n2\n1\n2\n1\n5\n");
  options.window = 1;
  options.horizon = 5;
  options.season = 2;
  options.split = {0.5, 0.5, 0};
  const ForecastTask task(options);
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 2u);
  EXPECT_EQ(baselines[1].values[1], 3 / 10.0);  // only the 5 is missed, in one of two examples of five steps
}

TEST_F(ForecastTest, WithoutASeasonOnlyPersistenceIsReportedAndMaseIsScaledByIt) {
  ForecastOptions options = squares(20, 3, 1);
  const ForecastTask task(options);
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 2u);
  EXPECT_EQ(baselines[0].name, "persistence");
  // Changes are 2r - 1: mean 11 over rows 1-11, mean (23 + 25 + 27 + 29) / 4 over rows 12-15.
  EXPECT_DOUBLE_EQ(baselines[0].values[2], 26 / 11.0);
}

TEST_F(ForecastTest, AScoreOfPerfectPredictionsIsZero) {
  const ForecastTask task(squares(20, 3, 2));
  const Filled batch(*task.batches(Part::valid, 8), 0, 1, 2);
  const auto score = task.score();
  score->add({.predictions = batch.y, .y = batch.y});
  EXPECT_EQ(score->values(), (std::vector<double>{0, 0, 0}));
}

TEST_F(ForecastTest, TheEncodingRestoresTheDatasOwnUnits) {
  const ForecastTask task(squares(20, 3, 2));
  const Encoding encoding = task.encoding();
  EXPECT_EQ(encoding.kind, "forecast");
  EXPECT_EQ(encoding.columns, std::vector<std::string>{"v"});
  EXPECT_EQ(encoding.window, 3);
  EXPECT_EQ(encoding.horizon, 2);
  EXPECT_EQ(Standardizer(encoding.mean, encoding.deviation).mean(), task.standardizer().mean());
}

TEST_F(ForecastTest, TellsOfPartsThatAreTooShort) {
  const auto error = [&](const ForecastOptions& options) { return error_of([&] { ForecastTask task(options); }); };
  EXPECT_EQ(error(squares(20, 12, 1)),
            "squares.csv: the training part has 12 of 20 rows, but window 12 + horizon 1 needs 13; take a smaller "
            "task.window or a larger task.split.train");
  EXPECT_EQ(error(squares(20, 3, 5)),
            "squares.csv: the valid part has 4 of 20 rows, but horizon 5 needs 5; take a smaller task.horizon or a larger "
            "task.split.valid, or leave the part out with task.split.valid: 0");
  ForecastOptions options = squares(20, 3, 1);
  options.season = 12;
  EXPECT_EQ(error(options), "squares.csv: task.season 12 does not fit the training part of 12 rows; take a smaller "
                            "task.season or a larger task.split.train");
}

TEST_F(ForecastTest, TellsOfASeasonThatLeavesMaseWithoutAScale) {
  ForecastOptions options;
  options.csv = file("x.csv", "v\n1\n2\n1\n2\n1\n2\n1\n2\n1\n2\n");
  options.window = 2;
  options.season = 2;
  EXPECT_EQ(error_of([&] { ForecastTask task(options); }),
            "x.csv: column 'v' repeats exactly every 2 steps in the training part, so that mase has no scale; take another "
            "task.season, or 0 for none");
}

TEST_F(ForecastTest, APartThatIsLeftOutHasNoBatches) {
  ForecastOptions options = squares(20, 3, 1);
  options.split = {0.8, 0.2, 0};
  const ForecastTask task(options);
  EXPECT_EQ(task.batches(Part::test, 4)->size(), 0);
  EXPECT_EQ(task.baselines().size(), 1u);
}

TEST_F(ForecastTest, SaysHowLargeThePartsAre) {
  const ForecastTask task(squares(20, 3, 2));
  std::vector<std::string> lines;
  for (const Fact& fact : task.facts()) lines.push_back(fact.name + ": " + fact.value);
  EXPECT_EQ(lines[1], "rows: 20");
  EXPECT_EQ(lines[2], "columns: v");
  EXPECT_EQ(lines[3], "train: 12 rows, 8 examples");
}

}  // namespace
}  // namespace recur::data
