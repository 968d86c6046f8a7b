#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "options.hpp"
#include "recur/report/table.hpp"
#include "recur/store/experiment.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

namespace json = boost::json;

struct Arguments {
  std::filesystem::path root;
  Output output;
};

struct Summary {
  std::map<store::TrialState, int64_t> states;
  std::set<std::string> variants;
  std::string metric;
  std::optional<double> best;
  double last = 0;  // when anything began or ended
};

Summary summarise(const store::ExperimentRecord& experiment) {
  Summary summary;
  for (const store::TrialRecord& trial : experiment.trials) {
    ++summary.states[trial.state()];
    summary.variants.insert(trial.spec.variant);
    summary.metric = trial.spec.objective.metric;
    summary.last = std::max({summary.last, trial.started, trial.ended});
    if (trial.state() != store::TrialState::done || !trial.objective()) continue;
    const double value = *trial.objective();
    if (!summary.best || (trial.spec.objective.minimize ? value < *summary.best : value > *summary.best)) summary.best = value;
  }
  return summary;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string state_of(const store::ExperimentRecord& experiment, const Summary& summary) {
  if (experiment.running) return "running";
  const auto count = [&](store::TrialState state) {
    const auto found = summary.states.find(state);
    return found == summary.states.end() ? int64_t{0} : found->second;
  };
  if (count(store::TrialState::queued) + count(store::TrialState::stale) + count(store::TrialState::running) > 0) return "unfinished";
  if (count(store::TrialState::failed) > 0 || !experiment.damaged.empty()) return "some failed";
  return experiment.trials.empty() ? "empty" : "done";
}

int list(const Arguments& arguments) {
  json::array all;
  report::Table table({{"experiment"}, {"state"}, {"done", report::Align::right}, {"best", report::Align::right}, {"objective"}, {"variants"}, {"last"}});
  for (const std::filesystem::path& directory : store::list_experiments(arguments.root)) {
    const store::ExperimentRecord experiment = store::read_experiment(directory);
    Summary summary = summarise(experiment);
    json::object states;
    for (const auto& [state, count] : summary.states) states[store::to_string(state)] = count;
    json::array variants(summary.variants.begin(), summary.variants.end());
    all.push_back(json::object{{"name", experiment.name},
                               {"directory", directory.string()},
                               {"state", state_of(experiment, summary)},
                               {"trials", experiment.trials.size()},
                               {"states", std::move(states)},
                               {"objective", summary.metric},
                               {"best", summary.best ? number(*summary.best) : nullptr},
                               {"variants", std::move(variants)},
                               {"last", summary.last}});
    table.add_row({experiment.name, state_of(experiment, summary), fmt::format("{}/{}", summary.states[store::TrialState::done], experiment.trials.size()),
                   summary.best ? report::format_number(*summary.best) : "-", summary.metric, joined(summary.variants),
                   summary.last > 0 ? fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(static_cast<std::time_t>(summary.last))) : "-"});
  }
  if (arguments.output.json) print(json::object{{"experiments", std::move(all)}});
  else if (table.rows() == 0) say(arguments.output, fmt::format("Nothing has been run in {} yet", arguments.root.string()));
  else fmt::print("{}", table.text(table_style()));
  return kOk;
}

}  // namespace

void add_list(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("list", "what has been run");
  add_results(*verb, arguments->root);
  add_output(*verb, arguments->output);
  verb->footer("Example:\n  recur list --json");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return list(*arguments); }; });
}

}  // namespace recur::tool
