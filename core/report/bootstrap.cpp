// Bootstrap intervals (Efron and Tibshirani 1993, chapters 13 and 14).
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <optional>

#include "recur/error/error.hpp"
#include "recur/random/stream.hpp"
#include "recur/report/statistics.hpp"

namespace recur::report {
namespace {

std::vector<double> resampled(std::span<const double> values, const Statistic& statistic, uint64_t seed,
                              int64_t resamples) {
  RECUR_CHECK(resamples > 0, "resamples {}", resamples);
  Stream stream(seed, 0, "report/bootstrap");
  std::vector<double> sample(values.size()), out;
  out.reserve(static_cast<size_t>(resamples));
  for (int64_t i = 0; i < resamples; ++i) {
    for (double& value : sample) value = values[stream.below(values.size())];
    out.push_back(statistic(sample));
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Of sorted values, linear between neighbours.
double quantile_of(const std::vector<double>& sorted, double p) {
  const double place = std::clamp(p, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// Equation 14.15; nullopt where leaving out a value never changes the statistic.
std::optional<double> acceleration(std::span<const double> values, const Statistic& statistic) {
  std::vector<double> left_out;
  for (size_t i = 0; i < values.size(); ++i) {
    std::vector<double> rest(values.begin(), values.end());
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    left_out.push_back(statistic(rest));
  }
  const double centre = mean(left_out);
  double squares = 0, cubes = 0;
  for (const double value : left_out) {
    const double d = centre - value;
    squares += d * d;
    cubes += d * d * d;
  }
  if (squares == 0) return std::nullopt;
  return cubes / (6 * std::pow(squares, 1.5));
}

}  // namespace

Interval bootstrap_percentile(std::span<const double> values, const Statistic& statistic, uint64_t seed,
                              int64_t resamples, double level) {
  if (values.size() < 2) return {};
  const std::vector<double> sorted = resampled(values, statistic, seed, resamples);
  return {quantile_of(sorted, (1 - level) / 2), quantile_of(sorted, (1 + level) / 2)};
}

Interval bootstrap_bca(std::span<const double> values, const Statistic& statistic, uint64_t seed, int64_t resamples,
                       double level) {
  if (values.size() < 2) return {};
  const std::vector<double> sorted = resampled(values, statistic, seed, resamples);
  const double observed = statistic(values);
  const std::optional<double> a = values.size() < 3 ? std::nullopt : acceleration(values, statistic);
  // The bias, equation 14.14; resamples that equal the observed value count half, which matters for medians.
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), observed);
  const double below = (static_cast<double>(first - sorted.begin()) + static_cast<double>(last - sorted.begin())) / 2 /
                       static_cast<double>(sorted.size());
  if (!a || below <= 0 || below >= 1)
    return {quantile_of(sorted, (1 - level) / 2), quantile_of(sorted, (1 + level) / 2)};
  const boost::math::normal standard;
  const double z0 = quantile(standard, below);
  const auto corrected = [&](double p) {
    const double z = z0 + quantile(standard, p);
    return cdf(standard, z0 + z / (1 - *a * z));
  };
  return {quantile_of(sorted, corrected((1 - level) / 2)), quantile_of(sorted, corrected((1 + level) / 2))};
}

}  // namespace recur::report
