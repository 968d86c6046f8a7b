// Columns brought to mean 0 and standard deviation 1 with the statistics of the training part alone, so that
// nothing of valid and test leaks into the inputs.
//
// Threading: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace recur::data {

class Standardizer {
 public:
  // values [rows, C] of the training part; the deviation divides by rows, not by rows - 1.
  // Throws UserError for a column that is constant there: it has no scale.
  static Standardizer fit(std::span<const double> values, const std::vector<std::string>& columns,
                          const std::string& file);
  // As fit, but a column that is constant is only brought to mean 0, by a deviation of 1.
  static Standardizer fit_or_center(std::span<const double> values, size_t width);
  // From a result file. Requires as many deviations, all above 0, as means.
  Standardizer(std::vector<double> mean, std::vector<double> deviation);

  const std::vector<double>& mean() const { return mean_; }
  const std::vector<double>& deviation() const { return deviation_; }

  // values and standardized [..., C]
  void apply(std::span<const double> values, std::span<float> standardized) const;
  void restore(std::span<const float> standardized, std::span<double> values) const;

 private:
  struct Column {
    double mean = 0, deviation = 0;
    bool constant = true;
  };
  static Column measure(std::span<const double> values, size_t column, size_t width);

  std::vector<double> mean_;       // [C]
  std::vector<double> deviation_;  // [C]
};

}  // namespace recur::data
