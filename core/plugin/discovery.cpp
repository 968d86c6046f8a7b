#include "discovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "recur/error/error.hpp"

namespace recur::plugin {
namespace fs = std::filesystem;
namespace {

fs::path program_directory() {
  std::error_code failed;
  return fs::read_symlink("/proc/self/exe", failed).parent_path();
}

// The file itself, or the *.so of a directory by name.
std::vector<fs::path> plugin_files(const fs::path& place) {
  std::error_code failed;
  if (!fs::is_directory(place, failed)) return {place};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(place, fs::directory_options::skip_permission_denied, failed))
    if (entry.path().extension() == ".so") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class Collector {
 public:
  void add(const fs::path& place) {
    for (const fs::path& file : plugin_files(place)) {
      std::error_code failed;
      fs::path real = fs::canonical(file, failed);
      if (failed) {
        found_.push_back({file, fmt::format("cannot be read: {}", failed.message())});
      } else if (std::none_of(found_.begin(), found_.end(), [&](const FoundFile& other) { return other.file == real; })) {
        found_.push_back({std::move(real), ""});
      }
    }
  }
  void missing(const fs::path& place, std::string problem) { found_.push_back({place, std::move(problem)}); }
  std::vector<FoundFile> take() { return std::move(found_); }

 private:
  std::vector<FoundFile> found_;
};

std::vector<std::string> path_list(const std::string& text) {
  std::vector<std::string> places;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(':', at), text.size());
    if (end > at) places.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return places;
}

}  // namespace

std::vector<FoundFile> discover(const ScanOptions& options) {
  Collector collector;
  std::error_code failed;
  for (const fs::path& place : options.paths) {
    if (!fs::exists(place, failed)) throw UserError(Place{place.string()}, "no such plugin file or directory");
    collector.add(place);
  }
  const char* variable = std::getenv("RECUR_PLUGIN_PATH");
  for (const std::string& place : path_list(options.environment.value_or(variable == nullptr ? "" : variable))) {
    if (fs::exists(place, failed)) {
      collector.add(place);
    } else {
      collector.missing(place, "is named in RECUR_PLUGIN_PATH and does not exist");
    }
  }
  for (const fs::path& place : options.tree ? *options.tree : tree_directories())
    if (fs::is_directory(place, failed)) collector.add(place);
  return collector.take();
}

std::vector<fs::path> tree_directories() {
  const fs::path here = program_directory();
  return {here / "plugins", here.parent_path() / "plugins", here.parent_path() / "lib" / "recur" / "plugins"};
}

fs::path tree_probe() {
  const fs::path here = program_directory();
  std::error_code failed;
  for (const fs::path& candidate : {here / "recur-probe", here.parent_path() / "recur-probe", here.parent_path() / "lib" / "recur" / "recur-probe"})
    if (fs::is_regular_file(candidate, failed)) return candidate;
  return {};
}

fs::path default_cache_file() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != 0) return fs::path(cache) / "recur" / "plugins.json";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != 0) return fs::path(home) / ".cache" / "recur" / "plugins.json";
  return {};
}

}  // namespace recur::plugin
