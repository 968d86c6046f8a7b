// Forecasts that need no model.
#pragma once

#include <cstdint>
#include <span>

#include "recur/data/forecast_score.hpp"
#include "recur/data/split.hpp"

namespace recur::data {

// Adds the errors of forecasting row r as row r - k * season, with the smallest k for which that row lies before the
// first target; season 1 is persistence. values [rows, C]; examples: first target rows, all >= season.
void add_seasonal_naive(std::span<const double> values, int64_t columns, Range examples, int64_t horizon, int64_t season,
                        ForecastScore& score);

}  // namespace recur::data
