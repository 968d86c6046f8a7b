#include "series_cut.hpp"

#include <algorithm>

#include "recur/error/error.hpp"

namespace recur::data {

std::vector<Cut> cut_series(Range range, int64_t earliest, int64_t steps, int64_t warm_up) {
  RECUR_CHECK(steps > 0 && warm_up >= 0 && earliest <= range.begin, "{} steps, {} before them, {} before {}", steps, warm_up, earliest, range.begin);
  std::vector<Cut> cuts;
  for (int64_t first = range.begin; first < range.end; first += steps) {
    const int64_t begin = std::max(earliest, first - warm_up);
    cuts.push_back({begin, first - begin, std::min(first + steps, range.end)});
  }
  return cuts;
}

void add_cut(std::span<const float> series, const Cut& cut, bool with_counts, Sequences& into) {
  const auto from = series.begin() + cut.begin * into.features, to = series.begin() + cut.end * into.features;
  into.values.insert(into.values.end(), from, to);
  into.begin.push_back(into.begin.back() + cut.end - cut.begin);
  if (!with_counts) return;
  into.counts.insert(into.counts.end(), static_cast<size_t>(cut.context), 0);
  into.counts.resize(static_cast<size_t>(into.begin.back()), 1);
}

}  // namespace recur::data
