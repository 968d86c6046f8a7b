// Wilcoxon's signed-rank test.
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

#include "recur/error/error.hpp"
#include "recur/report/statistics.hpp"

namespace recur::report {
namespace {

constexpr size_t kMostExact = 50;

// Twice the ranks of |d|, ties at their mean rank: twice, so that they are whole numbers.
std::vector<int64_t> doubled_ranks(const std::vector<double>& sorted) {
  std::vector<int64_t> ranks(sorted.size());
  for (size_t first = 0; first < sorted.size();) {
    size_t end = first;
    while (end < sorted.size() && sorted[end] == sorted[first]) ++end;
    for (size_t i = first; i < end; ++i) ranks[i] = static_cast<int64_t>(first + 1 + end);
    first = end;
  }
  return ranks;
}

// P(|W - E W| >= deviation) over all 2^n assignments of signs. count[s] is the number of subsets of ranks with
// (doubled) sum s; at most 2^50, so doubles hold it exactly.
double exact(const std::vector<int64_t>& ranks, int64_t positive) {
  const int64_t total = std::accumulate(ranks.begin(), ranks.end(), int64_t{0});
  std::vector<double> count(static_cast<size_t>(total) + 1, 0.0);
  count[0] = 1;
  for (const int64_t rank : ranks)
    for (int64_t s = total; s >= rank; --s) count[static_cast<size_t>(s)] += count[static_cast<size_t>(s - rank)];
  const int64_t deviation = std::abs(2 * positive - total);
  double as_far = 0;
  for (int64_t s = 0; s <= total; ++s)
    if (std::abs(2 * s - total) >= deviation) as_far += count[static_cast<size_t>(s)];
  return as_far / std::pow(2.0, static_cast<double>(ranks.size()));
}

// The variance given the ranks is the sum of their squares over 4, which is what the usual correction for ties gives.
double approximate(const std::vector<int64_t>& ranks, int64_t positive) {
  double total = 0, squares = 0;
  for (const int64_t rank : ranks) {
    const double r = static_cast<double>(rank) / 2;
    total += r;
    squares += r * r;
  }
  const double z = (static_cast<double>(positive) / 2 - total / 2) / std::sqrt(squares / 4);
  return 2 * cdf(complement(boost::math::normal(), std::fabs(z)));
}

}  // namespace

double wilcoxon_signed_rank(std::span<const double> differences) {
  std::vector<double> d;
  for (const double value : differences) {
    RECUR_CHECK(std::isfinite(value), "a difference is {}", value);
    if (value != 0) d.push_back(value);
  }
  if (d.empty()) return kNaN;
  std::sort(d.begin(), d.end(), [](double a, double b) { return std::fabs(a) < std::fabs(b); });
  std::vector<double> sizes(d.size());
  std::transform(d.begin(), d.end(), sizes.begin(), [](double value) { return std::fabs(value); });
  const std::vector<int64_t> ranks = doubled_ranks(sizes);
  int64_t positive = 0;
  for (size_t i = 0; i < d.size(); ++i)
    if (d[i] > 0) positive += ranks[i];
  return ranks.size() <= kMostExact ? exact(ranks, positive) : approximate(ranks, positive);
}

}  // namespace recur::report
