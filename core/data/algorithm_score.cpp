#include "algorithm_score.hpp"

#include <algorithm>
#include <limits>
#include <numbers>
#include <utility>

#include "problem.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

// Whether the label of a position has the highest of V logits.
bool is_hit(const Outcome& outcome, size_t position, size_t V) {
  const float* const logits = outcome.predictions.data() + position * V;
  return std::max_element(logits, logits + V) - logits == outcome.labels[position];
}

}  // namespace

AlgorithmScore::AlgorithmScore(std::string problem, size_t further) : problem_(std::move(problem)), groups_(further + 1) {}

void AlgorithmScore::reset() { groups_.assign(groups_.size(), {}); }

void AlgorithmScore::add(const Outcome& outcome) {
  RECUR_CHECK(outcome.group >= 0 && outcome.group < static_cast<int64_t>(groups_.size()), "group {} of {}", outcome.group, groups_.size());
  Sums& sums = groups_[static_cast<size_t>(outcome.group)];
  sums.sequences += outcome.batch;
  if (is_bitwise(problem_)) return add_bits(outcome, sums);
  if (problem_ == "copy_memory") return add_digits(outcome, sums);
  if (problem_ == "reber") return add_symbols(outcome, sums);
  for (size_t i = 0; i < outcome.y.size(); ++i) {
    const double error = static_cast<double>(outcome.predictions[i]) - static_cast<double>(outcome.y[i]);
    sums.error += error * error;
  }
}

void AlgorithmScore::add_bits(const Outcome& outcome, Sums& sums) const {
  const size_t positions = outcome.counts.size(), K = positions > 0 ? outcome.y.size() / positions : 0;
  RECUR_CHECK(K > 0 && outcome.y.size() == positions * K && outcome.predictions.size() == outcome.y.size(), "{} logits, {} targets, {} positions",
              outcome.predictions.size(), outcome.y.size(), positions);
  sums.error += outcome.nats;
  for (size_t i = 0; i < outcome.y.size(); ++i) {
    if (outcome.counts[i / K] == 0) continue;
    sums.right += (outcome.predictions[i] > 0) == (outcome.y[i] > 0.5f) ? 1 : 0;
    ++sums.answers;
  }
}

void AlgorithmScore::add_digits(const Outcome& outcome, Sums& sums) const {
  const auto N = static_cast<size_t>(outcome.batch);
  const size_t last = static_cast<size_t>(kRemembered) * N;
  RECUR_CHECK(outcome.labels.size() >= last && outcome.predictions.size() == outcome.labels.size() * static_cast<size_t>(kMemoryClasses),
              "{} logits, {} labels", outcome.predictions.size(), outcome.labels.size());
  for (size_t i = outcome.labels.size() - last; i < outcome.labels.size(); ++i) sums.right += is_hit(outcome, i, static_cast<size_t>(kMemoryClasses)) ? 1 : 0;
  sums.answers += static_cast<int64_t>(last);
}

void AlgorithmScore::add_symbols(const Outcome& outcome, Sums& sums) const {
  const auto N = static_cast<size_t>(outcome.batch);
  const size_t V = outcome.labels.empty() ? 0 : outcome.predictions.size() / outcome.labels.size();
  RECUR_CHECK(V > 0 && outcome.lengths.size() == N, "{} logits, {} labels, {} lengths of {}", outcome.predictions.size(), outcome.labels.size(),
              outcome.lengths.size(), N);
  for (size_t n = 0; n < N; ++n) sums.right += is_hit(outcome, (static_cast<size_t>(outcome.lengths[n]) - 2) * N + n, V) ? 1 : 0;
  sums.answers += outcome.batch;
}

std::vector<double> AlgorithmScore::values_of(const Sums& sums) const {
  const bool bits = is_bitwise(problem_);
  if (sums.sequences == 0) return std::vector<double>(bits ? 2 : 1, std::numeric_limits<double>::quiet_NaN());
  const double sequences = static_cast<double>(sums.sequences);
  if (problem_ == "adding") return {sums.error / sequences};
  const double accuracy = static_cast<double>(sums.right) / static_cast<double>(sums.answers);
  if (bits) return {sums.error / std::numbers::ln2 / sequences, accuracy};
  return {accuracy};
}

std::vector<double> AlgorithmScore::values() const {
  std::vector<double> values = values_of(groups_[0]);
  for (size_t g = 1; g < groups_.size(); ++g) values.push_back(values_of(groups_[g])[0]);
  return values;
}

std::vector<MetricInfo> AlgorithmScore::metrics(const std::string& problem, const std::vector<int64_t>& test_lengths) {
  std::vector<MetricInfo> metrics;
  if (is_bitwise(problem)) {
    metrics = {{"bits_per_sequence", "cross-entropy in bits, summed over a sequence"}, {"accuracy", "share of the bits that are right", false}};
  } else if (problem == "adding") {
    metrics = {{"mse", "mean squared error of the sum"}};
  } else {
    metrics = {{"accuracy", problem == "reber" ? "share of the strings whose last but one symbol is right" : "share of the last ten digits that are right", false}};
  }
  const MetricInfo first = metrics.front();
  for (const int64_t length : test_lengths)
    metrics.push_back({fmt::format("{}/{}", first.name, length), fmt::format("{}, at length {}, of the test part", first.help, length), first.smaller_is_better});
  return metrics;
}

}  // namespace recur::data
