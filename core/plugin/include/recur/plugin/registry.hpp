// The registry of cells: finds plugin files, tries new ones in a child process, remembers what it found, and loads a
// plugin when one of its cells is used.
//
// Order of discovery: explicit paths, then RECUR_PLUGIN_PATH (files or directories, separated by ':'), then the tree
// that the running program belongs to. Of two cells with one id the first found is used; the other is a row with
// that problem. A file that crashes, hangs, or is no plugin is a row with the reason, never an exception.
//
// Threading: after construction every function may be called from any thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recur/plugin/cell_info.hpp"
#include "recur/plugin/cell_instance.hpp"
#include "recur/plugin/hypers.hpp"
#include "recur/plugin/loaded_cell.hpp"

namespace recur::plugin {

// One cell, or one file that offers none.
struct Row {
  std::filesystem::path file;
  CellInfo cell;            // id "" where the file as a whole has a problem
  std::string problem;      // "" for a cell that can be used, else one line: what is wrong and what to do
  std::string sdk_version;  // of the plugin; "" where it could not be read
  std::string build_stamp;
};

struct ScanOptions {
  std::vector<std::filesystem::path> paths;        // explicit: plugin files or directories of them
  std::optional<std::string> environment;          // in place of RECUR_PLUGIN_PATH
  std::optional<std::vector<std::filesystem::path>> tree;  // in place of the program's own plugin directories
  std::optional<std::filesystem::path> cache;      // in place of default_cache_file(); "" for no cache
  std::filesystem::path probe;                     // the program that tries a file; "" for recur-probe of the tree
  std::chrono::milliseconds time_limit{10'000};    // for trying one file
  bool rescan = false;                             // try every file again, whatever the cache says
};

class Registry {
 public:
  // Scans. Throws UserError where an explicit path does not exist or the probe program is missing.
  explicit Registry(const ScanOptions& options = {});
  ~Registry();
  Registry(Registry&&) noexcept;
  Registry& operator=(Registry&&) noexcept;

  // Everything found, in the order of discovery.
  const std::vector<Row>& rows() const;
  // The ids that can be used, sorted.
  std::vector<std::string> ids() const;
  // The usable cell's description, without loading it. Throws UserError: the nearest name, or why it did not load.
  const Row& describe(std::string_view id) const;
  // Loads the cell's plugin at its first use. Throws UserError as describe() does, or where the file has changed
  // since the scan and does not load any more.
  const LoadedCell& find(std::string_view id) const;
  // find() and CellInstance in one.
  CellInstance make(std::string_view id, int64_t input, int64_t hidden, const HyperValues& hypers = {}) const;
  // How many files were tried in a child process, the others being known from the cache.
  int probed() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// $XDG_CACHE_HOME/recur/plugins.json, or ~/.cache/recur/plugins.json; "" where neither variable is set.
std::filesystem::path default_cache_file();
// plugins beside the running program or one directory up (build tree), ../lib/recur/plugins (install tree).
std::vector<std::filesystem::path> tree_directories();

}  // namespace recur::plugin
