// Tells whether a file is a plugin by reading it, without opening it as code.
//
// Threading: pure.
#pragma once

#include <filesystem>
#include <string>

namespace recur::plugin {

// "" where the file is a shared library for this machine that exports recur_plugin_entry_v1; else what is wrong with it.
std::string stamp_problem(const std::filesystem::path& file);

}  // namespace recur::plugin
