#include "recur/data/forecast.hpp"

#include <algorithm>

#include "baseline_forecasts.hpp"
#include "forecast_batches.hpp"
#include "recur/data/forecast_score.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

double share(const Split& split, Part part) {
  return part == Part::train ? split.train : part == Part::valid ? split.valid : split.test;
}

PartRanges parts_with_room(const NumericTable& table, const ForecastOptions& options) {
  RECUR_CHECK(options.window > 0 && options.horizon > 0 && options.season >= 0, "window {} horizon {} season {}",
              options.window, options.horizon, options.season);
  const PartRanges parts = split_in_order(table.rows, options.split, options.csv);
  const int64_t rows = parts[Part::train].size();
  if (rows < options.window + options.horizon) {
    throw UserError(Place{options.csv},
                    fmt::format("the training part has {} of {} rows, but window {} + horizon {} needs {}; take a smaller "
                                "task.window or a larger task.split.train",
                                rows, table.rows, options.window, options.horizon, options.window + options.horizon));
  }
  for (const Part part : {Part::valid, Part::test}) {
    if (share(options.split, part) == 0 || parts[part].size() >= options.horizon) continue;
    throw UserError(Place{options.csv},
                    fmt::format("the {0} part has {1} of {2} rows, but horizon {3} needs {3}; take a smaller task.horizon or "
                                "a larger task.split.{0}, or leave the part out with task.split.{0}: 0",
                                to_string(part), parts[part].size(), table.rows, options.horizon));
  }
  if (options.season >= rows) {
    throw UserError(Place{options.csv}, fmt::format("task.season {} does not fit the training part of {} rows; take a "
                                                    "smaller task.season or a larger task.split.train",
                                                    options.season, rows));
  }
  return parts;
}

std::span<const double> rows_of(const NumericTable& table, Range range) {
  const size_t width = table.columns.size();
  return std::span(table.values).subspan(static_cast<size_t>(range.begin) * width, static_cast<size_t>(range.size()) * width);
}

std::vector<double> mase_scale(const NumericTable& table, Range training, const ForecastOptions& options) {
  const int64_t season = std::max<int64_t>(options.season, 1);
  const std::vector<double> scale =
      seasonal_naive_error(rows_of(table, training), static_cast<int64_t>(table.columns.size()), season);
  for (size_t c = 0; c < scale.size(); ++c) {
    if (scale[c] > 0) continue;
    throw UserError(Place{options.csv},
                    fmt::format("column '{}' repeats exactly every {} steps in the training part, so that mase has no scale; "
                                "take another task.season, or 0 for none",
                                table.columns[c], season));
  }
  return scale;
}

}  // namespace

ForecastTask::ForecastTask(const ForecastOptions& options)
    : options_(options),
      table_(read_csv(options.csv, options.columns)),
      parts_(parts_with_room(table_, options)),
      standardizer_(Standardizer::fit(rows_of(table_, parts_[Part::train]), table_.columns, options.csv)),
      standardized_(table_.values.size()),
      mase_scale_(mase_scale(table_, parts_[Part::train], options)) {
  standardizer_.apply(table_.values, standardized_);
}

TaskSpec ForecastTask::spec() const {
  const auto width = static_cast<int64_t>(table_.columns.size());
  return {.input = {InputSpec::Kind::continuous, width},
          .output = {OutputSpec::Kind::regression, OutputSpec::At::last_step, options_.horizon * width}};
}

Encoding ForecastTask::encoding() const {
  Encoding encoding;
  encoding.kind = "forecast";
  encoding.columns = table_.columns;
  encoding.mean = standardizer_.mean();
  encoding.deviation = standardizer_.deviation();
  encoding.window = options_.window;
  encoding.horizon = options_.horizon;
  return encoding;
}

std::vector<MetricInfo> ForecastTask::metrics() const { return ForecastScore::metrics(table_.columns); }

Range ForecastTask::examples(Part part) const {
  const Range range = parts_[part];
  const int64_t begin = std::max(range.begin, options_.window);
  return {begin, std::max(begin, range.end - options_.horizon + 1)};
}

std::unique_ptr<Batches> ForecastTask::batches(Part part, int64_t batch_size) const {
  const WindowShape shape{static_cast<int64_t>(table_.columns.size()), options_.window, options_.horizon};
  return std::make_unique<ForecastBatches>(standardized_, shape, examples(part), batch_size, part == Part::train);
}

std::unique_ptr<Score> ForecastTask::score() const {
  return std::make_unique<ForecastScore>(standardizer_.deviation(), mase_scale_);
}

std::vector<Baseline> ForecastTask::baselines() const {
  const auto width = static_cast<int64_t>(table_.columns.size());
  std::vector<Baseline> baselines;
  const auto add = [&](const char* name, Part part, int64_t season) {
    ForecastScore score(standardizer_.deviation(), mase_scale_);
    add_seasonal_naive(table_.values, width, examples(part), options_.horizon, season, score);
    baselines.push_back({name, part, score.values()});
  };
  for (const Part part : {Part::valid, Part::test}) {
    if (examples(part).size() == 0) continue;
    add("persistence", part, 1);
    if (options_.season > 0) add("seasonal_naive", part, options_.season);
  }
  return baselines;
}

std::vector<Fact> ForecastTask::facts() const {
  std::vector<Fact> facts{{"file", options_.csv},
                          {"rows", fmt::format("{}", table_.rows)},
                          {"columns", fmt::format("{}", fmt::join(table_.columns, ", "))}};
  for (const Part part : kParts) {
    facts.push_back({std::string(to_string(part)),
                     fmt::format("{} rows, {} examples", parts_[part].size(), examples(part).size())});
  }
  return facts;
}

}  // namespace recur::data
