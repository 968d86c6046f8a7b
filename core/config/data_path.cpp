#include "recur/config/data_path.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "recur/error/error.hpp"

namespace recur::config {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::vector<std::string> data_directories(const std::vector<std::string>& first) {
  std::vector<std::string> directories = first;
  std::istringstream list(variable("RECUR_DATA"));
  for (std::string each; std::getline(list, each, ':');)
    if (!each.empty()) directories.push_back(each);
  // The XDG base directory specification: a relative path in the variable is ignored.
  const std::string data_home = variable("XDG_DATA_HOME");
  if (data_home.starts_with('/')) directories.push_back(data_home + "/recur");
  else if (!variable("HOME").empty()) directories.push_back(variable("HOME") + "/.local/share/recur");
  return directories;
}

std::string find_data_file(const std::string& written, const std::vector<std::string>& first, bool may_be_folder) {
  std::error_code ignored;
  if (written.empty()) throw UserError("expected the path of a data file, got an empty text");
  if (fs::path(written).is_absolute()) {
    if (!may_be_folder && fs::is_directory(written, ignored)) throw UserError(fmt::format("'{}' is a directory; name a file in it", written));
    if (fs::exists(written, ignored)) return fs::path(written).lexically_normal().string();
    throw UserError(fmt::format("no file '{}'; correct the path", written));
  }
  std::vector<std::string> looked;
  bool is_directory = false;
  for (const std::string& directory : data_directories(first)) {
    const fs::path path = fs::absolute(fs::path(directory) / written).lexically_normal();
    is_directory = is_directory || fs::is_directory(path, ignored);
    if (fs::exists(path, ignored) && (may_be_folder || !fs::is_directory(path, ignored))) return path.string();
    looked.push_back(fs::path(path).parent_path().string());
  }
  if (is_directory) throw UserError(fmt::format("'{}' is a directory; name a file in it", written));
  throw UserError(fmt::format("data file '{}' not found in {}; put it there or name its directory in RECUR_DATA "
                              "(`recur data` tells where the known data sets come from)",
                              written, fmt::join(looked, ", ")));
}

}  // namespace recur::config
