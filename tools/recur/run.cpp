#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "interrupt.hpp"
#include "load_definition.hpp"
#include "options.hpp"
#include "outcome_table.hpp"
#include "progress.hpp"
#include "recur/report/comparison.hpp"
#include "recur/report/table.hpp"
#include "recur/store/experiment.hpp"
#include "recur/sweep/runner.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

namespace json = boost::json;

struct Arguments {
  std::string file;
  std::vector<std::string> overrides;
  std::vector<std::string> plugins;
  std::string engine;
  sweep::RunOptions run;
  bool dry_run = false;
  bool verbose = false;
  Output output;
};

// One line for what a trial would do.
std::string to_do(const std::map<std::string, store::TrialRecord>& there, const std::string& trial) {
  const auto found = there.find(trial);
  if (found == there.end()) return "to do";
  switch (found->second.state()) {
    case store::TrialState::done: return "done";
    case store::TrialState::pruned: return "pruned";
    case store::TrialState::failed: return "failed";
    case store::TrialState::running: return "running";
    case store::TrialState::stale: return fmt::format("goes on, {} epochs done", found->second.epochs_done);
    case store::TrialState::queued: break;
  }
  return "to do";
}

void print_plan(const sweep::Plan& plan, const Arguments& arguments) {
  std::map<std::string, store::TrialRecord> there;
  std::optional<UserError> refused;  // what a run would say; the plan is told all the same
  try {
    if (!arguments.run.fresh) there = sweep::progress(plan, arguments.run.root);
  } catch (const UserError& error) {
    refused = error;
  }
  const std::string definition = sweep::to_yaml(plan.definition);
  if (arguments.output.json) {
    json::array trials;
    for (const sweep::PlannedTrial& trial : plan.trials) {
      const sweep::PlannedPoint& point = plan.point_of(trial);
      trials.push_back(json::object{{"name", trial.name}, {"variant", point.variant}, {"point", to_string(point.point)}, {"replicate", trial.replicate},
                                    {"hidden", point.definition.model.hidden}, {"parameters", point.parameters}, {"state", to_do(there, trial.name)}});
    }
    print(json::object{{"definition", definition}, {"trials", std::move(trials)}});
    if (refused) throw UserError(*refused);
    return;
  }
  fmt::print("{}\n", definition);
  report::Table table({{"trial"}, {"variant"}, {"replicate", report::Align::right}, {"hidden", report::Align::right},
                       {"params", report::Align::right}, {"state"}, {"point"}});
  for (const sweep::PlannedTrial& trial : plan.trials) {
    const sweep::PlannedPoint& point = plan.point_of(trial);
    table.add_row({trial.name, point.variant, std::to_string(trial.replicate), std::to_string(point.definition.model.hidden),
                   std::to_string(point.parameters), to_do(there, trial.name), to_string(point.point)});
  }
  fmt::print("{}", table.text(table_style()));
  if (refused) throw UserError(*refused);
}

void print_result(const sweep::RunReport& report, const Arguments& arguments) {
  const store::ExperimentRecord experiment = store::read_experiment(report.directory);
  const bool single = experiment.trials.size() == 1;
  if (arguments.output.json) {
    print(json::object{{"name", experiment.name},
                       {"directory", report.directory.string()},
                       {"planned", report.planned},
                       {"finished_before", report.finished_before},
                       {"done", report.done},
                       {"failed", report.failed},
                       {"unfinished", report.unfinished},
                       {"interrupted", report.interrupted},
                       {"comparison", json::parse(report::to_json(report::compare(experiment.trials)))}});
    return;
  }
  if (single && experiment.trials.front().state() == store::TrialState::done)
    fmt::print("{}", outcome_table(experiment.trials.front()).text(table_style()));
  else if (!single) fmt::print("{}", report::to_text(report::compare(experiment.trials), terminal_width(140)));
  say(arguments.output, fmt::format("Results are in {}", report.directory.string()));
}

// Logging is asked for; otherwise nothing is set up.
void log_to_stderr() {
  spdlog::set_default_logger(spdlog::stderr_color_mt("recur"));
  spdlog::set_pattern("%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(spdlog::level::debug);
}

ProgressKind progress_kind(const Arguments& arguments) {
  if (arguments.output.quiet) return ProgressKind::kNone;
  if (arguments.verbose) return ProgressKind::kEpochs;
  return stderr_is_terminal() ? ProgressKind::kDisplay : ProgressKind::kLines;
}

int run(Arguments arguments) {
  if (arguments.verbose) log_to_stderr();
  const plugin::Registry registry = open_registry(arguments.plugins);
  if (arguments.verbose) spdlog::info("{} cells, {} plugin files tried anew", registry.ids().size(), registry.probed());
  const sweep::Definition definition = load_definition(arguments.file, arguments.overrides, registry);
  data::TaskCache tasks;
  const sweep::Plan plan = sweep::make_plan(definition, registry, tasks);
  if (arguments.verbose) spdlog::info("{} points, {} trials", plan.points.size(), plan.trials.size());
  if (arguments.dry_run) {
    print_plan(plan, arguments);
    return kOk;
  }

  exec::PathMemory paths(path_memory_file());
  arguments.run.engine = engine_choice(arguments.engine);
  arguments.run.stop = &watch_interrupts();
  std::unique_ptr<sweep::Listener> progress = make_progress(progress_kind(arguments), plan);
  const sweep::RunReport report = sweep::run(plan, {registry, tasks, paths}, arguments.run, *progress);
  progress.reset();  // takes its lines off the terminal
  if (arguments.verbose)
    for (const auto& [program, path] : paths.decisions()) spdlog::debug("program {} runs {}", program, exec::to_string(path));

  print_result(report, arguments);
  if (report.interrupted) {
    say(arguments.output, fmt::format("Interrupted with {} of {} trials unfinished; the same command goes on", report.unfinished, report.planned));
    return kInterrupted;
  }
  if (report.failed == 0) return kOk;
  say(arguments.output, fmt::format("{} of {} trials failed; recur show {} tells why, --retry-failed runs them again", report.failed,
                                    report.planned, report.directory.filename().string()));
  return kTrialsFailed;
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("run", "run a definition: one training, or a sweep; run again, it continues what is unfinished");
  verb->add_option("FILE", arguments->file, "the definition")->required();
  verb->add_option("key=value", arguments->overrides, "keys of the definition that are set to another value, such as train.epochs=5");
  verb->add_option("-j,--jobs", arguments->run.jobs, "trials at a time (default: one a core)")->check(CLI::Range(1, 4096))->type_name("N");
  verb->add_flag("--dry-run", arguments->dry_run, "print the resolved definition and the planned trials; write nothing");
  verb->add_flag("--fresh", arguments->run.fresh, "start over in a new directory; nothing is deleted");
  verb->add_flag("--retry-failed", arguments->run.retry_failed, "run trials that failed again, from their beginning");
  add_results(*verb, arguments->run.root);
  add_plugins(*verb, arguments->plugins);
  add_engine(*verb, arguments->engine);
  verb->add_flag("-v,--verbose", arguments->verbose, "tell every epoch of every trial and what is being done");
  add_output(*verb, arguments->output);
  verb->footer("Example:\n  recur run experiments/quickstart.yaml train.epochs=5 --jobs 2\n\n"
               "Ctrl-C checkpoints and stops, a second one stops at once. Exit code: 0 well, 2 something given is wrong (nothing was\n"
               "run), 3 some trials failed, 130 interrupted.");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace recur::tool
