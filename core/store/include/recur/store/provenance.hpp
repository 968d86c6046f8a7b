// Where a result comes from: what was built, what was loaded, what it ran on.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace recur::store {

// A file, or a folder of them, that a trial's task read.
struct DataFile {
  std::string key;   // of the definition that names it: "task.data.train"; "" in results of before there was more than one
  std::string file;  // resolved path
  std::string hash;  // path_hash of it

  bool operator==(const DataFile&) const = default;
};

struct Provenance {
  std::string recur_version;
  std::string git_commit;    // of the build, "-dirty" where the tree had changes; "" when built without git
  std::string compiler;
  std::string build_type;
  std::string plugin_file;   // resolved path of the plugin that the trial's cell came from
  std::string plugin_hash;   // file_hash of it
  std::vector<DataFile> data;  // all files of the data set, the main one first; none where sequences are generated
  std::string processor;
  std::string system;        // kernel name and release
  std::string host;
  std::map<std::string, std::string> libraries;  // name to version

  bool operator==(const Provenance&) const = default;
};

// What this build and this machine are. The plugin, the data and libraries other than HDF5 are the caller's to add:
// auto p = here(); p.plugin_file = ...; p.libraries["onednn"] = ...
Provenance here();

// SHA-256 as 64 hexadecimal digits (FIPS 180-4).
std::string content_hash(std::string_view bytes);
// The same of a file's bytes. Throws UserError where the file cannot be read.
std::string file_hash(const std::filesystem::path& file);
// Of a file: file_hash. Of a directory: of the lines "<file_hash>  <path in it>" of all files in it and below, in the order of their paths
// (as sha256sum prints them). Throws UserError.
std::string path_hash(const std::filesystem::path& path);

// The name of a trial: 16 hexadecimal digits of the hash of its resolved definition and its replicate.
std::string trial_name(std::string_view definition, int64_t replicate);

}  // namespace recur::store
