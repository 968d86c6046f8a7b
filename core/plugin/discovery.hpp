// Where plugin files are looked for.
//
// Threading: pure, but for the environment and the file system.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "recur/plugin/registry.hpp"

namespace recur::plugin {

struct FoundFile {
  std::filesystem::path file;  // canonical
  std::string problem;         // of a place that was named and is not there
};

// In the order of discovery, each file once. Throws UserError where an explicit path does not exist.
std::vector<FoundFile> discover(const ScanOptions& options);

// recur-probe of the tree that the running program belongs to, "" where there is none.
std::filesystem::path tree_probe();

}  // namespace recur::plugin
