#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "json.hpp"
#include "recur/report/export.hpp"

namespace recur::report {
namespace json = boost::json;
namespace {

using store::TrialRecord;

json::object series_json(const store::Series& series) {
  json::object out;
  for (const std::string& name : series.columns) {
    json::array column;
    for (const double value : series.column(name)) column.push_back(json_number(value));
    out[name] = std::move(column);
  }
  return out;
}

json::object numbers_json(const std::map<std::string, double>& numbers) {
  json::object out;
  for (const auto& [name, value] : numbers) out[name] = json_number(value);
  return out;
}

json::object texts_json(const std::map<std::string, std::string>& texts) {
  json::object out;
  for (const auto& [name, text] : texts) out[name] = text;
  return out;
}

json::object provenance_json(const store::Provenance& p) {
  json::object libraries;
  for (const auto& [name, version] : p.libraries) libraries[name] = version;
  json::array data;
  for (const store::DataFile& file : p.data) data.push_back(json::object{{"key", file.key}, {"file", file.file}, {"hash", file.hash}});
  const store::DataFile main = p.data.empty() ? store::DataFile() : p.data.front();
  return {{"recur_version", p.recur_version}, {"git_commit", p.git_commit},   {"compiler", p.compiler},
          {"build_type", p.build_type},       {"plugin_file", p.plugin_file}, {"plugin_hash", p.plugin_hash},
          {"data_file", main.file},           {"data_hash", main.hash},       {"data", std::move(data)},
          {"processor", p.processor},         {"system", p.system},           {"host", p.host},
          {"libraries", std::move(libraries)}};
}

// Weights are for HDF5; here only what they are.
json::array arrays_json(const std::vector<store::Array>& arrays) {
  json::array out;
  for (const store::Array& array : arrays) {
    json::array shape(array.shape.begin(), array.shape.end());
    out.push_back(json::object{
        {"name", array.name}, {"shape", std::move(shape)}, {"attributes", json_object(array.attributes)}});
  }
  return out;
}

json::object trial_json(const TrialRecord& trial) {
  const store::TrialSpec& spec = trial.spec;
  const store::Outcome& outcome = trial.outcome;
  json::array baselines, log;
  for (const store::Baseline& baseline : outcome.baselines)
    baselines.push_back(json::object{{"name", baseline.name}, {"metrics", numbers_json(baseline.metrics)}});
  for (const store::Event& event : trial.log)
    log.push_back(json::object{{"time", event.time}, {"level", to_string(event.level)}, {"text", event.text}});
  return {{"name", spec.name},
          {"file", trial.file.string()},
          {"variant", spec.variant},
          {"replicate", spec.replicate},
          {"seed", spec.seed},
          {"state", to_string(trial.state())},
          {"message", outcome.message},
          {"point", json_object(spec.point)},
          {"objective", {{"metric", spec.objective.metric}, {"goal", spec.objective.minimize ? "min" : "max"}}},
          {"results", numbers_json(outcome.results)},
          {"details", texts_json(outcome.details)},
          {"best_epoch", outcome.best_epoch < 0 ? json::value(nullptr) : json::value(outcome.best_epoch)},
          {"baselines", std::move(baselines)},
          {"parameters", spec.parameters},
          {"flops_per_step", json_number(spec.flops_per_step)},
          {"planned_epochs", spec.planned_epochs},
          {"epochs_done", trial.epochs_done},
          {"steps_logged", trial.steps_logged},
          {"seconds", json_number(trial.seconds)},
          {"started", trial.started},
          {"ended", trial.ended},
          {"epochs", series_json(trial.epochs)},
          {"steps", series_json(trial.steps)},
          {"log", std::move(log)},
          {"weights", {{"last", arrays_json(outcome.last)}, {"best", arrays_json(outcome.best)}}},
          {"provenance", provenance_json(spec.provenance)},
          {"definition", spec.definition}};
}

}  // namespace

std::string to_json(const TrialRecord& trial) { return json::serialize(trial_json(trial)); }

std::string to_json(std::span<const TrialRecord> trials) {
  json::array all;
  for (const TrialRecord& trial : trials) all.push_back(trial_json(trial));
  return json::serialize(json::object{{"trials", std::move(all)}});
}

}  // namespace recur::report
