// Forecasting: columns of a CSV file, `horizon` steps ahead from the last `window` steps.
//
// One example is x [T = window, C] and y [K = horizon * C], both standardised with the training part's statistics;
// y holds all columns of the first step ahead, then all of the second. Every position of a part that leaves room
// for the horizon is an example. The targets of an example lie in one part; the window of an example of valid or
// test may reach back into the part before, as it would in use.
// Training examples are shuffled each epoch by Stream(seed, replicate, "batches/epoch-<e>"); the last, smaller batch is kept.
//
// Metrics, in the data's own units: rmse, mae, mase; with several columns also rmse/<column> and so on.
// Baselines: persistence, and seasonal_naive if a season is given.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recur/data/csv.hpp"
#include "recur/data/options.hpp"
#include "recur/data/split.hpp"
#include "recur/data/standardizer.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

class ForecastTask : public Task {
 public:
  // Throws UserError for what read_csv, split_in_order and Standardizer::fit name; a training part shorter than
  // window + horizon; a valid or test part that is wanted but shorter than horizon; a season that does not fit the
  // training part, or after which the training part repeats exactly, so that MASE has no scale.
  explicit ForecastTask(const ForecastOptions& options);

  TaskSpec spec() const override;
  Encoding encoding() const override;
  std::vector<MetricInfo> metrics() const override;
  std::unique_ptr<Batches> batches(Part part, int64_t batch_size) const override;
  std::unique_ptr<Score> score() const override;
  std::vector<Baseline> baselines() const override;
  std::vector<Fact> facts() const override;

  int64_t rows() const { return table_.rows; }
  const std::vector<std::string>& columns() const { return table_.columns; }
  const Standardizer& standardizer() const { return standardizer_; }
  const PartRanges& parts() const { return parts_; }
  // First target rows of the examples of a part: example i of the part predicts rows begin+i ... begin+i+horizon-1
  // from the window rows before them.
  Range examples(Part part) const;

 private:
  ForecastOptions options_;
  NumericTable table_;  // values [rows, C] in the data's own units
  PartRanges parts_;
  Standardizer standardizer_;
  std::vector<float> standardized_;  // [rows, C]
  std::vector<double> mase_scale_;   // [C]
};

}  // namespace recur::data
