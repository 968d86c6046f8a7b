#include <fmt/format.h>

#include <iterator>
#include <map>
#include <memory>
#include <set>

#include "options.hpp"
#include "recur/report/comparison.hpp"
#include "recur/store/experiment.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

struct Arguments {
  std::vector<std::string> results;
  std::filesystem::path root;
  report::ComparisonOptions comparison;
  Output output;
};

// Of several experiments, a variant that more than one of them has is called by its experiment too: two cells in a hrnn are two variants, though both
// are called hrnn.
void tell_apart(std::vector<store::TrialRecord>& trials) {
  const auto experiment = [](const store::TrialRecord& trial) { return trial.file.parent_path().filename().string(); };
  std::map<std::string, std::set<std::string>> experiments;
  for (const store::TrialRecord& trial : trials) experiments[trial.spec.variant].insert(experiment(trial));
  for (store::TrialRecord& trial : trials)
    if (experiments.at(trial.spec.variant).size() > 1) trial.spec.variant = experiment(trial) + "/" + trial.spec.variant;
}

int compare(const Arguments& arguments) {
  std::vector<store::TrialRecord> trials;
  for (const std::string& text : arguments.results) {
    const store::ResultPath result = store::find_result(arguments.root, text);
    if (!result.trial.empty()) {
      trials.push_back(store::read_trial(result.trial, store::kSummary));
      continue;
    }
    store::ExperimentRecord experiment = store::read_experiment(result.directory);
    for (const std::string& damaged : experiment.damaged) say(arguments.output, "Left out: " + damaged);
    std::move(experiment.trials.begin(), experiment.trials.end(), std::back_inserter(trials));
  }
  tell_apart(trials);
  const report::Comparison comparison = report::compare(trials, arguments.comparison);
  if (arguments.output.json) fmt::print("{}\n", report::to_json(comparison));
  else fmt::print("{}", report::to_text(comparison, terminal_width(140)));
  return kOk;
}

}  // namespace

void add_compare(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("compare", "the leaderboard: variants by metric with intervals and tests, parameters, FLOPs, time");
  verb->add_option("RESULT", arguments->results, "experiments or trials; several are compared together")->required();
  verb->add_option("-m,--metric", arguments->comparison.metrics, "metrics to show, the first decides about the tests (default: all of the test part)")
      ->type_name("METRIC")
      ->allow_extra_args(false);
  verb->add_option("--level", arguments->comparison.level, "of the intervals (default: 0.95)")->check(CLI::Range(0.5, 0.9999))->type_name("P");
  add_results(*verb, arguments->root);
  add_output(*verb, arguments->output);
  verb->footer("Example:\n  recur compare quickstart --metric test/mae");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return compare(*arguments); }; });
}

}  // namespace recur::tool
