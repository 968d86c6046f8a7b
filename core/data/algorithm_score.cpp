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
  if (problem_ == "addition") return add_answers(outcome, sums);
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

void AlgorithmScore::add_answers(const Outcome& outcome, Sums& sums) const {
  const auto N = static_cast<size_t>(outcome.batch), V = static_cast<size_t>(kAdditionSymbols);
  RECUR_CHECK(N > 0 && outcome.labels.size() % N == 0 && outcome.predictions.size() == outcome.labels.size() * V, "{} logits, {} labels, {} sequences",
              outcome.predictions.size(), outcome.labels.size(), N);
  for (size_t n = 0; n < N; ++n) {
    bool all = true;
    for (size_t i = n; i < outcome.labels.size(); i += N) {
      if (outcome.labels[i] < 0) continue;
      const bool hit = is_hit(outcome, i, V);
      all &= hit;
      if (outcome.labels[i] == kAnswerEnd) continue;
      sums.right += hit ? 1 : 0;
      ++sums.answers;
    }
    sums.right_sequences += all ? 1 : 0;
  }
}

std::vector<double> AlgorithmScore::values_of(const Sums& sums) const {
  const bool bits = is_bitwise(problem_);
  if (sums.sequences == 0) return std::vector<double>(bits || problem_ == "addition" ? 2 : 1, std::numeric_limits<double>::quiet_NaN());
  const double sequences = static_cast<double>(sums.sequences);
  if (problem_ == "adding") return {sums.error / sequences};
  const double accuracy = static_cast<double>(sums.right) / static_cast<double>(sums.answers);
  if (bits) return {sums.error / std::numbers::ln2 / sequences, accuracy};
  if (problem_ == "addition") return {static_cast<double>(sums.right_sequences) / sequences, accuracy};
  return {accuracy};
}

std::vector<double> AlgorithmScore::values() const {
  std::vector<double> values = values_of(groups_[0]);
  for (size_t g = 1; g < groups_.size(); ++g) {
    const std::vector<double> further = values_of(groups_[g]);
    values.insert(values.end(), further.begin(), further.begin() + static_cast<std::ptrdiff_t>(repeated(problem_)));
  }
  return values;
}

std::vector<MetricInfo> AlgorithmScore::metrics(const std::string& problem, const std::vector<int64_t>& test_lengths) {
  std::vector<MetricInfo> metrics;
  if (is_bitwise(problem)) {
    metrics = {{"bits_per_sequence", "cross-entropy in bits, summed over a sequence"}, {"accuracy", "share of the bits that are right", false}};
  } else if (problem == "adding") {
    metrics = {{"mse", "mean squared error of the sum"}};
  } else if (problem == "addition") {
    metrics = {{"sequence_accuracy", "share of the answers that are right to the last digit and end there", false},
               {"digit_accuracy", "share of the answers' digits that are right, each after the right ones before it", false}};
  } else {
    metrics = {{"accuracy", problem == "reber" ? "share of the strings whose last but one symbol is right" : "share of the last ten digits that are right", false}};
  }
  const std::vector<MetricInfo> first(metrics.begin(), metrics.begin() + static_cast<std::ptrdiff_t>(repeated(problem)));
  for (const int64_t length : test_lengths)
    for (const MetricInfo& metric : first)
      metrics.push_back({fmt::format("{}/{}", metric.name, length), fmt::format("{}, at length {}, of the test part", metric.help, length), metric.smaller_is_better});
  return metrics;
}

}  // namespace recur::data
