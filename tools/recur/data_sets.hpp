// The data sets that recur knows: what they are, where they come from, under which licence, and what their files hold.
// A set is added by a row in data_sets.cpp and a row in experiments/README.md; a test holds the two together.
//
// Threading: constant.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace recur::tool {

struct KnownFile {
  std::string_view path;           // as definitions write it: below a directory of RECUR_DATA, or below experiments/
  std::string_view sha256;         // of the file
  std::string_view unpacked = {};  // of what it holds, where gzip packed it: another gzip gives another file of the same data
};

struct DataSet {
  std::string_view name;
  std::string_view use;
  std::string_view about;
  std::string_view licence;
  std::string_view doubt = {};  // why the licence may not allow what one wants; "" for none
  std::string_view source;
  std::string_view get = {};    // what was done to what is there; "" for files taken as they are
  std::vector<KnownFile> files;
};

std::span<const DataSet> data_sets();

}  // namespace recur::tool
