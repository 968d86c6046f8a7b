// How well the density of a model of normal sequences tells which are anomalous: the less probable, the more anomalous.
//
//   nll   negative log-likelihood, or a bound above it, in nats a step, over all counted steps, anomalous ones too
//   roc_auc, average_precision, f1, precision, recall, threshold   of the test part (ranking.hpp). What is scored is a sequence, by its mean
//         nats a step, or each counted step, by its own nats or the mean of the last `average` scores up to its own in its series
//
// Of parts that hold no labels, such as the normal ones that are learned from, all but nll are NaN, and details() says so.
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "recur/data/ranking.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

// What is to be scored: sequences, or the counted steps of series one after the other.
struct AnomalyTargets {
  // A sequence, by the order in which the batches of the test part give them.
  struct Row {
    int64_t target = 0;   // the first of its targets
    int64_t context = 0;  // steps that come before them
  };
  bool sequences = false;          // a target a sequence, else a step
  std::vector<uint8_t> anomalous;  // [S]
  std::vector<int64_t> begin{0};   // where each series begins in them, and their number
  std::vector<Row> rows;
  int64_t average = 1;
};

class AnomalyScore : public Score {
 public:
  // Keeps a pointer.
  explicit AnomalyScore(const AnomalyTargets& targets) : targets_(&targets) {}

  void reset() override { *this = AnomalyScore(*targets_); }
  // Requires predictions [T, N, 2]. Batches of group 1 are those of the test part, in their order.
  void add(const Outcome& outcome) override;
  std::vector<double> values() const override;
  std::string details() const override;

  // The ranking of scores [S], NaN for what was not scored.
  static Ranking rank(const AnomalyTargets& targets, std::span<const double> scores);
  static std::vector<double> values(double nll, const Ranking& ranking);
  static std::vector<MetricInfo> metrics(bool sequences);

 private:
  void score_row(const Outcome& outcome, size_t n, size_t T);
  Ranking ranking() const { return rank(*targets_, scores_); }

  const AnomalyTargets* targets_;
  double nats_ = 0;
  int64_t counted_ = 0;
  std::vector<double> scores_;  // [S] once the test part has begun
  size_t next_ = 0;             // row
};

}  // namespace recur::data
