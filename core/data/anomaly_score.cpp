#include "recur/data/anomaly_score.hpp"

#include <cmath>
#include <limits>

#include "recur/error/error.hpp"

namespace recur::data {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// The mean of the last scores up to each, within its series.
std::vector<double> averaged(const AnomalyTargets& targets, std::span<const double> scores) {
  std::vector<double> out(scores.begin(), scores.end());
  if (targets.average == 1 || scores.empty()) return out;  // empty: of a part without labels
  for (size_t series = 0; series + 1 < targets.begin.size(); ++series) {
    const int64_t begin = targets.begin[series];
    for (int64_t i = begin; i < targets.begin[series + 1]; ++i) {
      const int64_t first = std::max(begin, i - targets.average + 1);
      double sum = 0;
      for (int64_t j = first; j <= i; ++j) sum += scores[static_cast<size_t>(j)];
      out[static_cast<size_t>(i)] = sum / static_cast<double>(i - first + 1);
    }
  }
  return out;
}

}  // namespace

void AnomalyScore::add(const Outcome& outcome) {
  nats_ += outcome.nats;
  counted_ += outcome.counted;
  if (outcome.group != 1) return;
  if (scores_.empty()) scores_.assign(targets_->anomalous.size(), kNone);
  const auto N = static_cast<size_t>(outcome.batch);
  RECUR_CHECK(N > 0 && !outcome.predictions.empty() && outcome.predictions.size() % (2 * N) == 0 && next_ + N <= targets_->rows.size(),
              "{} predictions of {} rows, {} of {} before", outcome.predictions.size(), N, next_, targets_->rows.size());
  for (size_t n = 0; n < N; ++n) score_row(outcome, n, outcome.predictions.size() / (2 * N));
}

void AnomalyScore::score_row(const Outcome& outcome, size_t n, size_t T) {
  const AnomalyTargets::Row& row = targets_->rows[next_++];
  const auto N = static_cast<size_t>(outcome.batch), context = static_cast<size_t>(row.context);
  const size_t length = outcome.lengths.empty() ? T : static_cast<size_t>(outcome.lengths[n]);
  const auto nats = [&](size_t t) { return -static_cast<double>(outcome.predictions[(t * N + n) * 2]); };
  double* const scores = scores_.data() + row.target;
  if (!targets_->sequences) {
    RECUR_CHECK(row.target + static_cast<int64_t>(length - context) <= static_cast<int64_t>(scores_.size()), "a sequence of {} steps at {}", length, row.target);
    for (size_t t = context; t < length; ++t) scores[t - context] = nats(t);
    return;
  }
  double sum = 0;
  for (size_t t = context; t < length; ++t) sum += nats(t);
  *scores = sum / static_cast<double>(length - context);
}

Ranking AnomalyScore::rank(const AnomalyTargets& targets, std::span<const double> scores) {
  std::vector<Scored> scored(scores.size());
  const std::vector<double> means = averaged(targets, scores);
  for (size_t i = 0; i < scored.size(); ++i) scored[i] = {means[i], targets.anomalous[i] != 0};
  return data::rank(std::move(scored));
}

std::vector<double> AnomalyScore::values(double nll, const Ranking& r) { return {nll, r.roc_auc, r.average_precision, r.f1, r.precision, r.recall, r.threshold}; }

std::vector<double> AnomalyScore::values() const { return values(counted_ > 0 ? nats_ / static_cast<double>(counted_) : kNone, ranking()); }

std::string AnomalyScore::details() const {
  const char* const what = targets_->sequences ? "sequences" : "steps";
  if (scores_.empty()) return "no labels in this part, so there is nothing to find: roc_auc, average_precision and f1 are not defined\n";
  const Ranking r = ranking();
  const std::string counts = fmt::format("{} {}, {} of them anomalous", r.anomalous + r.normal, what, r.anomalous);
  if (r.anomalous == 0 || r.normal == 0) return counts + ": of one kind alone, so that roc_auc, average_precision and f1 are not defined\n";
  if (std::isnan(r.roc_auc)) return counts + ": some have no score or none that is a number, so that roc_auc, average_precision and f1 are not defined\n";
  return fmt::format("{}\nat the threshold of the best f1: {} of {} found, {} false alarms\n", counts, r.hits, r.anomalous, r.false_alarms);
}

std::vector<MetricInfo> AnomalyScore::metrics(bool sequences) {
  const std::string what = sequences ? "sequences" : "steps";
  return {{"nll", "negative log-likelihood, or a bound above it, in nats a step"},
          {"roc_auc", fmt::format("probability that one of the anomalous {} is less likely than one of the others", what), false},
          {"average_precision", "precision averaged over the recall of all thresholds", false},
          {"f1", fmt::format("of {}, at the threshold that makes it best", what), false},
          {"precision", "at the threshold of the best f1", false},
          {"recall", "at the threshold of the best f1", false},
          {"threshold", "of the best f1, in nats a step", false}};
}

}  // namespace recur::data
