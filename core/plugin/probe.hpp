// Tries a plugin file in a child process and says what came of it.
//
// Threading: may be called from any thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

#include "report.hpp"

namespace recur::plugin {

// Runs `program` (recur-probe) on the file. others: id -> file of cells that those of this file may be made of. A child that
// crashes or takes longer than the limit gives a report with that problem. Throws UserError only where the
// program cannot be started.
FileReport probe_file(const std::filesystem::path& program, const std::filesystem::path& file,
                      const std::map<std::string, std::filesystem::path>& others, std::chrono::milliseconds limit);

// What the child does: loads, checks, makes and records every cell. enter: told each stage before it begins, so that the
// parent can say where a crash happened.
FileReport try_plugin(const std::filesystem::path& file, const std::map<std::string, std::filesystem::path>& others,
                      void (*enter)(const std::string& stage));

}  // namespace recur::plugin
