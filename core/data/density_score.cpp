#include "recur/data/density_score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "recur/error/error.hpp"

namespace recur::data {

void DensityScore::add(const Outcome& outcome) {
  nats_ += outcome.nats;
  counted_ += outcome.counted;
  if (draws_ == 1) return;
  const auto N = static_cast<size_t>(outcome.batch);
  RECUR_CHECK(N > 0 && !outcome.predictions.empty() && outcome.predictions.size() % (2 * N) == 0, "{} predictions of {} rows", outcome.predictions.size(), N);
  const size_t T = outcome.predictions.size() / (2 * N);
  for (size_t n = 0; n < N; ++n) {
    const size_t length = outcome.lengths.empty() ? T : static_cast<size_t>(outcome.lengths[n]);
    double log_weight = 0;
    for (size_t t = 0; t < length; ++t) log_weight += static_cast<double>(outcome.predictions[(t * N + n) * 2 + 1]);
    add_row(log_weight, static_cast<int64_t>(length), outcome.group == 1 ? draws_ : 1);
  }
}

void DensityScore::add_row(double log_weight, int64_t steps, int64_t draws) {
  pending_.push_back(log_weight);
  if (static_cast<int64_t>(pending_.size()) < draws) return;
  const double largest = *std::max_element(pending_.begin(), pending_.end());
  double sum = 0;
  for (const double each : pending_) sum += std::exp(each - largest);
  weighted_nats_ -= largest + std::log(sum / static_cast<double>(draws));
  weighted_steps_ += steps;
  pending_.clear();
}

std::vector<double> DensityScore::values() const {
  const auto mean = [](double sum, int64_t count) { return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN(); };
  std::vector<double> values{mean(nats_, counted_)};
  if (draws_ > 1) values.push_back(mean(weighted_nats_, weighted_steps_));
  return values;
}

std::vector<MetricInfo> DensityScore::metrics(int64_t draws) {
  std::vector<MetricInfo> metrics{{"nll", "negative log-likelihood, or a bound above it, in nats a step"}};
  if (draws > 1) metrics.push_back({"importance_nll", fmt::format("the same in nats a step, on the test part by {} draws of the latent variables of each sequence", draws)});
  return metrics;
}

}  // namespace recur::data
