#include "recur/sweep/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "recur/error/suggest.hpp"
#include "recur/model/budget.hpp"
#include "recur/model/network.hpp"
#include "recur/store/experiment.hpp"
#include "state_log.hpp"

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
    check_states();
    mistakes_.raise();
    plan.objective = objective_of(definition_, *tasks_.get(data::of_replicate(plan.points.front().definition.task, 0)));
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
    if (is_new) known->second = checked_model(trial, *task);
    std::string variant = variant_of(definition_, point, trial);
    return {std::move(point), std::move(trial), std::move(variant), known->second};
  }

  // Makes the model and looks for the states that are to be logged; returns its parameters.
  int64_t checked_model(const Definition& trial, const data::Task& task) {
    const model::Network network(trial.model, task.spec(), registry_);
    for (const std::string& name : logged_states(trial, network)) states_.insert(name);
    for (const std::string& name : train::traceable(network)) known_states_.insert(name.substr(name.find('/') + 1));
    try {
      exec::PathMemory none;
      const StateLog log(trial, task, network, none);
    } catch (const UserError& error) {
      throw UserError(definition_.place("log.sequence"), error.what());
    }
    return network.parameters();
  }

  // A state that no model of the plan has.
  void check_states() {
    if (!definition_.log) return;
    const std::vector<std::string> known(known_states_.begin(), known_states_.end());
    for (const std::string& name : definition_.log->states)
      if (!states_.contains(name))
        mistakes_.add(definition_.place("log.states"), "log.states", fmt::format("no model has a state '{}'{}", name, suggestion(name, known)));
  }

  // Asks for the batches of every part, which tells whether the parts are long enough. Where replicates differ in their data, the task is that
  // of the one with the largest vocabulary, so that none exceeds a budget.
  std::shared_ptr<const data::Task> checked_task(const Definition& trial) {
    const int64_t differing = data::folds_are_replicates(trial.task) ? definition_.replicates : 1;
    std::shared_ptr<const data::Task> largest;
    for (int64_t replicate = 0; replicate < differing; ++replicate) {
      std::shared_ptr<const data::Task> task = tasks_.get(data::of_replicate(trial.task, replicate));
      for (const data::Part part : data::kParts) task->batches(part, trial.train.batch);
      if (!largest || task->spec().input.width > largest->spec().input.width) largest = std::move(task);
    }
    return largest;
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
  std::set<std::string> states_, known_states_;  // that some model has: of those to be logged; of all, without their layers
};

void collect(const std::vector<Parameter>& parameters, std::set<std::string>& choices) {
  for (const Parameter& parameter : parameters) {
    if (parameter.kind == Parameter::Kind::choice && parameter.options.size() > 1) choices.insert(parameter.path);
    for (const Option& option : parameter.options) collect(option.parameters, choices);
  }
}

// Of a definition as to_yaml writes it: a key of the top begins its line, and these two take no more than that.
constexpr std::string_view kReplicates = "replicates: ", kAbout = "about: ";

std::string without_about(const std::string& yaml) {
  std::string rest;
  std::istringstream lines(yaml);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with(kAbout)) rest += line + "\n";
  return rest;
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
  for (const Setting& setting : point.settings) {
    if (!choices.contains(setting.path)) continue;
    if (!variant.empty()) variant += " ";
    // A word says what it is, a number or a truth does not.
    const bool word = setting.value.kind != config::Value::Kind::scalar || std::holds_alternative<std::string>(config::as_scalar(setting.value));
    if (!word) variant += setting.path.substr(setting.path.rfind('.') + 1) + "=";
    variant += config::to_string(setting.value);
  }
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

bool goes_on(const Definition& definition, const std::string& there) {
  Definition before = definition;
  std::istringstream lines(there);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(kReplicates)) std::istringstream(line.substr(kReplicates.size())) >> before.replicates;
  return before.replicates <= definition.replicates && without_about(to_yaml(before)) == without_about(there);
}

std::map<std::string, store::TrialRecord> progress(const Plan& plan, const std::filesystem::path& root) {
  std::map<std::string, store::TrialRecord> found;
  const std::filesystem::path directory = root / plan.definition.name;
  std::error_code error;
  if (!std::filesystem::exists(directory / "definition.yaml", error)) return found;
  store::ExperimentRecord experiment = store::read_experiment(directory);
  if (!goes_on(plan.definition, experiment.definition))
    throw UserError(fmt::format("{}: belongs to another definition; use --fresh, or give the experiment another name", directory.string()));
  for (store::TrialRecord& trial : experiment.trials) found.emplace(trial.spec.name, std::move(trial));
  return found;
}

}  // namespace recur::sweep
