#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "options.hpp"
#include "outcome_table.hpp"
#include "recur/report/export.hpp"
#include "recur/report/plot.hpp"
#include "recur/report/table.hpp"
#include "recur/store/experiment.hpp"
#include "show_program.hpp"
#include "show_states.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

namespace json = boost::json;

struct Arguments {
  std::string result;
  std::filesystem::path root;
  bool program = false;
  ProgramArguments programs;
  StatesArguments states;
  Output output;
};

std::string time_text(double seconds) {
  return seconds > 0 ? fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(static_cast<std::time_t>(seconds))) : "-";
}

void heading(const char* text) { fmt::print("\n{}\n", text); }

// One curve a metric, for those that were measured more than once.
void print_curves(const store::TrialRecord& trial) {
  const std::vector<double> epochs = trial.epochs.column("epoch");
  for (const std::string& metric : trial.spec.epoch_metrics) {
    const bool main = metric == trial.spec.objective.metric || metric == "train/loss" || metric == "valid/loss";
    if (!main) continue;
    const std::string curve = report::plot(metric, epochs, trial.epochs.column(metric), {.width = std::min(terminal_width(80), 100), .height = 8, .x_label = "epoch"});
    if (!curve.empty()) fmt::print("\n{}", curve);
  }
}

void print_trial(const store::TrialRecord& trial) {
  const store::TrialSpec& spec = trial.spec;
  fmt::print("{}\n{}: {}", spec.name, trial.file.string(), store::to_string(trial.state()));
  if (!trial.outcome.message.empty()) fmt::print(": {}", trial.outcome.message);
  fmt::print("\n{} parameters, {} FLOP a training step, replicate {}, seed {}\n", spec.parameters, report::format_count(spec.flops_per_step),
             spec.replicate, spec.seed);
  fmt::print("{} of {} epochs in {}, begun {}, ended {}\n", trial.epochs_done, spec.planned_epochs, report::format_duration(trial.seconds),
             time_text(trial.started), time_text(trial.ended));
  if (!trial.outcome.results.empty()) {
    heading(fmt::format("Results with the weights of epoch {}, counted from 1", trial.outcome.best_epoch + 1).c_str());
    fmt::print("{}", outcome_table(trial).text(table_style("  ")));
  }
  for (const char* part : {"test", "valid"}) {
    const auto details = trial.outcome.details.find(part);
    if (details == trial.outcome.details.end()) continue;
    heading(fmt::format("In detail, on the {} part", part).c_str());
    fmt::print("{}", indented(details->second));
    break;
  }
  print_curves(trial);
  heading("Definition");
  fmt::print("{}", spec.definition);
  heading("Provenance");
  const store::Provenance& p = spec.provenance;
  report::Table provenance({{"what"}, {"which"}});
  provenance.add_row({"recur", fmt::format("{} {} ({}, {})", p.recur_version, p.git_commit, p.build_type, p.compiler)});
  provenance.add_row({"plugin", fmt::format("{} {}", p.plugin_file, p.plugin_hash.substr(0, 16))});
  for (const store::DataFile& file : p.data)
    provenance.add_row({file.key.empty() ? "data" : file.key, fmt::format("{} {}", file.file, file.hash.substr(0, 16))});
  provenance.add_row({"machine", fmt::format("{}, {}, {}", p.host, p.processor, p.system)});
  for (const auto& [name, version] : p.libraries) provenance.add_row({name, version});
  fmt::print("{}", provenance.text(whole_lines("  ")));
  heading("Weights");
  report::Table weights({{"name"}, {"shape"}, {"layout"}, {"gates"}});
  for (const store::Array& array : trial.outcome.best) {
    const auto text = [&](const char* name) {
      const auto found = array.attributes.find(name);
      return found == array.attributes.end() ? "" : store::to_string(found->second);
    };
    weights.add_row({array.name, ir::to_string(array.shape), text("layout"), text("gate_order")});
  }
  fmt::print("{}", weights.text(whole_lines("  ")));
  if (!trial.states.empty()) {
    heading("States after each epoch (show --states NAME --epoch N)");
    report::Table states({{"name"}, {"epochs, steps, sizes"}});
    for (const store::Array& state : trial.states) states.add_row({state.name, ir::to_string(state.shape)});
    fmt::print("{}", states.text(whole_lines("  ")));
  }
  heading("Log");
  for (const store::Event& event : trial.log)
    fmt::print("  {} {:<7} {}\n", time_text(event.time), store::to_string(event.level), event.text);
}

