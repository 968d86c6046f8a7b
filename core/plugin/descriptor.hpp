// Reads and checks what a plugin says of itself.
#pragma once

#include <filesystem>

#include "recur/plugin/loaded_cell.hpp"

namespace recur::plugin {

// given: what the entry point returned, may be null. Throws UserError where the file as a whole cannot be used; a cell
// whose descriptor is unsound becomes a member of `unsound`.
LoadedPlugin read_plugin(const recur_plugin* given, const std::filesystem::path& file);

// load_plugin, but what is thrown does not begin with the file.
LoadedPlugin open_plugin(const std::filesystem::path& file);

// "" for a sound id, else what is wrong with it.
std::string id_problem(const std::string& id);

}  // namespace recur::plugin
