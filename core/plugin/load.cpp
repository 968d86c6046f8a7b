#include <dlfcn.h>
#include <fmt/format.h>

#include "descriptor.hpp"
#include "recur/error/error.hpp"
#include "recur/plugin/loaded_cell.hpp"

namespace recur::plugin {

LoadedPlugin open_plugin(const std::filesystem::path& file) {
  // Never closed: descriptors, map kernels and thread-local objects of the plugin stay in use.
  void* handle = dlopen(std::filesystem::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = dlerror();
    throw UserError(fmt::format("cannot be loaded: {}", reason == nullptr ? "unknown reason" : reason));
  }
  const auto entry = reinterpret_cast<recur_plugin_entry>(dlsym(handle, RECUR_PLUGIN_ENTRY));
  if (entry == nullptr) throw UserError("exports no " RECUR_PLUGIN_ENTRY ", so it is no plugin of this recur");
  return read_plugin(entry(), file);
}

LoadedPlugin load_plugin(const std::filesystem::path& file) {
  try {
    return open_plugin(file);
  } catch (const UserError& error) {
    throw UserError(Place{file.string()}, error.what());
  }
}

}  // namespace recur::plugin
