// Statistics for comparing a handful of paired replicates: intervals, paired tests, corrections.
//
// Every function takes finite numbers; an InvariantError says where one is not. Quantities that need more values than
// there are come back as NaN, never as a made-up number; caution() puts that in words.
//
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace recur::report {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Interval {
  double low = kNaN;
  double high = kNaN;
};

struct Estimate {
  double mean = kNaN;
  double sd = kNaN;   // of the sample (n - 1); NaN for n < 2
  Interval interval;  // of the mean; NaN for n < 2
  int64_t n = 0;
};

double mean(std::span<const double> values);                // NaN for none
double sample_sd(std::span<const double> values);           // divides by n - 1; NaN for n < 2
double median(std::span<const double> values);              // NaN for none
// Mean with Student's t interval, mean +- t(level, n-1) sd / sqrt(n) (Student 1908).
Estimate mean_interval(std::span<const double> values, double level = 0.95);

struct PairedTest {
  Estimate difference;        // of a - b, pair by pair
  double t = kNaN;            // statistic, n - 1 degrees of freedom
  double p_t = kNaN;          // two-sided, paired t-test; NaN for n < 2; 1 where every difference is 0
  double p_wilcoxon = kNaN;   // two-sided, Wilcoxon's signed ranks; NaN for n < 1 or every difference 0
};

// a [n], b [n]: the same replicates in the same order.
PairedTest paired_test(std::span<const double> a, std::span<const double> b, double level = 0.95);

// Wilcoxon's signed-rank test, two-sided, of differences about 0. Zeros are dropped, ties get mean ranks (Wilcoxon 1945).
// Exact for up to 50 differences, also with ties (the distribution over all signs of the ranks at hand); above that
// the normal approximation with the correction for ties.
double wilcoxon_signed_rank(std::span<const double> differences);

// Holm's step-down correction (Holm 1979): adjusted p-values in the order given. NaN stays NaN and does not count.
std::vector<double> holm(std::span<const double> p);

using Statistic = std::function<double(std::span<const double>)>;

// Bootstrap intervals from `resamples` samples drawn with replacement by the stream that `seed` names; the same
// seed gives the same interval. NaN for n < 2.
// BCa corrects for bias and skewness (Efron 1987); it needs n >= 3 and falls back to percentiles where the
// jackknife is constant.
Interval bootstrap_percentile(std::span<const double> values, const Statistic& statistic, uint64_t seed,
                              int64_t resamples = 10000, double level = 0.95);
Interval bootstrap_bca(std::span<const double> values, const Statistic& statistic, uint64_t seed,
                       int64_t resamples = 10000, double level = 0.95);

// What n paired replicates cannot show, in one line; "" from 6 on. (With n pairs the smallest two-sided p of
// the signed-rank test is 2 / 2^n: 0.0625 for five.)
std::string caution(int64_t n);

}  // namespace recur::report
