// The registry's cells as definitions are checked against them.
#pragma once

#include <memory>

#include "recur/plugin/registry.hpp"
#include "recur/sweep/definition.hpp"

namespace recur::sweep {

// Every cell that can be used, by id. Loads no plugin.
std::shared_ptr<const Cells> cells_of(const plugin::Registry& registry);

}  // namespace recur::sweep
