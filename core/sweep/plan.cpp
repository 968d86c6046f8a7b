#include "recur/sweep/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "recur/model/budget.hpp"
#include "recur/model/network.hpp"
#include "recur/store/experiment.hpp"

namespace recur::sweep {
namespace {

// As the trainer chooses it where the definition does not say.
store::Objective objective_of(const Definition& definition, const data::Task& task) {
  std::string metric;
  if (definition.sweep) metric = definition.sweep->objective.metric;
  else if (definition.train.early_stopping) metric = definition.train.early_stopping->metric;
  else metric = task.batches(data::Part::valid, definition.train.batch)->size() > 0 ? "valid/loss" : "train/loss";
  return {metric, !larger_is_better(metric)};
}

// The lines of the canonical text by which a model and its data are the same, so that each is made once.
std::string key_of_model(const Definition& trial, bool with_size) {
  std::istringstream lines(canonical_text(trial));
  std::string key;
  for (std::string line; std::getline(lines, line);) {
    const bool counts = line.starts_with("task.") || line.starts_with("model.") || line.starts_with("train.batch:");
    if (counts && (with_size || !line.starts_with("model.hidden:"))) key += line + "\n";
  }
  return key;
}

class Planner {
 public:
  Planner(const Definition& definition, const plugin::Registry& registry, data::TaskCache& tasks)
      : definition_(definition), registry_(registry), tasks_(tasks) {}

  Plan make() {
    Plan plan{definition_, {}, {}, {}};
    std::set<std::string> seen;
    for (Point& point : points(definition_)) {
      try {
        PlannedPoint planned = make(std::move(point));
        if (seen.insert(trial_hash(planned.definition)).second) plan.points.push_back(std::move(planned));
      } catch (const UserError& error) {
        mistakes_.add(error);
      }
    }
    mistakes_.raise();
    plan.objective = objective_of(definition_, *tasks_.get(plan.points.front().definition.task));
    for (int64_t replicate = 0; replicate < definition_.replicates; ++replicate)
      for (size_t i = 0; i < plan.points.size(); ++i)
        plan.trials.push_back({trial_name(plan.points[i].definition, replicate), i, replicate});
    return plan;
  }

 private:
  PlannedPoint make(Point point) {
    Definition trial = apply(definition_, point);
    const std::shared_ptr<const data::Task> task = checked_task(trial);
    if (definition_.budget) trial = with(trial, "model.hidden", solved_hidden(trial, task->spec()));
    const auto [known, is_new] = parameters_.try_emplace(key_of_model(trial, true));
    if (is_new) known->second = model::Network(trial.model, task->spec(), registry_).parameters();
    std::string variant = variant_of(definition_, point, trial);
    return {std::move(point), std::move(trial), std::move(variant), known->second};
  }

  // Asks for the batches of every part, which tells whether the parts are long enough.
  std::shared_ptr<const data::Task> checked_task(const Definition& trial) {
    std::shared_ptr<const data::Task> task = tasks_.get(trial.task);
    for (const data::Part part : data::kParts) task->batches(part, trial.train.batch);
    return task;
  }

  int64_t solved_hidden(const Definition& trial, const data::TaskSpec& spec) {
    const auto [known, is_new] = hidden_.try_emplace(key_of_model(trial, false));
    if (!is_new) return known->second;
    try {
      const plugin::FindCell find = [this](std::string_view id) -> const plugin::LoadedCell& { return registry_.find(id); };
      known->second = model::solve_hidden(trial.model, spec, find, definition_.budget->params).hidden;
    } catch (const UserError& error) {
      hidden_.erase(known);
      throw UserError(definition_.place("budget.params"), error.what());
    }
    return known->second;
  }

  const Definition& definition_;
  const plugin::Registry& registry_;
  data::TaskCache& tasks_;
  config::Mistakes mistakes_;
  std::map<std::string, int64_t> hidden_;
  std::map<std::string, int64_t> parameters_;
};

void collect(const std::vector<Parameter>& parameters, std::set<std::string>& choices) {
  for (const Parameter& parameter : parameters) {
    if (parameter.kind == Parameter::Kind::choice && parameter.options.size() > 1) choices.insert(parameter.path);
    for (const Option& option : parameter.options) collect(option.parameters, choices);
  }
}

}  // namespace

Plan make_plan(const Definition& definition, const plugin::Registry& registry, data::TaskCache& tasks) {
  return Planner(definition, registry, tasks).make();
}

std::string variant_of(const Definition& definition, const Point& point, const Definition& trial) {
  std::set<std::string> choices;
  if (definition.sweep) collect(definition.sweep->space.parameters, choices);
  if (choices.contains("model.cell")) return trial.model.cell;
  std::string variant;
  for (const Setting& setting : point.settings)
    if (choices.contains(setting.path)) variant += (variant.empty() ? "" : " ") + config::to_string(setting.value);
  return variant.empty() ? trial.model.cell : variant;
}

store::Values values_of(const Point& point) {
  store::Values values;
  for (const Setting& setting : point.settings) {
    const bool plain = setting.value.kind == config::Value::Kind::scalar;
    values[setting.path] = plain ? config::as_scalar(setting.value) : store::Value(config::to_string(setting.value));
  }
  return values;
}

std::string data_file(const data::TaskOptions& task) {
  std::string main;
  data::for_each_data_file(task, [&](const std::string&, const std::string& path) {
    if (main.empty()) main = path;
  });
  return main;
}

std::map<std::string, store::TrialRecord> progress(const Plan& plan, const std::filesystem::path& root) {
  std::map<std::string, store::TrialRecord> found;
  const std::filesystem::path directory = root / plan.definition.name;
  std::error_code error;
  if (!std::filesystem::exists(directory / "definition.yaml", error)) return found;
  store::ExperimentRecord experiment = store::read_experiment(directory);
  if (experiment.definition != to_yaml(plan.definition))
    throw UserError(fmt::format("{}: belongs to another definition; use --fresh, or give the experiment another name", directory.string()));
  for (store::TrialRecord& trial : experiment.trials) found.emplace(trial.spec.name, std::move(trial));
  return found;
}

}  // namespace recur::sweep
