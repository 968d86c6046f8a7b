// Where files of known data sets are on this machine, and whether they are what they should be.
//
// Threading: one thread at a time. Reads files; never the network.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data_sets.hpp"
#include "recur/config/data_path.hpp"

namespace recur::tool {

enum class FileState {
  verified,  // the known file, or the known data packed by another gzip
  present,   // of no known set
  differs,   // has the place of a known file, and holds something else
  missing,
};
std::string_view to_string(FileState state);

struct FoundFile {
  FileState state = FileState::missing;
  std::string file;    // where; "" where it is missing
  std::string sha256;  // of what is there, as store::path_hash tells it
};

// A known file and its set.
struct Known {
  const DataSet* set = nullptr;
  const KnownFile* file = nullptr;
};

class DataFiles {
 public:
  // first: directories that are looked at before those of RECUR_DATA.
  explicit DataFiles(std::vector<std::string> first) : first_(std::move(first)) {}

  FoundFile find(const KnownFile& known) { return check(located(std::string(known.path), first_, config::DataPath::file), &known); }
  // A path as a definition of this directory writes it. file: of the known set, or null.
  FoundFile find(const std::string& written, const std::string& directory, const KnownFile* file, config::DataPath kind) {
    return check(located(written, {directory, "."}, kind), file);
  }

 private:
  static std::string located(const std::string& written, const std::vector<std::string>& first, config::DataPath kind);
  FoundFile check(const std::string& file, const KnownFile* known);

  std::vector<std::string> first_;
  std::map<std::pair<std::string, const KnownFile*>, FoundFile> checked_;  // a file of many definitions is read once
};

// The set that a path belongs to, nulls where there is none.
Known known_file(std::string_view path);

}  // namespace recur::tool
