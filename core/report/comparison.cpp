#include "recur/report/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "comparison_notes.hpp"
#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::report {
namespace {

using store::TrialRecord;
using store::TrialState;

// The finished trials at one point, by replicate.
using Replicates = std::map<int64_t, const TrialRecord*>;

struct Variant {
  std::map<store::Values, Replicates> points;
  Counts counts;
};

store::Objective common_objective(std::span<const TrialRecord> trials) {
  const store::Objective& first = trials.front().spec.objective;
  for (const TrialRecord& trial : trials)
    if (const store::Objective& other = trial.spec.objective; !(other == first))
      throw UserError(fmt::format("{}: is judged by {} ({}), others by {} ({}); compare results of one objective",
                                  trial.file.string(), other.metric, other.minimize ? "min" : "max", first.metric,
                                  first.minimize ? "min" : "max"));
  return first;
}

// "valid/rmse" is chosen by, "test/rmse" is what counts.
std::string test_counterpart(const std::string& metric) {
  return "test/" + metric.substr(metric.find('/') == std::string::npos ? 0 : metric.find('/') + 1);
}

std::vector<std::string> metrics_to_report(std::span<const TrialRecord> trials, const store::Objective& objective,
                                           const ComparisonOptions& options) {
  std::set<std::string> known;
  for (const TrialRecord& trial : trials) {
    for (const auto& [name, value] : trial.outcome.results) known.insert(name);
    known.insert(trial.spec.epoch_metrics.begin(), trial.spec.epoch_metrics.end());
  }
  if (!options.metrics.empty()) {
    for (const std::string& metric : options.metrics)
      if (!known.contains(metric) && !known.empty())
        throw UserError(fmt::format("no trial has the metric '{}'{}", metric,
                                    suggestion(metric, {known.begin(), known.end()})));
    return options.metrics;
  }
  std::vector<std::string> metrics;
  std::copy_if(known.begin(), known.end(), std::back_inserter(metrics),
               [](const std::string& name) { return name.starts_with("test/"); });
  if (const auto main = std::find(metrics.begin(), metrics.end(), test_counterpart(objective.metric));
      main != metrics.end())
    std::rotate(metrics.begin(), main, main + 1);
  if (metrics.empty() && !objective.metric.empty()) metrics = {objective.metric};
  return metrics;
}

void count(Counts& counts, TrialState state) {
  switch (state) {
    case TrialState::done: ++counts.done; break;
    case TrialState::failed: ++counts.failed; break;
    case TrialState::pruned: ++counts.pruned; break;
    case TrialState::stale: ++counts.stale; break;
    case TrialState::running: ++counts.running; break;
    case TrialState::queued: ++counts.queued; break;
  }
}

std::map<std::string, Variant> by_variant(std::span<const TrialRecord> trials) {
  std::map<std::string, Variant> variants;
  for (const TrialRecord& trial : trials) {
    Variant& variant = variants[trial.spec.variant];
    count(variant.counts, trial.state());
    Replicates& replicates = variant.points[trial.spec.point];
    if (trial.state() != TrialState::done) continue;
    // The same trial in two directories: the later one.
    const TrialRecord*& place = replicates[trial.spec.replicate];
    if (place == nullptr || trial.ended > place->ended) place = &trial;
  }
  return variants;
}

std::map<int64_t, double> values_of(const Replicates& replicates, const std::string& metric) {
  std::map<int64_t, double> values;
  for (const auto& [replicate, trial] : replicates)
    if (const std::optional<double> value = trial->metric(metric); value && std::isfinite(*value))
      values[replicate] = *value;
  return values;
}

std::vector<double> numbers(const std::map<int64_t, double>& by_replicate) {
  std::vector<double> values;
  for (const auto& [replicate, value] : by_replicate) values.push_back(value);
  return values;
}

// Fewer replicates with a value lose; then the worse mean; then the later point, for a stable answer.
std::map<store::Values, Replicates>::const_iterator choose_point(const Variant& variant,
                                                                 const store::Objective& objective) {
  auto best = variant.points.end();
  size_t most = 0;
  double best_mean = 0;
  for (auto it = variant.points.begin(); it != variant.points.end(); ++it) {
    const std::vector<double> values = numbers(values_of(it->second, objective.metric));
    const size_t n = objective.metric.empty() ? it->second.size() : values.size();
    if (n == 0) continue;
    const double judged = values.empty() ? 0 : objective.minimize ? mean(values) : -mean(values);
    if (n > most || (n == most && judged < best_mean)) std::tie(best, most, best_mean) = std::tuple(it, n, judged);
  }
  return best;
}

VariantRow row_of(const std::string& name, const Variant& variant, const Comparison& comparison) {
  VariantRow row;
  row.variant = name;
  row.points = static_cast<int64_t>(variant.points.size());
  row.counts = variant.counts;
  const auto chosen = choose_point(variant, comparison.objective);
  if (chosen == variant.points.end()) return row;
  row.point = chosen->first;
  const Replicates& replicates = chosen->second;
  row.objective = mean_interval(numbers(values_of(replicates, comparison.objective.metric)), comparison.level);
  for (const std::string& metric : comparison.metrics) {
    MetricRow& of_metric = row.metrics[metric];
    of_metric.by_replicate = values_of(replicates, metric);
    of_metric.estimate = mean_interval(numbers(of_metric.by_replicate), comparison.level);
  }
  for (const auto& [replicate, trial] : replicates) {
    row.trials.push_back(trial->spec.name);
    row.seconds += trial->seconds / static_cast<double>(replicates.size());
  }
  row.parameters = replicates.begin()->second->spec.parameters;
  row.flops_per_step = replicates.begin()->second->spec.flops_per_step;
  return row;
}

void rank(Comparison& comparison) {
  const double sign = comparison.objective.minimize ? 1 : -1;
  std::stable_sort(comparison.variants.begin(), comparison.variants.end(), [&](const VariantRow& a, const VariantRow& b) {
    if ((a.objective.n > 0) != (b.objective.n > 0)) return a.objective.n > 0;
    return a.objective.n > 0 && sign * a.objective.mean < sign * b.objective.mean;
  });
  int64_t next = 1;
  for (VariantRow& row : comparison.variants)
    if (row.objective.n > 0) row.rank = next++;
}

void contrast_with_best(Comparison& comparison) {
  if (comparison.variants.empty() || comparison.variants.front().rank == 0) return;
  const VariantRow& best = comparison.variants.front();
  for (const std::string& metric : comparison.metrics) {
    const std::map<int64_t, double>& reference = best.metrics.at(metric).by_replicate;
    std::vector<Contrast*> contrasts;
    std::vector<double> p;
    for (VariantRow& row : comparison.variants) {
      if (&row == &best || row.rank == 0) continue;
      MetricRow& of_metric = row.metrics.at(metric);
      Contrast contrast;
      std::vector<double> a, b;
      for (const auto& [replicate, value] : of_metric.by_replicate) {
        const auto other = reference.find(replicate);
        if (other == reference.end()) continue;
        contrast.replicates.push_back(replicate);
        a.push_back(value);
        b.push_back(other->second);
      }
      contrast.test = paired_test(a, b, comparison.level);
      p.push_back(contrast.test.p_t);
      of_metric.against_best = std::move(contrast);
      contrasts.push_back(&*of_metric.against_best);
    }
    const std::vector<double> adjusted = holm(p);
    for (size_t i = 0; i < contrasts.size(); ++i) contrasts[i]->p_holm = adjusted[i];
  }
}

std::vector<BaselineRow> baseline_rows(std::span<const TrialRecord> trials, const Comparison& comparison) {
  // One value a replicate: trials of a replicate share their data, so they measured the same.
  std::map<std::string, std::map<std::string, std::map<int64_t, double>>> values;
  std::vector<std::string> order;
  for (const TrialRecord& trial : trials)
    for (const store::Baseline& baseline : trial.outcome.baselines) {
      if (!values.contains(baseline.name)) order.push_back(baseline.name);
      for (const auto& [metric, value] : baseline.metrics)
        if (std::isfinite(value)) values[baseline.name][metric].emplace(trial.spec.replicate, value);
    }
  std::vector<BaselineRow> rows;
  for (const std::string& name : order) {
    BaselineRow row{name, {}};
    std::vector<std::string> metrics = comparison.metrics;
    metrics.push_back(comparison.objective.metric);
    for (const std::string& metric : metrics)
      if (const auto it = values[name].find(metric); it != values[name].end())
        row.metrics[metric] = mean_interval(numbers(it->second), comparison.level);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Comparison compare(std::span<const TrialRecord> trials, const ComparisonOptions& options) {
  Comparison comparison;
  comparison.level = options.level;
  if (trials.empty()) {
    comparison.notes.emplace_back("there are no trials yet");
    return comparison;
  }
  comparison.objective = common_objective(trials);
  comparison.metrics = metrics_to_report(trials, comparison.objective, options);
  std::set<int64_t> replicates;
  for (const TrialRecord& trial : trials) replicates.insert(trial.spec.replicate);
  comparison.replicates.assign(replicates.begin(), replicates.end());
  for (const auto& [name, variant] : by_variant(trials))
    comparison.variants.push_back(row_of(name, variant, comparison));
  rank(comparison);
  contrast_with_best(comparison);
  comparison.baselines = baseline_rows(trials, comparison);
  comparison.notes = comparison_notes(comparison, trials);
  return comparison;
}

}  // namespace recur::report
