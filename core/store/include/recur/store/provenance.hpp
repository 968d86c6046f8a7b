// Where a result comes from: what was built, what was loaded, what it ran on.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace recur::store {

struct Provenance {
  std::string recur_version;
  std::string git_commit;    // of the build, "-dirty" where the tree had changes; "" when built without git
  std::string compiler;
  std::string build_type;
  std::string plugin_file;   // resolved path of the plugin that the trial's cell came from
  std::string plugin_hash;   // file_hash of it
  std::string data_file;     // resolved path of the data set
  std::string data_hash;     // file_hash of it
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
// The same of a file's bytes; of a folder that of the names and hashes of all files below it, in the order of the names. Throws UserError where
// a file cannot be read.
std::string file_hash(const std::filesystem::path& file);

// The name of a trial: 16 hexadecimal digits of the hash of its resolved definition and its replicate.
std::string trial_name(std::string_view definition, int64_t replicate);

}  // namespace recur::store
