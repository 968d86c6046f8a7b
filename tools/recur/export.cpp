#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "options.hpp"
#include "recur/error/error.hpp"
#include "recur/report/export.hpp"
#include "recur/store/experiment.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

struct Arguments {
  std::vector<std::string> results;
  std::filesystem::path root;
  std::string format = "csv";
  std::string rows = "results";
  std::filesystem::path file;
};

std::vector<store::TrialRecord> trials_of(const Arguments& arguments) {
  const store::ReadOptions options{.steps = arguments.rows == "steps" || arguments.format == "json", .log = true, .weights = arguments.format == "json"};
  std::vector<store::TrialRecord> trials;
  for (const std::string& text : arguments.results) {
    const store::ResultPath result = store::find_result(arguments.root, text);
    if (!result.trial.empty()) {
      trials.push_back(store::read_trial(result.trial, options));
      continue;
    }
    store::ExperimentRecord experiment = store::read_experiment(result.directory, options);
    for (const std::string& damaged : experiment.damaged) fmt::print(stderr, "Left out: {}\n", damaged);
    std::move(experiment.trials.begin(), experiment.trials.end(), std::back_inserter(trials));
  }
  return trials;
}

int export_metrics(const Arguments& arguments) {
  const std::vector<store::TrialRecord> trials = trials_of(arguments);
  const report::Rows rows = arguments.rows == "epochs" ? report::Rows::epochs : arguments.rows == "steps" ? report::Rows::steps : report::Rows::results;
  const std::string text = arguments.format == "json" ? report::to_json(trials) + "\n" : report::to_csv(trials, rows);
  if (arguments.file.empty()) {
    fmt::print("{}", text);
    return kOk;
  }
  std::ofstream out(arguments.file, std::ios::binary);
  out << text << std::flush;
  if (!out) throw UserError(fmt::format("{}: cannot be written; give another file", arguments.file.string()));
  return kOk;
}

}  // namespace

void add_export(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("export", "metrics of results as CSV or JSON, for other programs");
  verb->add_option("RESULT", arguments->results, "experiments or trials")->required();
  verb->add_option("--format", arguments->format, "csv (default): one table; json: each trial whole, with definition, curves, log and provenance")
      ->check(CLI::IsMember({"csv", "json"}))
      ->type_name("FORMAT");
  verb->add_option("--rows", arguments->rows, "of the table: results (default; one a trial), epochs or steps")
      ->check(CLI::IsMember({"results", "epochs", "steps"}))
      ->type_name("ROWS");
  verb->add_option("-o,--output", arguments->file, "the file to write (default: stdout)")->type_name("FILE");
  add_results(*verb, arguments->root);
  verb->footer("Example:\n  recur export quickstart --rows epochs -o curves.csv\n\n"
               "Weights stay in the trials' HDF5 files, below /weights/best and /weights/last; results/README.md says how to read them\n"
               "from Python, MATLAB and Julia.");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return export_metrics(*arguments); }; });
}

}  // namespace recur::tool
