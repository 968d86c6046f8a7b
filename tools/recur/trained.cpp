#include "trained.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "recur/config/data_path.hpp"
#include "recur/error/error.hpp"
#include "recur/store/experiment.hpp"
#include "recur/store/provenance.hpp"
#include "recur/sweep/encoding_text.hpp"
#include "recur/sweep/plan.hpp"
#include "recur/sweep/registry_cells.hpp"
#include "recur/train/checkpoint.hpp"

namespace recur::tool {
namespace {

namespace fs = std::filesystem;

fs::path best_trial(const fs::path& directory, const Output& output) {
  const store::ExperimentRecord experiment = store::read_experiment(directory);
  const store::TrialRecord* best = nullptr;
  for (const store::TrialRecord& trial : experiment.trials) {
    if (trial.state() != store::TrialState::done || !trial.objective()) continue;
    const bool smaller = best != nullptr && *trial.objective() < *best->objective();
    if (best == nullptr || (trial.spec.objective.minimize ? smaller : *trial.objective() > *best->objective())) best = &trial;
  }
  if (best == nullptr) throw UserError(fmt::format("{}: no trial is done; recur run goes on with it", directory.string()));
  if (experiment.trials.size() > 1)
    say(output, fmt::format("Taking {}/{}, the best by {}", experiment.name, best->spec.name, best->spec.objective.metric));
  return best->file;
}

// A file as the trial read it; results of before all files were kept know the main one alone.
const store::DataFile* recorded(const store::Provenance& provenance, const std::string& key, bool main) {
  for (const store::DataFile& file : provenance.data)
    if (file.key == key || (main && file.key.empty())) return &file;
  return nullptr;
}

void fill(model::ParameterSet& set, const std::vector<store::Array>& arrays) {
  std::vector<train::ArrayView> views;
  for (const store::Array& array : arrays) views.push_back({array.name, array.shape, array.values});
  train::from_arrays(set, views);
}

}  // namespace

void add_trained(CLI::App& verb, TrainedArguments& arguments) {
  verb.add_option("RESULT", arguments.result, "an experiment, NAME/TRIAL or a trial's file; of an experiment the best trial is taken")->required();
  verb.add_option("--weights", arguments.weights, "best (default) or last")->check(CLI::IsMember({"best", "last"}))->type_name("WHICH");
  add_results(verb, arguments.root);
  add_plugins(verb, arguments.plugins);
  add_output(verb, arguments.output);
}

Trained load_trained(const TrainedArguments& arguments, const plugin::Registry& registry) {
  const store::ResultPath result = store::find_result(arguments.root, arguments.result);
  const fs::path file = result.trial.empty() ? best_trial(result.directory, arguments.output) : result.trial;
  store::TrialRecord record = store::read_trial(file, {.steps = false, .log = false, .weights = true});
  const std::vector<store::Array>& arrays = arguments.weights == "last" ? record.outcome.last : record.outcome.best;
  if (arrays.empty())
    throw UserError(fmt::format("{}: has no weights: the trial is {}", file.string(), store::to_string(record.state())));

  sweep::Definition definition =
      sweep::parse_definition(record.spec.definition, file.string(), {.cells = sweep::cells_of(registry), .find_files = false});
  const plugin::Row& row = registry.describe(definition.model.cell);
  if (!record.spec.provenance.plugin_hash.empty() && store::file_hash(row.file) != record.spec.provenance.plugin_hash)
    say(arguments.output, fmt::format("Note: {} is not the file that the trial was trained with", row.file.string()));
  data::Encoding encoding = sweep::read_encoding(record.spec.encoding);
  model::Network network(definition.model, model::task_spec(encoding), registry);
  model::ParameterSet weights(network.layout());
  fill(weights, arrays);
  return {std::move(record), std::move(definition), std::move(encoding), std::move(network), std::move(weights)};
}

data::TaskOptions find_data(const Trained& trained) {
  const store::TrialRecord& record = trained.record;
  data::TaskOptions task = data::of_replicate(trained.definition.task, record.spec.replicate);
  const std::string main = sweep::data_file(task);
  // The directory that written paths started from is what is left of a file's path without the path that was written.
  const std::string there = record.spec.provenance.data.empty() ? "" : record.spec.provenance.data.front().file;
  const fs::path start = there.ends_with("/" + main) ? fs::path(there.substr(0, there.size() - main.size())) : record.file.parent_path();
  const config::DataPath kind = data::data_may_be_folders(task) ? config::DataPath::file_or_directory : config::DataPath::file;
  std::vector<std::string> gone;
  data::for_each_data_file(task, [&](const std::string& key, std::string& path) {
    if (path.empty()) return;
    const store::DataFile* const before = recorded(record.spec.provenance, key, path == main);
    std::error_code ignored;
    if (before != nullptr && fs::exists(before->file, ignored)) {
      path = before->file;
      return;
    }
    try {
      path = config::find_data_file(path, {start.string()}, kind);
    } catch (const UserError&) {
      gone.push_back(fmt::format("{}: is not there any more; give a file with --input, or put it into a directory of RECUR_DATA",
                                 before == nullptr ? path : before->file));
    }
  });
  if (!gone.empty()) throw UserError(gone);
  return task;
}

std::vector<std::string> changed_data(const Trained& trained, const data::TaskOptions& found) {
  const std::string main = sweep::data_file(found);
  std::vector<std::string> changed;
  data::for_each_data_file(found, [&](const std::string& key, const std::string& path) {
    if (path.empty()) return;
    const store::DataFile* const before = recorded(trained.record.spec.provenance, key, path == main);
    if (before != nullptr && store::path_hash(path) != before->hash) changed.push_back(path);
  });
  return changed;
}

}  // namespace recur::tool
