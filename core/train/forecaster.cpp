#include "recur/train/forecaster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recur/data/standardizer.hpp"
#include "recur/error/error.hpp"
#include "runner.hpp"

namespace recur::train {

struct Forecaster::Impl {
  Impl(const model::Network& network, const model::ParameterSet& weights, const data::Encoding& from, exec::PathMemory& memory)
      : encoding(from),
        standardizer(from.mean, from.deviation),
        runners(network, weights, nullptr, memory, {}),
        runner(runners.get(model::Purpose::kPredict, {.time = from.window})) {}

  data::Encoding encoding;
  data::Standardizer standardizer;
  Runners runners;
  Runner& runner;
};

Forecaster::Forecaster(const model::Network& network, const model::ParameterSet& weights, const data::Encoding& encoding,
                       exec::PathMemory& memory) {
  if (encoding.kind != "forecast") throw UserError(fmt::format("the model's task is '{}'; only a forecast predicts a series", encoding.kind));
  impl_ = std::make_unique<Impl>(network, weights, encoding, memory);
}

Forecaster::~Forecaster() = default;
Forecaster::Forecaster(Forecaster&&) noexcept = default;
Forecaster& Forecaster::operator=(Forecaster&&) noexcept = default;

std::vector<double> Forecaster::forecast(std::span<const double> values) {
  const auto C = impl_->encoding.columns.size(), window = static_cast<size_t>(impl_->encoding.window);
  RECUR_CHECK(values.size() % C == 0, "{} values in {} columns", values.size(), C);
  if (values.size() < window * C)
    throw UserError(fmt::format("{} rows; the model's window needs {}", values.size() / C, window));
  impl_->standardizer.apply(values.last(window * C), impl_->runner.x);
  impl_->runner.run({}, impl_->runners.weights_version());
  std::vector<double> forecast(impl_->runner.prediction.size());
  impl_->standardizer.restore(impl_->runner.prediction, forecast);
  return forecast;
}

}  // namespace recur::train
