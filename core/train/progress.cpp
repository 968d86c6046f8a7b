#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::train {
namespace {

template <class T>
const T& scalar_of(const Checkpoint& checkpoint, const std::string& name) {
  const auto found = checkpoint.scalars.find(name);
  const T* const value = found == checkpoint.scalars.end() ? nullptr : std::get_if<T>(&found->second);
  if (value == nullptr) throw UserError(fmt::format("the checkpoint has no '{}'; it was made by another version of recur, start afresh", name));
  return *value;
}

std::string default_objective(const TrainOptions& options, const std::vector<std::string>& columns) {
  if (options.early_stopping) return options.early_stopping->metric;
  return std::find(columns.begin(), columns.end(), "valid/loss") != columns.end() ? "valid/loss" : "train/loss";
}

}  // namespace

int64_t integer_of(const Checkpoint& checkpoint, const std::string& name) { return scalar_of<int64_t>(checkpoint, name); }
double real_of(const Checkpoint& checkpoint, const std::string& name) { return scalar_of<double>(checkpoint, name); }
const std::string& text_of(const Checkpoint& checkpoint, const std::string& name) { return scalar_of<std::string>(checkpoint, name); }

Watched watch(const std::string& metric, const std::vector<std::string>& columns, const data::Task& task, const std::string& key) {
  const auto found = std::find(columns.begin(), columns.end(), metric);
  if (found == columns.end()) throw UserError(fmt::format("{}: unknown metric '{}'{}", key, metric, suggestion(metric, columns)));
  Watched watched{metric, static_cast<size_t>(found - columns.begin()), true};
  const std::string name = metric.substr(metric.find('/') + 1);
  for (const data::MetricInfo& info : task.metrics())
    if (info.name == name) watched.smaller_is_better = info.smaller_is_better;
  return watched;
}

Progress::Progress(const std::string& objective, const TrainOptions& options, const std::vector<std::string>& columns, const data::Task& task)
    : options_(options),
      objective_(watch(objective.empty() ? default_objective(options, columns) : objective, columns, task, "sweep.objective.metric")),
      stopping_(options.early_stopping ? watch(options.early_stopping->metric, columns, task, "train.early_stopping.metric") : objective_),
      best_(objective_.worst()),
      stopping_best_(stopping_.worst()) {}

bool Progress::end_epoch(std::span<const double> row) {
  const int64_t epoch = epochs++;
  const bool improved = objective_.better(row[objective_.column], best_);
  if (improved) {
    best_ = row[objective_.column];
    best_epoch = epoch;
  }
  if (options_.early_stopping) {
    const double value = row[stopping_.column];
    if (stopping_.better(value, stopping_best_, options_.early_stopping->min_delta)) {
      stopping_best_ = value;
      waited_ = 0;
    } else if (++waited_ >= options_.early_stopping->patience) {
      ended = fmt::format("stopped early: {} has not improved for {} epochs", stopping_.metric, waited_);
    }
  }
  if (ended.empty() && options_.max_minutes && seconds >= 60 * *options_.max_minutes)
    ended = fmt::format("stopped after {:.1f} minutes, as train.max_minutes says", seconds / 60);
  return improved;
}

void Progress::save(Checkpoint& checkpoint) const {
  auto& scalars = checkpoint.scalars;
  scalars["epochs"] = epochs;
  scalars["step"] = step;
  scalars["seconds"] = seconds;
  scalars["best_epoch"] = best_epoch;
  scalars["ended"] = ended;
  scalars["best_value"] = best_;
  scalars["stopping.best"] = stopping_best_;
  scalars["stopping.waited"] = waited_;
}

void Progress::restore(const Checkpoint& checkpoint) {
  epochs = integer_of(checkpoint, "epochs");
  step = integer_of(checkpoint, "step");
  seconds = real_of(checkpoint, "seconds");
  best_epoch = integer_of(checkpoint, "best_epoch");
  ended = text_of(checkpoint, "ended");
  best_ = real_of(checkpoint, "best_value");
  stopping_best_ = real_of(checkpoint, "stopping.best");
  waited_ = integer_of(checkpoint, "stopping.waited");
}

}  // namespace recur::train
