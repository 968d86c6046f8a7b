// The files of a folder or of an archive (tar, zip, 7z and what else libarchive reads, compressed or not), in the order of their names.
//
// Errors: UserError with the path as its place, for what cannot be read or is no archive, a member that is cut short, or no file at all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace recur::data {

struct ArchiveFile {
  std::string name;   // within the folder or archive, with '/' between its parts: "pos/cv000_29590.txt"
  std::string bytes;  // decompressed, where gzip compressed the file itself
};

// Regular files whose name ends in `ending`, of all folders below; hidden ones, whose own name begins with '.', are left out.
std::vector<ArchiveFile> read_archive(const std::string& path, std::string_view ending = "");
// The same of names that end in one of several.
std::vector<ArchiveFile> read_archive(const std::string& path, const std::vector<std::string_view>& endings);

}  // namespace recur::data
