// The verbs of the program. Each file of this folder that is named like a verb adds it to the command line; what it
// does runs after the whole command line has been checked.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace recur::tool {

enum ExitCode : int {
  kOk = 0,
  kInternalError = 1,
  kUserError = 2,     // the command line, a definition, a data file or a plugin is wrong
  kTrialsFailed = 3,  // the run finished, but some trials failed
  kInterrupted = 130,
};

// Runs the chosen verb and returns the exit code.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& chosen);
void add_compare(CLI::App& app, Action& chosen);
void add_list(CLI::App& app, Action& chosen);
void add_show(CLI::App& app, Action& chosen);
void add_cells(CLI::App& app, Action& chosen);
void add_generate(CLI::App& app, Action& chosen);
void add_predict(CLI::App& app, Action& chosen);
void add_evaluate(CLI::App& app, Action& chosen);
void add_export(CLI::App& app, Action& chosen);
void add_data(CLI::App& app, Action& chosen);
void add_schema(CLI::App& app, Action& chosen);
void add_doctor(CLI::App& app, Action& chosen);
void add_completion(CLI::App& app, Action& chosen);

}  // namespace recur::tool
