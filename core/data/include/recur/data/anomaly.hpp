// Finding anomalies by a density that was learned from normal sequences alone: what the model finds improbable is anomalous.
//
// One example is a sequence x [T, N, C], without other targets; Gaussian.
//   csv    a file of normal rows to learn from, and one whose rows are labelled
//   ucr    series of the UCR archive: those of one class are learned from, all of the test file are scored, and whatever is of another class is
//          anomalous. The score is a sequence's; values are standardised by one mean and deviation
//   skab, nab   corpora of labelled series, each learned from by its beginning (anomaly_series.hpp). The score is a step's
//
// Series are cut into sequences of `steps` that follow each other, behind `warm_up` steps which are read but neither counted nor scored, so
// that every step that is learned from or tested counts once and, but at a series' beginning, has at least so many before it. Those
// steps may lie in the part before. The validation part is the last of what is learned from in each series, and of ucr drawn with
// no regard to the seed; it holds no anomalies, and only its nll is defined.
//
// Metrics: nll, roc_auc, average_precision, f1, precision, recall, threshold (anomaly_score.hpp), over all series together. Of NAB this is not
// the benchmark's own score, which rewards early detection within a window and scales false alarms by profile.
// Baselines: constant (one score for all); zscore_mean and zscore_max, mean and maximum of |x - mean| / deviation by the training part, over the values of a
// step or the steps of a sequence, with the nll of independent values (naive_density.hpp); of a single value they are one, zscore. ucr series of one length
// have position_zscore, too: the mean of |x_t - mean_t| / deviation_t with one pair for each time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recur/data/anomaly_options.hpp"
#include "recur/data/anomaly_score.hpp"
#include "recur/data/sequences.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

class AnomalyTask : public Task {
 public:
  // Throws UserError for what the readers name, a class that the training file lacks, and an empty part.
  explicit AnomalyTask(const AnomalyOptions& options);

  TaskSpec spec() const override;
  Encoding encoding() const override;
  std::vector<MetricInfo> metrics() const override;
  std::unique_ptr<Batches> batches(Part part, int64_t batch_size) const override;
  std::unique_ptr<Score> score() const override;
  std::vector<Baseline> baselines() const override;
  std::vector<Fact> facts() const override;

  const Sequences& sequences(Part part) const { return parts_[static_cast<size_t>(part)]; }
  const AnomalyTargets& targets() const { return targets_; }

 private:
  void read_ucr_series();
  void read_series();
  void order_targets(const std::vector<AnomalyTargets::Row>& rows);
  // Scores of the test part's targets by a function of its steps [C].
  template <class ScoreStep>
  std::vector<double> scores(bool largest, ScoreStep score_step) const;
  Sequences& part(Part part) { return parts_[static_cast<size_t>(part)]; }

  AnomalyOptions options_;
  std::array<Sequences, kParts.size()> parts_;
  AnomalyTargets targets_;
  std::vector<std::string> columns_;
  std::vector<double> mean_, deviation_;  // of ucr
  int64_t series_ = 0;
  bool has_lengths_ = false;
};

}  // namespace recur::data