void print_experiment(const store::ExperimentRecord& experiment) {
  fmt::print("{}{}\n\n{}\n", experiment.directory.string(), experiment.running ? ": running" : "", experiment.definition);
  report::Table table({{"trial"}, {"variant"}, {"state"}, {"epochs", report::Align::right}, {"objective", report::Align::right},
                       {"time", report::Align::right}, {"curve"}, {"message"}});
  std::string metric;
  for (const store::TrialRecord& trial : experiment.trials) {
    metric = trial.spec.objective.metric;
    const std::vector<double> curve = trial.epochs.column(metric);
    table.add_row({trial.spec.name, trial.spec.variant, std::string(store::to_string(trial.state())), std::to_string(trial.epochs_done),
                   trial.objective() ? report::format_number(*trial.objective()) : "-", report::format_duration(trial.seconds),
                   report::sparkline(curve, 20), trial.outcome.message});
  }
  fmt::print("{}", table.text(table_style()));
  if (!metric.empty()) fmt::print("objective and curve: {}\n", metric);
  for (const std::string& damaged : experiment.damaged) fmt::print("{}\n", damaged);
}

json::object experiment_json(const store::ExperimentRecord& experiment) {
  json::object out = json::parse(report::to_json(experiment.trials)).as_object();
  json::array damaged(experiment.damaged.begin(), experiment.damaged.end());
  out["name"] = experiment.name;
  out["directory"] = experiment.directory.string();
  out["running"] = experiment.running;
  out["definition"] = experiment.definition;
  out["damaged"] = std::move(damaged);
  return out;
}

int show(const Arguments& arguments) {
  if (arguments.program) return show_program(arguments.result, arguments.root, arguments.programs);
  if (!arguments.states.names.empty())
    return show_states({.result = arguments.result, .root = arguments.root, .plugins = arguments.programs.plugins, .output = arguments.output}, arguments.states);
  const store::ResultPath result = store::find_result(arguments.root, arguments.result);
  if (result.trial.empty()) {
    const store::ExperimentRecord experiment = store::read_experiment(result.directory);
    if (arguments.output.json) print(experiment_json(experiment));
    else print_experiment(experiment);
    // A single training is shown whole.
    if (!arguments.output.json && experiment.trials.size() == 1) {
      fmt::print("\n");
      print_trial(store::read_trial(experiment.trials.front().file, {.steps = false}));
    }
    return kOk;
  }
  const store::TrialRecord trial = store::read_trial(result.trial);
  if (arguments.output.json) fmt::print("{}\n", report::to_json(trial));
  else print_trial(trial);
  return kOk;
}

}  // namespace

void add_show(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("show", "one experiment or trial whole: definition, curves, provenance, log; the program of a model; or its states over a sequence");
  verb->add_option("RESULT", arguments->result, "an experiment, NAME/TRIAL or a trial's file; with --program also a definition")->required();
  add_results(*verb, arguments->root);
  add_output(*verb, arguments->output);
  verb->add_flag("--program", arguments->program, "the model's program before and after its passes, and the executor's instructions");
  add_program(*verb, arguments->programs);
  add_states(*verb, arguments->states);
  verb->footer("Example:\n  recur show quickstart\n  recur show experiments/quickstart.yaml --program --phase train --pass after model.cell=lstm\n  recur show quickstart --states h --sequence 3");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return show(*arguments); }; });
}

}  // namespace recur::tool
