// Scans of the fixture plugins, apart from this machine's own plugins and cache.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "recur/error/error.hpp"
#include "recur/plugin/registry.hpp"

namespace recur::plugin {

namespace fs = std::filesystem;

inline const fs::path kFixtures = RECUR_FIXTURES;
inline const fs::path kHostile = kFixtures / "hostile";
inline const fs::path kShipped = RECUR_PLUGINS;

// Only what the test names; no cache.
inline ScanOptions scan_of(std::vector<fs::path> paths) {
  ScanOptions options;
  options.paths = std::move(paths);
  options.environment = "";
  options.tree.emplace();
  options.cache = "";
  options.probe = RECUR_PROBE;
  return options;
}

// A directory of the test's own, empty at its start and gone at its end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (fs::temp_directory_path() / "recur-plugin-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = fs::canonical(pattern);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

inline void write(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

template <class F>
std::string message_of(F function) {
  try {
    function();
  } catch (const UserError& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

}  // namespace recur::plugin
