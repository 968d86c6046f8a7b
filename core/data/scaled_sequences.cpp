#include "scaled_sequences.hpp"

#include <cmath>

#include "recur/error/error.hpp"

namespace recur::data {

Standardizer scale_of(const Sequences& sequences, const std::vector<uint32_t>& rows, const std::vector<std::string>& columns, const std::string& file) {
  const size_t C = static_cast<size_t>(sequences.features), groups = columns.empty() ? 1 : C;
  RECUR_CHECK(!rows.empty() && (columns.empty() || columns.size() == C), "{} rows, {} columns of {}", rows.size(), columns.size(), C);
  using Values = std::vector<double>;  // [groups]
  const auto mean_of = [&](const auto& term) {
    Values sum(groups);
    double count = 0;
    for (const uint32_t row : rows)
      for (auto i = static_cast<size_t>(sequences.begin[row]) * C; i < static_cast<size_t>(sequences.begin[row + 1]) * C; ++i, ++count)
        sum[i % groups] += term(i % groups, static_cast<double>(sequences.values[i]));
    for (double& each : sum) each /= count / static_cast<double>(groups);
    return sum;
  };
  Values mean = mean_of([](size_t, double value) { return value; });
  // The mean of equal values may be off by its rounding, and their deviation then is not 0.
  std::vector<bool> varies(groups);
  const float* const first = sequences.values.data() + static_cast<size_t>(sequences.begin[rows[0]]) * C;
  Values deviation = mean_of([&](size_t group, double value) {
    if (value != static_cast<double>(first[group])) varies[group] = true;
    return (value - mean[group]) * (value - mean[group]);
  });
  for (size_t group = 0; group < groups; ++group) {
    deviation[group] = std::sqrt(deviation[group]);
    if (varies[group] && std::isnormal(deviation[group])) continue;
    if (columns.empty())
      throw UserError(Place{file}, fmt::format("all values of the training part are {} and cannot be standardised; give series that vary", mean[0]));
    throw UserError(Place{file}, fmt::format("value {} is {} in the whole training part and cannot be standardised; give data in which it varies, or of recordings other task.data.features",
                                             columns[group], mean[group]));
  }
  return Standardizer(std::move(mean), std::move(deviation));
}

void append_rows(const Sequences& from, const std::vector<uint32_t>& rows, Sequences& into) {
  RECUR_CHECK(from.features == into.features, "{} columns into {}", from.features, into.features);
  for (const uint32_t row : rows) {
    into.values.insert(into.values.end(), from.values.begin() + from.begin[row] * from.features, from.values.begin() + from.begin[row + 1] * from.features);
    into.begin.push_back(into.begin.back() + from.length(row));
  }
}

void apply_scale(const Standardizer& scale, Sequences& sequences) {
  const std::vector<double>&mean = scale.mean(), &deviation = scale.deviation();
  const size_t groups = mean.size();
  RECUR_CHECK(groups == 1 || static_cast<int64_t>(groups) == sequences.features, "{} scales of {} columns", groups, sequences.features);
  for (size_t i = 0; i < sequences.values.size(); ++i)
    sequences.values[i] = static_cast<float>((static_cast<double>(sequences.values[i]) - mean[i % groups]) / deviation[i % groups]);
}

}  // namespace recur::data
