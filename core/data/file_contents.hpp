// A file of the user's, read whole.
#pragma once

#include <string>

namespace recur::data {

// Without a UTF-8 byte order mark. Throws UserError for a file that cannot be read or holds nothing but white space.
std::string file_contents(const std::string& path);

}  // namespace recur::data
