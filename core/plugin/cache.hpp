// The scan's memory: what trying a file found out, kept between runs.
//
// Threading: one thread at a time. Programs that scan at once each write a whole file; the last one stays.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "report.hpp"

namespace recur::plugin {

// What a file is known by: the same identity, the same contents.
struct FileIdentity {
  std::string path;  // canonical
  uint64_t size = 0;
  int64_t mtime_ns = 0;
  uint64_t inode = 0;

  bool operator==(const FileIdentity&) const = default;
};
// nullopt where the file cannot be looked at.
std::optional<FileIdentity> identify(const std::filesystem::path& file);

class Cache {
 public:
  // file "": remembers nothing. A file that is missing, damaged or of another version of recur is an empty cache.
  explicit Cache(std::filesystem::path file);

  const FileReport* find(const FileIdentity& identity) const;
  void put(const FileIdentity& identity, FileReport report);
  // Writes what was put, if anything. A place that cannot be written is no error: the next scan tries again.
  void save() const;

 private:
  struct Entry {
    FileIdentity identity;
    FileReport report;
  };
  std::filesystem::path file_;
  std::map<std::string, Entry> entries_;  // by path
  bool changed_ = false;
};

}  // namespace recur::plugin
