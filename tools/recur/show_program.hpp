// The program of a model, so that a person can see what became of a cell.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace recur::tool {

struct ProgramArguments {
  std::string phase = "train";
  std::string pass = "all";
  std::string engine;
  int64_t batch = 0;  // 0: the definition's
  int64_t time = 0;
  std::vector<std::string> overrides;
  std::vector<std::string> plugins;
};
void add_program(CLI::App& verb, ProgramArguments& arguments);

// subject: a definition or a result.
int show_program(const std::string& subject, const std::filesystem::path& root, const ProgramArguments& arguments);

}  // namespace recur::tool
