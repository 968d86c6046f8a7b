// Where a data file that a definition names is found.
//
// Threading: reentrant; reads the environment and looks at the file system.
#pragma once

#include <string>
#include <vector>

namespace recur::config {

// The directories in which relative data paths are looked up, in order: the given ones, each directory of
// RECUR_DATA (separated by colons), and recur/ in the user's data directory (XDG_DATA_HOME, else ~/.local/share).
std::vector<std::string> data_directories(const std::vector<std::string>& first);

// The absolute path of the first regular file, or folder where the data may be one. Throws UserError that lists where was looked and what to do.
std::string find_data_file(const std::string& written, const std::vector<std::string>& first, bool may_be_folder = false);

}  // namespace recur::config
