// A cell of a plugin that has been loaded into this program. Plugins are never unloaded, so its pointers hold for ever.
//
// Threading: load_plugin may be called from any thread; a LoadedCell is constant.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "recur/plugin/cell_info.hpp"

namespace recur::plugin {

struct LoadedCell {
  recur_cell_descriptor descriptor{};  // members beyond the plugin's own struct_size are null
  CellInfo info;                       // without what only the scan knows
  std::filesystem::path file;
};

// Looks up a cell by id, for layers that are made of others. Throws UserError where there is none.
using FindCell = std::function<const LoadedCell&(std::string_view id)>;

struct LoadedPlugin {
  std::string sdk_version;
  std::string build_stamp;
  uint16_t abi_major = 0, abi_minor = 0;
  std::vector<LoadedCell> cells;           // those whose descriptors are sound
  std::vector<CellInfo> unsound;           // the others: what could be read of them,
  std::vector<std::string> problems;       // and what is wrong with each
};

// Opens the file into this process (RTLD_NOW | RTLD_LOCAL) and reads its descriptor. Runs the plugin's code: a file
// that nobody has tried before belongs into a child process first, which is what Registry does. Throws
// UserError: not a plugin, wrong major, a short struct.
LoadedPlugin load_plugin(const std::filesystem::path& file);

}  // namespace recur::plugin
