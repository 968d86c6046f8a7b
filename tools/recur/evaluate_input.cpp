#include "evaluate_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "recur/data/csv.hpp"
#include "recur/data/forecast_score.hpp"
#include "recur/data/language_model.hpp"
#include "recur/data/text.hpp"
#include "recur/error/error.hpp"
#include "recur/train/forecaster.hpp"
#include "recur/train/stepper.hpp"

namespace recur::tool {
namespace {

Metrics on_series(const std::string& file, const Trained& trained, exec::PathMemory& paths) {
  const data::Encoding& encoding = trained.encoding;
  const data::NumericTable table = data::read_csv(file, encoding.columns);
  if (table.rows < encoding.window + encoding.horizon)
    throw UserError(fmt::format("{}: has {} rows, but window {} + horizon {} needs {}", file, table.rows, encoding.window, encoding.horizon,
                                encoding.window + encoding.horizon));
  const size_t width = encoding.columns.size();
  const std::vector<double> ones(width, 1.0);
  data::ForecastScore score(ones, ones);
  train::Forecaster forecaster(trained.network, trained.weights, encoding, paths);
  const std::span values(table.values);
  for (int64_t row = encoding.window; row + encoding.horizon <= table.rows; ++row) {
    const auto at = static_cast<size_t>(row) * width;
    const std::vector<double> forecast = forecaster.forecast(values.first(at));
    for (size_t i = 0; i < forecast.size(); ++i) score.add_error(static_cast<int64_t>(i % width), forecast[i] - values[at + i]);
  }
  Metrics metrics;
  const std::vector<data::MetricInfo> names = data::ForecastScore::metrics(encoding.columns);
  const std::vector<double> measured = score.values();
  for (size_t i = 0; i < names.size(); ++i)
    if (!names[i].name.starts_with("mase")) metrics[names[i].name] = measured[i];
  return metrics;
}

Metrics on_text(const std::string& file, const Trained& trained, exec::PathMemory& paths) {
  const data::Vocabulary vocabulary(data::text_unit(trained.encoding.unit), trained.encoding.vocabulary);
  const std::vector<int32_t> tokens = vocabulary.encode(data::read_text(file), file);
  if (tokens.size() < 2) throw UserError(fmt::format("{}: has {} {}s, but at least 2 are needed", file, tokens.size(), trained.encoding.unit));
  train::Stepper stepper(trained.network, trained.weights, 1, paths);
  data::LanguageModelScore score;
  for (size_t t = 0; t + 1 < tokens.size(); ++t) {
    const std::span<const float> logits = stepper.step(std::span(&tokens[t], 1));
    const auto largest = std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - *largest);
    const auto target = static_cast<size_t>(tokens[t + 1]);
    data::Outcome outcome;
    outcome.nats = std::log(sum) + *largest - logits[target];
    outcome.correct = static_cast<size_t>(largest - logits.begin()) == target ? 1 : 0;
    outcome.counted = 1;
    score.add(outcome);
  }
  Metrics metrics;
  const std::vector<data::MetricInfo> names = data::LanguageModelScore::metrics(vocabulary.unit());
  const std::vector<double> measured = score.values();
  for (size_t i = 0; i < names.size(); ++i) metrics[names[i].name] = measured[i];
  return metrics;
}

}  // namespace

Metrics evaluate_input(const std::string& file, const Trained& trained, exec::PathMemory& paths) {
  const std::string& kind = trained.encoding.kind;
  if (kind == "language_model") return on_text(file, trained, paths);
  if (kind == "forecast") return on_series(file, trained, paths);
  throw UserError(fmt::format("--input takes a series or a text, and the trial is of kind {}; --part measures it on its own data", kind));
}

}  // namespace recur::tool
