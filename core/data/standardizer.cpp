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

Standardizer Standardizer::fit(std::span<const double> values, const std::vector<std::string>& columns,
                               const std::string& file) {
  const size_t width = columns.size();
  RECUR_CHECK(width > 0 && !values.empty() && values.size() % width == 0, "{} values, {} columns", values.size(), width);
  const double rows = static_cast<double>(values.size() / width);
  std::vector<double> mean(width), deviation(width);
  for (size_t c = 0; c < width; ++c) {
    for (size_t i = c; i < values.size(); i += width) mean[c] += values[i];
    mean[c] /= rows;
    // A second pass: the mean of squares minus the square of the mean would lose all digits of a series far from 0.
    bool constant = true;
    double squares = 0;
    for (size_t i = c; i < values.size(); i += width) {
      constant &= values[i] == values[c];
      squares += (values[i] - mean[c]) * (values[i] - mean[c]);
    }
    deviation[c] = std::sqrt(squares / rows);
    if (constant || !std::isnormal(deviation[c])) {
      throw UserError(Place{file}, fmt::format("column '{}' {} in the training part and cannot be standardised; "
                                               "leave it out of task.data.columns",
                                               columns[c],
                                               constant ? fmt::format("is constant ({})", values[c])
                                                        : fmt::format("has a standard deviation of {}", deviation[c])));
    }
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
