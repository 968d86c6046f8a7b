#include "cache.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <system_error>

#include <recur/abi.h>

namespace recur::plugin {
namespace json = boost::json;
namespace {

// Raise it whenever the scan checks more, or a report holds more: files are then tried again.
constexpr int kFormat = 1;

std::string version_key() { return fmt::format("{} abi {}.{}", kFormat, RECUR_ABI_MAJOR, RECUR_ABI_MINOR); }

}  // namespace

std::optional<FileIdentity> identify(const std::filesystem::path& file) {
  struct stat info {};
  if (stat(file.c_str(), &info) != 0) return std::nullopt;
  return FileIdentity{file.string(), static_cast<uint64_t>(info.st_size), info.st_mtim.tv_sec * int64_t{1'000'000'000} + info.st_mtim.tv_nsec,
                      static_cast<uint64_t>(info.st_ino)};
}

Cache::Cache(std::filesystem::path file) : file_(std::move(file)) {
  if (file_.empty()) return;
  std::ifstream in(file_, std::ios::binary);
  if (!in) return;
  std::ostringstream text;
  text << in.rdbuf();
  try {
    const json::value whole = json::parse(text.str());
    if (json::value_to<std::string>(whole.at("version")) != version_key()) return;
    for (const json::value& entry : whole.at("files").as_array()) {
      const FileIdentity identity{json::value_to<std::string>(entry.at("path")), entry.at("size").to_number<uint64_t>(),
                                  entry.at("mtime_ns").to_number<int64_t>(), entry.at("inode").to_number<uint64_t>()};
      entries_[identity.path] = {identity, report_from_json(entry.at("report"))};
    }
  } catch (const std::exception&) {
    entries_.clear();  // a cache may be lost at any time
  }
}

const FileReport* Cache::find(const FileIdentity& identity) const {
  const auto found = entries_.find(identity.path);
  return found != entries_.end() && found->second.identity == identity ? &found->second.report : nullptr;
}

void Cache::put(const FileIdentity& identity, FileReport report) {
  entries_[identity.path] = {identity, std::move(report)};
  changed_ = true;
}

void Cache::save() const {
  if (file_.empty() || !changed_) return;
  json::array files;
  std::error_code ignored;
  for (const auto& [path, entry] : entries_) {
    if (!std::filesystem::exists(path, ignored)) continue;
    files.push_back({{"path", path}, {"size", entry.identity.size}, {"mtime_ns", entry.identity.mtime_ns},
                     {"inode", entry.identity.inode}, {"report", to_json(entry.report)}});
  }
  std::filesystem::create_directories(file_.parent_path(), ignored);
  const std::filesystem::path beside = file_.string() + fmt::format(".{}.tmp", getpid());
  std::ofstream out(beside, std::ios::binary);
  out << json::serialize(json::object{{"version", version_key()}, {"files", std::move(files)}}) << '\n';
  out.close();
  if (out) {
    std::filesystem::rename(beside, file_, ignored);
    if (!ignored) return;
  }
  std::filesystem::remove(beside, ignored);
}

}  // namespace recur::plugin
