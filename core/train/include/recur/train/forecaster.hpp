// The next steps of a series from its last window, by a trained forecaster.
//
// Threading: one thread at a time; instances are independent. The weights must outlive the forecaster and stand still.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "recur/data/encoding.hpp"
#include "recur/exec/engine.hpp"
#include "recur/model/network.hpp"

namespace recur::train {

class Forecaster {
 public:
  // network: made with model::task_spec(encoding). Throws UserError where the encoding is not a forecast's.
  Forecaster(const model::Network& network, const model::ParameterSet& weights, const data::Encoding& encoding,
             exec::PathMemory& memory);
  ~Forecaster();
  Forecaster(Forecaster&&) noexcept;
  Forecaster& operator=(Forecaster&&) noexcept;

  // values [rows, C] in the data's own units, the last row the most recent; only the last `window` rows are read.
  // Returns [horizon, C] in the data's own units. Throws UserError where there are fewer rows than the window.
  std::vector<double> forecast(std::span<const double> values);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace recur::train
