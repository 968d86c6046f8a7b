// The registry of this build's plugins and the fixtures, without a cache. One for the program.
#pragma once

#include "recur/plugin/registry.hpp"

namespace recur::conformance {

const plugin::Registry& test_registry();

}  // namespace recur::conformance
