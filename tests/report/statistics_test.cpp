#include "recur/report/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "recur/error/error.hpp"

namespace recur::report {
namespace {

using std::vector;

// Extra hours of sleep with two drugs, ten patients (Student 1908; the data set `sleep` of R).
const vector<double> kDrug1 = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
const vector<double> kDrug2 = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

// Depression scores before and after (Hollander and Wolfe 1973, table 3.1; the example of R's wilcox.test).
const vector<double> kBefore = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
const vector<double> kAfter = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};

vector<double> minus(const vector<double>& a, const vector<double>& b) {
  vector<double> d;
  for (size_t i = 0; i < a.size(); ++i) d.push_back(a[i] - b[i]);
  return d;
}

TEST(StatisticsTest, IntervalOfAMeanIsStudents) {
  // SciPy 1.17.1: stats.t.interval(.95, 9, loc=mean, scale=sem)
  const Estimate estimate = mean_interval(kDrug2);
  EXPECT_NEAR(estimate.mean, 2.33, 1e-12);
  EXPECT_NEAR(estimate.sd, 2.002248735796829, 1e-12);
  EXPECT_NEAR(estimate.interval.low, 0.8976775393767051, 1e-9);
  EXPECT_NEAR(estimate.interval.high, 3.7623224606232943, 1e-9);
  EXPECT_EQ(estimate.n, 10);
}

TEST(StatisticsTest, PairedTestOfTheSleepData) {
  // R 4: t.test(extra ~ group, sleep, paired = TRUE): t = -4.0621, df = 9, p = 0.002833, [-2.4598858, -0.7001142];
  // more digits from SciPy 1.17.1, stats.ttest_rel.
  const PairedTest test = paired_test(kDrug1, kDrug2);
  EXPECT_NEAR(test.difference.mean, -1.58, 1e-12);
  EXPECT_NEAR(test.t, -4.062127683382037, 1e-9);
  EXPECT_NEAR(test.p_t, 0.002832890197384273, 1e-9);
  EXPECT_NEAR(test.difference.interval.low, -2.459885763276983, 1e-9);
  EXPECT_NEAR(test.difference.interval.high, -0.7001142367230175, 1e-9);
}

TEST(StatisticsTest, SignedRanksAreExactForFewPairs) {
  // R 4: wilcox.test(x, y, paired = TRUE): V = 40, p = 0.03906.
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(minus(kBefore, kAfter)), 0.0390625);
  // By hand: ranks 1 2 3 4 5, W- = 2; of 32 sums, 0 1 2 and 13 14 15 lie as far out: 1 + 1 + 1 twice.
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(vector<double>{1, -2, 3, 4, 5.5}), 6.0 / 32);
  // All five of one sign: 2 / 2^5.
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(vector<double>{1, 2, 3, 4, 5}), 0.0625);
}

TEST(StatisticsTest, SignedRanksAreExactWithTiesAndZeros) {
  // By enumeration of all signs of the mean ranks (a loop of ten lines in Python).
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(vector<double>{1, 1, -1, 2, 2, 3, -4, 5, 0}), 0.25);
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(minus(kDrug1, kDrug2)), 0.00390625);
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(vector<double>{3, -1, 2, 2}), 0.25);
}

TEST(StatisticsTest, SignedRanksOfManyPairsAreApproximatedByANormal) {
  // SciPy 1.17.1: stats.wilcoxon(z, method='approx', correction=False)
  const vector<double> z = {0.65,  1.12, 0.63,  -1.0,  1.21,  0.75,  -0.24, 0.88,  0.66,  0.59,  0.33,  0.85,
                            -0.44, 0.14, -0.18, 0.9,   0.34,  0.01,  -0.48, 0.04,  0.31,  0.02,  1.59,  1.31,
                            -2.41, -1.59, 0.13, -0.12, 0.51,  0.52,  2.42,  -0.81, -0.08, 2.34,  0.95,  0.96,
                            -0.21, -1.35, 0.47, 0.41,  -0.93, -0.38, 0.23,  -0.64, 0.2,   0.4,   0.34,  -0.21,
                            0.89,  1.19, 0.62,  -0.52, 1.03,  -0.2,  1.18,  -0.77, 1.21,  0.28,  -0.95, -0.01};
  EXPECT_NEAR(wilcoxon_signed_rank(z), 0.01497116965618437, 1e-12);
}

