#include "recur/report/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

#include "recur/error/error.hpp"

namespace recur::report {
namespace {

using boost::math::students_t;

void require_finite(std::span<const double> values) {
  for (size_t i = 0; i < values.size(); ++i) RECUR_CHECK(std::isfinite(values[i]), "value {} is {}", i, values[i]);
}

}  // namespace

double mean(std::span<const double> values) {
  require_finite(values);
  if (values.empty()) return kNaN;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double sample_sd(std::span<const double> values) {
  if (values.size() < 2) return kNaN;
  const double centre = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double median(std::span<const double> values) {
  require_finite(values);
  if (values.empty()) return kNaN;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

Estimate mean_interval(std::span<const double> values, double level) {
  RECUR_CHECK(level > 0 && level < 1, "level {}", level);
  Estimate estimate{mean(values), sample_sd(values), {}, static_cast<int64_t>(values.size())};
  if (estimate.n < 2) return estimate;
  const auto n = static_cast<double>(estimate.n);
  const double half = quantile(students_t(n - 1), 0.5 + level / 2) * estimate.sd / std::sqrt(n);
  estimate.interval = {estimate.mean - half, estimate.mean + half};
  return estimate;
}

PairedTest paired_test(std::span<const double> a, std::span<const double> b, double level) {
  RECUR_CHECK(a.size() == b.size(), "pairs need as many of both: {} and {}", a.size(), b.size());
  std::vector<double> differences(a.size());
  std::transform(a.begin(), a.end(), b.begin(), differences.begin(), std::minus<>());
  PairedTest test;
  test.difference = mean_interval(differences, level);
  test.p_wilcoxon = wilcoxon_signed_rank(differences);
  const Estimate& d = test.difference;
  if (d.n < 2) return test;
  if (d.sd == 0) {
    // Without scatter t is 0/0 or infinite: no difference at all, or the same one every time.
    test.t = d.mean == 0 ? 0 : std::copysign(std::numeric_limits<double>::infinity(), d.mean);
    test.p_t = d.mean == 0 ? 1 : 0;
    return test;
  }
  test.t = d.mean / (d.sd / std::sqrt(static_cast<double>(d.n)));
  test.p_t = 2 * cdf(complement(students_t(static_cast<double>(d.n - 1)), std::fabs(test.t)));
  return test;
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<size_t> order;
  for (size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size(), kNaN);
  double highest = 0;
  for (size_t k = 0; k < order.size(); ++k) {
    highest = std::max(highest, std::min(1.0, static_cast<double>(order.size() - k) * p[order[k]]));
    adjusted[order[k]] = highest;
  }
  return adjusted;
}

std::string caution(int64_t n) {
  if (n < 1) return "no replicate to compare";
  if (n == 1) return "1 replicate: neither intervals nor tests; run 6 or more";
  if (n < 6)
    return fmt::format("{} replicates are few: intervals are wide, and the signed-rank test cannot give less than "
                       "p = {:.4g}; run 6 or more", n, 2 / std::pow(2.0, static_cast<double>(n)));
  return "";
}

}  // namespace recur::report
