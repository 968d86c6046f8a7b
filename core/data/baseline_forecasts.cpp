#include "baseline_forecasts.hpp"

#include "recur/error/error.hpp"

namespace recur::data {

void add_seasonal_naive(std::span<const double> values, int64_t columns, Range examples, int64_t horizon, int64_t season,
                        ForecastScore& score) {
  RECUR_CHECK(season >= 1 && examples.begin >= season, "season {}, first example {}", season, examples.begin);
  for (int64_t first = examples.begin; first < examples.end; ++first) {
    for (int64_t h = 0; h < horizon; ++h) {
      const int64_t row = first + h, like = row - season * (h / season + 1);
      for (int64_t c = 0; c < columns; ++c) {
        score.add_error(c, values[static_cast<size_t>(like * columns + c)] - values[static_cast<size_t>(row * columns + c)]);
      }
    }
  }
}

}  // namespace recur::data
