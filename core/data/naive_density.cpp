#include "naive_density.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "recur/error/error.hpp"

namespace recur::data {
namespace {

// Calls take(before, step) for every counted step; before: null at a sequence's first.
template <class Take>
void for_each_step(const Sequences& sequences, Take take) {
  for (int64_t s = 0; s < sequences.size(); ++s)
    for (int64_t t = sequences.begin[static_cast<size_t>(s)]; t < sequences.begin[static_cast<size_t>(s) + 1]; ++t) {
      if (!sequences.counts.empty() && sequences.counts[static_cast<size_t>(t)] == 0) continue;
      const float* const step = sequences.values.data() + t * sequences.features;
      take(t == sequences.begin[static_cast<size_t>(s)] ? nullptr : step - sequences.features, step);
    }
}

double gaussian_nats(double value, double mean, double deviation) {
  const double z = (value - mean) / deviation;
  return 0.5 * z * z + std::log(deviation) + 0.5 * std::log(2 * std::numbers::pi);
}

struct Moments {
  double n = 0, sum = 0, squares = 0;
  void add(double value) { n += 1, sum += value, squares += value * value; }
  double mean() const { return sum / n; }
  // The values are standardised, so that the difference keeps its digits.
  double variance() const { return std::max(squares / n - mean() * mean(), 0.0); }
};

double deviation_of(double variance) { return std::max(std::sqrt(std::max(variance, 0.0)), kLeastDeviation); }

}  // namespace

NaiveDensity::NaiveDensity(const Sequences& training, Distribution distribution, bool first_order)
    : distribution_(distribution), first_order_(first_order) {
  distribution == Distribution::gaussian ? fit_gaussian(training) : fit_bernoulli(training);
}

void NaiveDensity::fit_gaussian(const Sequences& training) {
  struct Pairs {
    Moments all, before, after;
    double products = 0;
  };
  std::vector<Pairs> pairs(static_cast<size_t>(training.features));
  for_each_step(training, [&](const float* before, const float* step) {
    for (size_t c = 0; c < pairs.size(); ++c) {
      const auto value = static_cast<double>(step[c]);
      pairs[c].all.add(value);
      if (before == nullptr) continue;
      pairs[c].before.add(static_cast<double>(before[c]));
      pairs[c].after.add(value);
      pairs[c].products += static_cast<double>(before[c]) * value;
    }
  });
  for (const Pairs& p : pairs) {
    RECUR_CHECK(p.all.n > 0, "no step to count");
    Gaussian g{.mean = p.all.mean(), .deviation = deviation_of(p.all.variance())};
    g.offset = g.mean, g.left = g.deviation;
    if (p.before.n > 0 && p.before.variance() > 0) {
      const double covariance = p.products / p.before.n - p.before.mean() * p.after.mean();
      g.slope = covariance / p.before.variance();
      g.offset = p.after.mean() - g.slope * p.before.mean();
      g.left = deviation_of(p.after.variance() - g.slope * covariance);
    }
    gaussian_.push_back(g);
  }
}

void NaiveDensity::fit_bernoulli(const Sequences& training) {
  struct Counts {
    double steps[3] = {}, on[3] = {};  // after off, after on, altogether
  };
  std::vector<Counts> counts(static_cast<size_t>(training.features));
  for_each_step(training, [&](const float* before, const float* step) {
    for (size_t c = 0; c < counts.size(); ++c) {
      const double on = step[c] > 0 ? 1 : 0;
      counts[c].steps[2] += 1, counts[c].on[2] += on;
      if (before == nullptr) continue;
      const size_t was = before[c] > 0 ? 1 : 0;
      counts[c].steps[was] += 1, counts[c].on[was] += on;
    }
  });
  const auto share = [](const Counts& k, size_t which) { return (k.on[which] + 1) / (k.steps[which] + 2); };
  for (const Counts& k : counts) bernoulli_.push_back({share(k, 2), {share(k, 0), share(k, 1)}});
}

double NaiveDensity::nats(const float* before, const float* step) const {
  const bool follows = first_order_ && before != nullptr;
  double sum = 0;
  for (size_t c = 0; c < gaussian_.size(); ++c) {
    const Gaussian& g = gaussian_[c];
    const auto value = static_cast<double>(step[c]);
    sum += follows ? gaussian_nats(value, g.offset + g.slope * static_cast<double>(before[c]), g.left) : gaussian_nats(value, g.mean, g.deviation);
  }
  for (size_t c = 0; c < bernoulli_.size(); ++c) {
    const double on = follows ? bernoulli_[c].after[before[c] > 0 ? 1 : 0] : bernoulli_[c].alone;
    sum -= std::log(step[c] > 0 ? on : 1 - on);
  }
  return sum;
}

double NaiveDensity::mean_nats(const Sequences& sequences) const {
  double sum = 0, steps = 0;
  for_each_step(sequences, [&](const float* before, const float* step) { sum += nats(before, step), steps += 1; });
  return steps > 0 ? sum / steps : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace recur::data
