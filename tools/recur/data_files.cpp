#include "data_files.hpp"

#include <fstream>
#include <iterator>

#include "recur/data/gzip.hpp"
#include "recur/error/error.hpp"
#include "recur/store/provenance.hpp"

namespace recur::tool {
namespace {

std::string unpacked_hash(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!data::is_gzip(bytes)) return "";
  try {
    return store::content_hash(data::gunzip(bytes, file));
  } catch (const UserError&) {
    return "";  // cut short or damaged: not what it should be
  }
}

}  // namespace

std::string_view to_string(FileState state) {
  switch (state) {
    case FileState::verified: return "verified";
    case FileState::present: return "present";
    case FileState::differs: return "differs";
    case FileState::missing: return "missing";
  }
  return "missing";
}

std::string DataFiles::located(const std::string& written, const std::vector<std::string>& first, config::DataPath kind) {
  try {
    return config::find_data_file(written, first, kind);
  } catch (const UserError&) {
    return "";  // missing, which is what is asked here
  }
}

FoundFile DataFiles::check(const std::string& file, const KnownFile* known) {
  if (file.empty()) return {};
  const auto [entry, is_new] = checked_.try_emplace({file, known});
  FoundFile& found = entry->second;
  if (!is_new) return found;
  found = {FileState::present, file, store::path_hash(file)};
  if (known == nullptr) return found;
  const bool same = found.sha256 == known->sha256 || (!known->unpacked.empty() && unpacked_hash(file) == known->unpacked);
  found.state = same ? FileState::verified : FileState::differs;
  return found;
}

Known known_file(std::string_view path) {
  for (const DataSet& set : data_sets())
    for (const KnownFile& file : set.files)
      if (file.path == path) return {&set, &file};
  return {};
}

}  // namespace recur::tool
