// A definition read against the registry.
#pragma once

#include <string>
#include <vector>

#include "recur/plugin/registry.hpp"
#include "recur/sweep/definition.hpp"

namespace recur::tool {

// sweep::load_definition with the registry's cells. Where a cell that the definition names was found but cannot be used, the
// message says why in place of calling it unknown.
sweep::Definition load_definition(const std::string& file, const std::vector<std::string>& overrides, const plugin::Registry& registry);

}  // namespace recur::tool
