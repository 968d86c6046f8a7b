#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "json.hpp"
#include "recur/report/comparison.hpp"

namespace recur::report {
namespace json = boost::json;
namespace {

json::object estimate_json(const Estimate& estimate) {
  return {{"mean", json_number(estimate.mean)},
          {"sd", json_number(estimate.sd)},
          {"low", json_number(estimate.interval.low)},
          {"high", json_number(estimate.interval.high)},
          {"n", estimate.n}};
}

template <class T>
json::array array_of(const std::vector<T>& items) {
  json::array out;
  for (const T& item : items) out.emplace_back(item);
  return out;
}

json::object metric_json(const MetricRow& row) {
  json::object out = estimate_json(row.estimate);
  json::object values;
  for (const auto& [replicate, value] : row.by_replicate) values[std::to_string(replicate)] = json_number(value);
  out["by_replicate"] = std::move(values);
  if (!row.against_best) {
    out["against_best"] = nullptr;
    return out;
  }
  json::object contrast = estimate_json(row.against_best->test.difference);
  contrast["t"] = json_number(row.against_best->test.t);
  contrast["p"] = json_number(row.against_best->test.p_t);
  contrast["p_holm"] = json_number(row.against_best->p_holm);
  contrast["p_wilcoxon"] = json_number(row.against_best->test.p_wilcoxon);
  contrast["replicates"] = array_of(row.against_best->replicates);
  out["against_best"] = std::move(contrast);
  return out;
}

json::object variant_json(const VariantRow& row) {
  json::object metrics;
  for (const auto& [name, metric] : row.metrics) metrics[name] = metric_json(metric);
  const Counts& n = row.counts;
  return {{"variant", row.variant},
          {"rank", row.rank > 0 ? json::value(row.rank) : json::value(nullptr)},
          {"point", json_object(row.point)},
          {"points", row.points},
          {"trials", array_of(row.trials)},
          {"objective", estimate_json(row.objective)},
          {"metrics", std::move(metrics)},
          {"parameters", row.parameters},
          {"flops_per_step", json_number(row.flops_per_step)},
          {"seconds", json_number(row.seconds)},
          {"counts",
           {{"done", n.done},
            {"failed", n.failed},
            {"pruned", n.pruned},
            {"stale", n.stale},
            {"running", n.running},
            {"queued", n.queued}}}};
}

}  // namespace

std::string to_json(const Comparison& comparison) {
  json::array variants, baselines;
  for (const VariantRow& row : comparison.variants) variants.push_back(variant_json(row));
  for (const BaselineRow& row : comparison.baselines) {
    json::object metrics;
    for (const auto& [name, estimate] : row.metrics) metrics[name] = estimate_json(estimate);
    baselines.push_back(json::object{{"name", row.name}, {"metrics", std::move(metrics)}});
  }
  const json::object document = {
      {"objective",
       {{"metric", comparison.objective.metric}, {"goal", comparison.objective.minimize ? "min" : "max"}}},
      {"level", comparison.level},
      {"metrics", array_of(comparison.metrics)},
      {"replicates", array_of(comparison.replicates)},
      {"variants", std::move(variants)},
      {"baselines", std::move(baselines)},
      {"notes", array_of(comparison.notes)}};
  return json::serialize(document);
}

}  // namespace recur::report
