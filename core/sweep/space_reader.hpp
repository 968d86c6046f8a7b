// From the tree of sweep.space to a Space, and whether every value that it reaches makes a definition.
#pragma once

#include <functional>
#include <vector>

#include "recur/config/field.hpp"
#include "recur/config/value.hpp"
#include "recur/sweep/space.hpp"

namespace recur::sweep {

// Reads the specifications; what is wrong with one becomes a mistake and leaves its parameter out. A null in place
// of a specification takes a parameter away again, as a definition that extends another may want.
Space read_space(const config::Value& tree, const Place& place, const std::vector<config::Key>& keys, config::Mistakes& mistakes);

// What a grid needs: steps where a range cannot be enumerated, and a size that can be run.
void check_grid(const Space& space, config::Mistakes& mistakes);

// Calls probe for points that together contain every listed value and both ends of every range, each with the
// first values of the other parameters.
void for_each_probe(const Space& space, const std::function<void(const Point&)>& probe);

// As YAML that read_space reads back.
config::Value to_value(const Space& space);

}  // namespace recur::sweep
