#include "recur/data/standardizer.hpp"

#include <cmath>
#include <utility>

#include "recur/error/error.hpp"

namespace recur::data {

Standardizer::Standardizer(std::vector<double> mean, std::vector<double> deviation)
    : mean_(std::move(mean)), deviation_(std::move(deviation)) {
  RECUR_CHECK(mean_.size() == deviation_.size(), "{} means, {} deviations", mean_.size(), deviation_.size());
  for (const double deviation_c : deviation_) RECUR_CHECK(deviation_c > 0, "deviation {}", deviation_c);
}

Standardizer::Column Standardizer::measure(std::span<const double> values, size_t column, size_t width) {
  RECUR_CHECK(width > 0 && !values.empty() && values.size() % width == 0, "{} values, {} columns", values.size(), width);
  const double rows = static_cast<double>(values.size() / width);
  Column out;
  for (size_t i = column; i < values.size(); i += width) out.mean += values[i];
  out.mean /= rows;
  // A second pass: the mean of squares minus the square of the mean would lose all digits of a series far from 0.
  double squares = 0;
  for (size_t i = column; i < values.size(); i += width) {
    out.constant &= values[i] == values[column];
    squares += (values[i] - out.mean) * (values[i] - out.mean);
  }
  out.deviation = std::sqrt(squares / rows);
  out.constant |= !std::isnormal(out.deviation);
  return out;
}

Standardizer Standardizer::fit(std::span<const double> values, const std::vector<std::string>& columns,
                               const std::string& file) {
  std::vector<double> mean, deviation;
  for (size_t c = 0; c < columns.size(); ++c) {
    const Column column = measure(values, c, columns.size());
    if (column.constant) {
      throw UserError(Place{file}, fmt::format("column '{}' {} in the training part and cannot be standardised; "
                                               "leave it out of task.data.columns",
                                               columns[c],
                                               std::isnormal(column.deviation) || column.deviation == 0
                                                   ? fmt::format("is constant ({})", values[c])
                                                   : fmt::format("has a standard deviation of {}", column.deviation)));
    }
    mean.push_back(column.mean);
    deviation.push_back(column.deviation);
  }
  return Standardizer(std::move(mean), std::move(deviation));
}

Standardizer Standardizer::fit_or_center(std::span<const double> values, size_t width) {
  std::vector<double> mean, deviation;
  for (size_t c = 0; c < width; ++c) {
    const Column column = measure(values, c, width);
    mean.push_back(column.mean);
    deviation.push_back(column.constant ? 1 : column.deviation);
  }
  return Standardizer(std::move(mean), std::move(deviation));
}

void Standardizer::apply(std::span<const double> values, std::span<float> standardized) const {
  const size_t width = mean_.size();
  RECUR_CHECK(values.size() == standardized.size() && values.size() % width == 0, "{} values into {}, {} columns",
              values.size(), standardized.size(), width);
  for (size_t i = 0, c = 0; i < values.size(); ++i, c = c + 1 == width ? 0 : c + 1) {
    standardized[i] = static_cast<float>((values[i] - mean_[c]) / deviation_[c]);
  }
}

void Standardizer::restore(std::span<const float> standardized, std::span<double> values) const {
  const size_t width = mean_.size();
  RECUR_CHECK(values.size() == standardized.size() && values.size() % width == 0, "{} into {} values, {} columns",
              standardized.size(), values.size(), width);
  for (size_t i = 0, c = 0; i < values.size(); ++i, c = c + 1 == width ? 0 : c + 1) {
    values[i] = mean_[c] + deviation_[c] * static_cast<double>(standardized[i]);
  }
}

}  // namespace recur::data
