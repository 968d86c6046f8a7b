// What a trained model holds while it reads one sequence.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "trained.hpp"

namespace recur::tool {

struct StatesArguments {
  std::vector<std::string> names;
  std::string part = "test";
  int64_t sequence = 0;
  int64_t length = 0;  // of a generated sequence; 0: as the part has it
  std::string weights = "best";
  int64_t epoch = 0;   // as logged after it, from 1; 0: of the weights
  std::filesystem::path svg, csv;
};
void add_states(CLI::App& verb, StatesArguments& arguments);

// trained: result, root, plugins and output as the verb was given them.
int show_states(TrainedArguments trained, StatesArguments arguments);

}  // namespace recur::tool
