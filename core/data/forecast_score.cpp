#include "recur/data/forecast_score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "recur/error/error.hpp"

namespace recur::data {

std::vector<double> seasonal_naive_error(std::span<const double> values, int64_t columns, int64_t season) {
  const size_t width = static_cast<size_t>(columns), lag = static_cast<size_t>(season) * width;
  RECUR_CHECK(season >= 1 && values.size() > lag, "season {}, {} values, {} columns", season, values.size(), columns);
  std::vector<double> error(width);
  for (size_t i = lag; i < values.size(); ++i) error[i % width] += std::abs(values[i] - values[i - lag]);
  for (double& e : error) e /= static_cast<double>((values.size() - lag) / width);
  return error;
}

ForecastScore::ForecastScore(std::vector<double> deviation, std::vector<double> mase_scale)
    : deviation_(std::move(deviation)), mase_scale_(std::move(mase_scale)) {
  RECUR_CHECK(deviation_.size() == mase_scale_.size(), "{} deviations, {} scales", deviation_.size(), mase_scale_.size());
  reset();
}

void ForecastScore::reset() {
  squared_.assign(deviation_.size(), 0);
  absolute_.assign(deviation_.size(), 0);
  count_.assign(deviation_.size(), 0);
}

void ForecastScore::add_error(int64_t column, double error) {
  const size_t c = static_cast<size_t>(column);
  squared_[c] += error * error;
  absolute_[c] += std::abs(error);
  ++count_[c];
}

void ForecastScore::add(const Outcome& outcome) {
  const size_t width = deviation_.size();
  RECUR_CHECK(outcome.predictions.size() == outcome.y.size() && outcome.y.size() % width == 0,
              "{} predictions, {} targets, {} columns", outcome.predictions.size(), outcome.y.size(), width);
  for (size_t i = 0, c = 0; i < outcome.y.size(); ++i, c = c + 1 == width ? 0 : c + 1) {
    const double error = static_cast<double>(outcome.predictions[i]) - static_cast<double>(outcome.y[i]);
    add_error(static_cast<int64_t>(c), error * deviation_[c]);
  }
}

std::vector<double> ForecastScore::values() const {
  const size_t width = deviation_.size();
  const auto total = [](const auto& sums) { return std::accumulate(sums.begin(), sums.end(), 0.0); };
  const double all = total(count_);
  if (all == 0) return std::vector<double>(width == 1 ? 3 : 3 * (width + 1), std::numeric_limits<double>::quiet_NaN());

  std::vector<double> each;
  double mase = 0;
  for (size_t c = 0; c < width; ++c) {
    const double n = static_cast<double>(count_[c]), mae = absolute_[c] / n;
    each.insert(each.end(), {std::sqrt(squared_[c] / n), mae, mae / mase_scale_[c]});
    mase += mae / mase_scale_[c] / static_cast<double>(width);
  }
  std::vector<double> values{std::sqrt(total(squared_) / all), total(absolute_) / all, mase};
  if (width > 1) values.insert(values.end(), each.begin(), each.end());
  return values;
}

std::vector<MetricInfo> ForecastScore::metrics(const std::vector<std::string>& columns) {
  std::vector<MetricInfo> metrics{
      {"rmse", "root mean squared error, in the data's own units"},
      {"mae", "mean absolute error, in the data's own units"},
      {"mase", "mean absolute error over the training part's own error of the seasonal-naive forecast"}};
  if (columns.size() == 1) return metrics;
  for (const std::string& column : columns) {
    for (size_t i = 0; i < 3; ++i) {
      metrics.push_back({metrics[i].name + "/" + column, metrics[i].help + ", of column " + column});
    }
  }
  return metrics;
}

}  // namespace recur::data
