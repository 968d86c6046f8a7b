// Errors of forecasts in the data's own units, accumulated over batches in double precision.
//
//   rmse  root of the mean squared error
//   mae   mean absolute error
//   mase  mean absolute error divided by the training part's own error of the seasonal-naive forecast
//         (Hyndman and Koehler 2006, International Journal of Forecasting 22, section 3); below 1 is better than that forecast
//
// rmse and mae over all columns pool the errors of all columns, whatever their units; mase over all columns is the
// mean of the columns' own. Means run over all steps of the horizon.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "recur/data/task.hpp"

namespace recur::data {

// Mean of |v[t] - v[t - season]| over the rows, [C]. values [rows, C]; requires 1 <= season < rows.
std::vector<double> seasonal_naive_error(std::span<const double> values, int64_t columns, int64_t season);

class ForecastScore : public Score {
 public:
  // deviation [C] turns standardised errors into the data's units; mase_scale [C] is in these units.
  ForecastScore(std::vector<double> deviation, std::vector<double> mase_scale);

  void reset() override;
  // Requires predictions and y of the same size [N, horizon, C].
  void add(const Outcome& outcome) override;
  // One error of one column, in the data's own units.
  void add_error(int64_t column, double error);
  // rmse, mae, mase; with several columns then rmse, mae, mase of each.
  std::vector<double> values() const override;

  static std::vector<MetricInfo> metrics(const std::vector<std::string>& columns);

 private:
  std::vector<double> deviation_;
  std::vector<double> mase_scale_;
  std::vector<double> squared_;   // [C] sums
  std::vector<double> absolute_;  // [C] sums
  std::vector<int64_t> count_;    // [C]
};

}  // namespace recur::data
