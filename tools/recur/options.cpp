#include "options.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <system_error>

#include "recur/error/error.hpp"

namespace recur::tool {
namespace fs = std::filesystem;

void add_output(CLI::App& verb, Output& output) {
  verb.add_flag("--json", output.json, "one JSON document on stdout");
  verb.add_flag("-q,--quiet", output.quiet, "no messages on stderr but errors");
}

void add_results(CLI::App& verb, fs::path& root) {
  root = "results";
  verb.add_option("--results", root, "directory of the results (default: results)")->envname("RECUR_RESULTS")->type_name("DIR");
}

void add_plugins(CLI::App& verb, std::vector<std::string>& plugins) {
  verb.add_option("--plugin", plugins, "a plugin file, or a directory of them, that is looked at first; may be given more than once")
      ->type_name("PATH")
      ->allow_extra_args(false);
}

void add_engine(CLI::App& verb, std::string& engine) {
  engine = "faster";
  verb.add_option("--engine", engine, "form in which programs run: recorded, lowered to oneDNN's primitives, or the faster (default)")
      ->check(CLI::IsMember({"faster", "recorded", "lowered"}))
      ->type_name("FORM");
}

void say(const Output& output, const std::string& text) {
  if (output.quiet) return;
  std::fflush(stdout);  // in the order in which they were said, also where both go to one file
  fmt::print(stderr, "{}\n", text);
}

void print(const boost::json::value& document) { fmt::print("{}\n", boost::json::serialize(document)); }

boost::json::value number(double value) { return std::isfinite(value) ? boost::json::value(value) : boost::json::value(nullptr); }

plugin::Registry open_registry(const std::vector<std::string>& plugins) {
  plugin::ScanOptions options;
  options.paths.assign(plugins.begin(), plugins.end());
  plugin::Registry registry(options);
  std::vector<std::string> problems;
  for (const std::string& given : plugins) {
    std::error_code ignored;
    if (fs::is_directory(given, ignored)) continue;
    const fs::path file = fs::canonical(given, ignored);
    for (const plugin::Row& row : registry.rows())
      if (row.file == file && !row.problem.empty()) problems.push_back(fmt::format("{}: {}", given, row.problem));
  }
  if (!problems.empty()) throw UserError(problems);
  return registry;
}

fs::path cache_directory() {
  const fs::path file = plugin::default_cache_file();
  if (file.empty()) return {};
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  return file.parent_path();
}

fs::path path_memory_file() {
  const fs::path directory = cache_directory();
  return directory.empty() ? directory : directory / "engine";
}

exec::PathChoice engine_choice(const std::string& engine) {
  if (engine == "recorded") return exec::Path::kRecorded;
  if (engine == "lowered") return exec::Path::kLowered;
  return {};
}

}  // namespace recur::tool
