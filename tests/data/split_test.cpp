#include "recur/data/split.hpp"

#include <gtest/gtest.h>

#include "recur/data/standardizer.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

class SplitTest : public Scratch {};

TEST_F(SplitTest, CutsInOrderWithoutOverlapOrHole) {
  const PartRanges parts = split_in_order(2820, {0.7, 0.15, 0.15}, "x");
  EXPECT_EQ(parts[Part::train], (Range{0, 1974}));
  EXPECT_EQ(parts[Part::valid], (Range{1974, 2397}));
  EXPECT_EQ(parts[Part::test], (Range{2397, 2820}));
}

TEST_F(SplitTest, DoesNotLoseARowToTheBinaryFormOfAShare) {
  const PartRanges parts = split_in_order(10, {0.7, 0.2, 0.1}, "x");
  EXPECT_EQ(parts[Part::train].size(), 7);
  EXPECT_EQ(parts[Part::valid].size(), 2);
  EXPECT_EQ(parts[Part::test].size(), 1);
}

TEST_F(SplitTest, LeavesOutTheRestOfSharesBelowOne) {
  const PartRanges parts = split_in_order(100, {0.5, 0, 0.2}, "x");
  EXPECT_EQ(parts[Part::train], (Range{0, 50}));
  EXPECT_EQ(parts[Part::valid], (Range{50, 50}));
  EXPECT_EQ(parts[Part::test], (Range{50, 70}));
}

TEST_F(SplitTest, RefusesSharesThatMakeNoSense) {
  const auto error = [&](Split split) { return error_of([&] { split_in_order(10, split, "x.csv"); }); };
  EXPECT_EQ(error({0.8, 0.2, 0.2}), "x.csv: task.split: train 0.8 + valid 0.2 + test 0.2 is more than 1; lower one");
  EXPECT_EQ(error({0.8, -0.1, 0.2}), "x.csv: task.split.valid is -0.1; give a share of 0 or more");
  EXPECT_EQ(error({0, 0.5, 0.5}), "x.csv: task.split.train is 0; give the training part a share");
}

class StandardizerTest : public Scratch {};

TEST_F(StandardizerTest, GivesEachColumnMeanZeroAndDeviationOne) {
  const std::vector<double> values{1, 10, 3, 30};  // columns 1 3 and 10 30
  const Standardizer standardizer = Standardizer::fit(values, {"a", "b"}, "x");
  EXPECT_EQ(standardizer.mean(), (std::vector<double>{2, 20}));
  EXPECT_EQ(standardizer.deviation(), (std::vector<double>{1, 10}));
  std::vector<float> standardized(4);
  standardizer.apply(values, standardized);
  EXPECT_EQ(standardized, (std::vector<float>{-1, -1, 1, 1}));
  std::vector<double> restored(4);
  standardizer.restore(standardized, restored);
  EXPECT_EQ(restored, values);
}

TEST_F(StandardizerTest, KeepsTheDigitsOfASeriesFarFromZero) {
  const Standardizer standardizer = Standardizer::fit(std::vector<double>{1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3}, {"a"}, "x");
  EXPECT_DOUBLE_EQ(standardizer.deviation()[0], std::sqrt(1.25));
}

TEST_F(StandardizerTest, RefusesAConstantColumn) {
  EXPECT_EQ(error_of([] { Standardizer::fit(std::vector<double>{1, 5, 2, 5}, {"a", "b"}, "x.csv"); }),
            "x.csv: column 'b' is constant (5) in the training part and cannot be standardised; leave it out of "
            "task.data.columns");
}

}  // namespace
}  // namespace recur::data