TEST(StatisticsTest, HolmsCorrectionStepsDown) {
  // R 4: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") gives 0.03 0.06 0.06 0.02.
  const vector<double> adjusted = holm(vector<double>{0.01, 0.04, 0.03, 0.005});
  const vector<double> expected = {0.03, 0.06, 0.06, 0.02};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(adjusted[i], expected[i], 1e-15);
  EXPECT_EQ(holm(vector<double>{0.9, 0.8}), (vector<double>{1, 1}));
}

TEST(StatisticsTest, HolmLeavesOutWhatWasNotTested) {
  const vector<double> adjusted = holm(vector<double>{0.01, kNaN, 0.02});
  EXPECT_NEAR(adjusted[0], 0.02, 1e-15);
  EXPECT_TRUE(std::isnan(adjusted[1]));
  EXPECT_NEAR(adjusted[2], 0.02, 1e-15);
}

TEST(StatisticsTest, BootstrapIntervalsAgreeWithAnotherImplementation) {
  // SciPy 1.17.1: stats.bootstrap with 400,000 resamples; 0.05 covers the noise of 100,000 here.
  const vector<double> e = {12.1, 9.8, 14.3, 11.0, 10.2, 25.0, 9.1, 13.7, 8.8, 10.9};
  const Interval percentile = bootstrap_percentile(e, mean, 1, 100000);
  EXPECT_NEAR(percentile.low, 10.27, 0.05);
  EXPECT_NEAR(percentile.high, 15.66, 0.05);
  const Interval bca = bootstrap_bca(e, mean, 1, 100000);
  EXPECT_NEAR(bca.low, 10.64, 0.05);
  EXPECT_NEAR(bca.high, 17.23, 0.1);
  const Interval of_median = bootstrap_bca(e, median, 1, 20000);
  EXPECT_NEAR(of_median.low, 9.65, 0.3);
  EXPECT_NEAR(of_median.high, 13.7, 0.3);
}

TEST(StatisticsTest, TheSameSeedGivesTheSameBootstrap) {
  const Interval a = bootstrap_bca(kDrug1, mean, 7, 500), b = bootstrap_bca(kDrug1, mean, 7, 500);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_NE(bootstrap_bca(kDrug1, mean, 8, 500).low, a.low);
}

TEST(StatisticsTest, TooFewValuesGiveNaNAndNotANumber) {
  EXPECT_TRUE(std::isnan(mean({})));
  EXPECT_TRUE(std::isnan(sample_sd(vector<double>{1})));
  const Estimate one = mean_interval(vector<double>{3});
  EXPECT_EQ(one.mean, 3);
  EXPECT_TRUE(std::isnan(one.interval.low));
  const PairedTest pair = paired_test(vector<double>{3}, vector<double>{2});
  EXPECT_EQ(pair.difference.mean, 1);
  EXPECT_TRUE(std::isnan(pair.p_t));
  EXPECT_EQ(pair.p_wilcoxon, 1);
  EXPECT_TRUE(std::isnan(bootstrap_bca(vector<double>{1}, mean, 1).low));
  EXPECT_TRUE(std::isnan(wilcoxon_signed_rank({})));
}

TEST(StatisticsTest, EqualPairsDoNotDiffer) {
  const PairedTest test = paired_test(kDrug1, kDrug1);
  EXPECT_EQ(test.difference.mean, 0);
  EXPECT_EQ(test.p_t, 1);
  EXPECT_TRUE(std::isnan(test.p_wilcoxon));
}

TEST(StatisticsTest, RefusesWhatIsNotANumber) {
  EXPECT_THROW(mean(vector<double>{1, kNaN}), InvariantError);
  EXPECT_THROW(paired_test(vector<double>{1}, vector<double>{1, 2}), InvariantError);
}

TEST(StatisticsTest, SaysWhenThereIsTooLittleToConclude) {
  EXPECT_NE(caution(1).find("neither intervals nor tests"), std::string::npos);
  EXPECT_NE(caution(5).find("p = 0.0625"), std::string::npos);
  EXPECT_EQ(caution(6), "");
}

}  // namespace
}  // namespace recur::report
