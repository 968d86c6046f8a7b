#include "trial_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "recur/error/error.hpp"

namespace recur::store {
namespace {

std::vector<std::string> with(std::vector<std::string> first, const std::vector<std::string>& rest) {
  first.insert(first.end(), rest.begin(), rest.end());
  return first;
}

void write_group(hid_t at, const std::string& name, const Values& values) {
  h5::write_attributes(h5::create_group(at, name).get(), values);
}

void write_data_files(hid_t provenance, const std::vector<DataFile>& files) {
  if (files.empty()) return;
  std::vector<std::string> keys, paths, hashes;
  for (const DataFile& file : files) {
    keys.push_back(file.key);
    paths.push_back(file.file);
    hashes.push_back(file.hash);
  }
  const h5::Id group = h5::create_group(provenance, layout::kData);
  h5::write_texts(group.get(), "key", keys);
  h5::write_texts(group.get(), "file", paths);
  h5::write_texts(group.get(), "hash", hashes);
}

void write_details(hid_t file, const std::map<std::string, std::string>& details) {
  if (details.empty()) return;
  const h5::Id group = h5::create_group(file, layout::kDetails);
  for (const auto& [part, text] : details) h5::write_text(group.get(), part, text);
}

// Rows are baselines, columns the metrics that any of them has.
void write_baselines(hid_t file, const std::vector<Baseline>& baselines) {
  if (baselines.empty()) return;
  std::set<std::string> columns;
  for (const Baseline& baseline : baselines)
    for (const auto& [metric, value] : baseline.metrics) columns.insert(metric);
  if (columns.empty()) return;
  Series table{{columns.begin(), columns.end()}, {}};
  std::vector<std::string> names;
  for (const Baseline& baseline : baselines) {
    names.push_back(baseline.name);
    for (const std::string& column : table.columns) {
      const auto it = baseline.metrics.find(column);
      table.values.push_back(it == baseline.metrics.end() ? std::nan("") : it->second);
    }
  }
  h5::write_series(file, "baselines", table);
  const h5::Id set(H5Dopen2(file, "baselines", H5P_DEFAULT), H5Dclose, "baselines");
  h5::write_attribute(set.get(), "names", names);
}

void write_log(hid_t file, const std::vector<Event>& events) {
  const h5::Id group = h5::create_group(file, layout::kLog);
  std::vector<double> times;
  std::vector<std::string> levels, texts;
  for (const Event& event : events) {
    times.push_back(event.time);
    levels.emplace_back(to_string(event.level));
    texts.push_back(event.text);
  }
  h5::write_doubles(group.get(), "time", times, {times.size()});
  h5::write_texts(group.get(), "level", levels);
  h5::write_texts(group.get(), "text", texts);
}

void write_whole(hid_t file, const TrialRecord& record) {
  write_head(file, record, this_process());
  const h5::Id metrics = h5::create_group(file, layout::kMetrics);
  h5::write_series(metrics.get(), layout::kEpochs, record.epochs);
  h5::write_series(metrics.get(), layout::kSteps, record.steps);
  write_log(file, record.log);
  if (!record.states.empty()) h5::write_arrays(h5::create_group(file, layout::kStates).get(), record.states);
  Values results;
  for (const auto& [metric, value] : record.outcome.results) results[metric] = value;
  write_group(file, "results", results);
  write_details(file, record.outcome.details);
  write_baselines(file, record.outcome.baselines);
  const h5::Id weights = h5::create_group(file, "weights");
  h5::write_arrays(h5::create_group(weights.get(), "last").get(), record.outcome.last);
  h5::write_arrays(h5::create_group(weights.get(), "best").get(), record.outcome.best);
}

}  // namespace

std::vector<std::string> epoch_columns(const TrialSpec& spec) {
  return with({"epoch", "step", "seconds"}, spec.epoch_metrics);
}

std::vector<std::string> step_columns(const TrialSpec& spec) {
  return with({"step", "epoch", "seconds"}, spec.step_metrics);
}

size_t scalars(std::span<const int64_t> shape) {
  return static_cast<size_t>(std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()));
}

std::vector<Array> no_states(const TrialSpec& spec) {
  std::vector<Array> states;
  for (const LoggedState& state : spec.states) {
    Array array{state.name, {0}, {}, {}};
    array.shape.insert(array.shape.end(), state.shape.begin(), state.shape.end());
    states.push_back(std::move(array));
  }
  return states;
}

void write_head(hid_t file, const TrialRecord& record, const ProcessId& writer) {
  const TrialSpec& spec = record.spec;
  const Outcome& outcome = record.outcome;
  h5::write_attributes(file, {{"format", kTrialFormat},
                              {"format_version", kFormatVersion},
                              {"name", spec.name},
                              {"variant", spec.variant},
                              {"seed", static_cast<int64_t>(spec.seed)},
                              {"replicate", spec.replicate},
                              {"state", std::string(to_string(outcome.state))},
                              {"message", outcome.message},
                              {"objective_metric", spec.objective.metric},
                              {"objective_goal", spec.objective.minimize ? "min" : "max"},
                              {"parameters", spec.parameters},
                              {"flops_per_step", spec.flops_per_step},
                              {"planned_epochs", spec.planned_epochs},
                              {"best_epoch", outcome.best_epoch},
                              {"started", record.started},
                              {"ended", record.ended}});
  h5::write_text(file, "definition", spec.definition);
  h5::write_text(file, "encoding", spec.encoding);
  write_group(file, "point", spec.point);
  const Provenance& p = spec.provenance;
  const h5::Id provenance = h5::create_group(file, "provenance");
  h5::write_attributes(provenance.get(), {{"recur_version", p.recur_version},
                                          {"git_commit", p.git_commit},
                                          {"compiler", p.compiler},
                                          {"build_type", p.build_type},
                                          {"plugin_file", p.plugin_file},
                                          {"plugin_hash", p.plugin_hash},
                                          {"data_file", p.data.empty() ? "" : p.data.front().file},
                                          {"data_hash", p.data.empty() ? "" : p.data.front().hash},
                                          {"processor", p.processor},
                                          {"system", p.system},
                                          {"host", p.host}});
  write_data_files(provenance.get(), p.data);
  write_group(provenance.get(), "libraries", {p.libraries.begin(), p.libraries.end()});
  write_group(file, "process", {{"host", writer.host},
                                {"boot", writer.boot},
                                {"pid", writer.pid},
                                {"started", writer.started}});
}

void replace_trial(const TrialRecord& record, Outlives what) {
  const std::filesystem::path temporary = begin_replacing(record.file);
  try {
    h5::Id file = h5::create_file(temporary, false);
    write_whole(file.get(), record);
    file.close(temporary.string());
    commit_replacing(temporary, record.file, what);
  } catch (const StoreError& error) {
    begin_replacing(record.file);  // a half-written file takes room on a full disk
    throw StoreError(fmt::format("{}: {}", record.file.string(), error.what()));
  }
}

}  // namespace recur::store
