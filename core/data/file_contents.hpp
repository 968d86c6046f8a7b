// A file of the user's, read whole. A file that gzip compressed is decompressed, whatever its name: its first bytes tell.
// A path names one file: x.csv does not find x.csv.gz.
#pragma once

#include <string>

namespace recur::data {

// Throws UserError for a file that cannot be read, or whose gzip data are cut short or damaged.
std::string file_bytes(const std::string& path);

// A text, without a UTF-8 byte order mark. Throws UserError also for one that holds nothing but white space.
std::string file_contents(const std::string& path);

}  // namespace recur::data
