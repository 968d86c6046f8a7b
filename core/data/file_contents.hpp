// A file of the user's, read whole. A file that gzip compressed is decompressed, whatever its name: its first bytes tell.
// A path names one file: x.csv does not find x.csv.gz.
#pragma once

#include <string>
#include <string_view>

namespace recur::data {

// Throws UserError for a file that cannot be read, or whose gzip data are cut short or damaged.
std::string file_bytes(const std::string& path);

// A text, without a UTF-8 byte order mark. Throws UserError also for one that holds nothing but white space.
std::string file_contents(const std::string& path);
// The same of bytes in memory, which the text is a part of; path stands in messages.
std::string_view text_of(const std::string& path, std::string_view bytes);

}  // namespace recur::data
