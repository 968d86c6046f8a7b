// Archives that tests make.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <string>
#include <utility>
#include <vector>

namespace recur::data {

using Files = std::vector<std::pair<std::string, std::string>>;  // names and contents

// A zip, or a tar that gzip compresses.
inline void write_archive(const std::string& path, bool zip, const Files& files) {
  archive* a = archive_write_new();
  zip ? archive_write_set_format_zip(a) : archive_write_set_format_pax_restricted(a);
  if (!zip) archive_write_add_filter_gzip(a);
  archive_write_open_filename(a, path.c_str());
  for (const auto& [name, text] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(a, entry);
    archive_write_data(a, text.data(), text.size());
    archive_entry_free(entry);
  }
  archive_write_free(a);
}

}  // namespace recur::data
