// Going through a space: what grids, random draws and checks have in common.
#pragma once

#include <functional>
#include <vector>

#include "recur/sweep/space.hpp"

namespace recur::sweep {

// The point that takes pick(parameter) at every parameter that exists, given the choices taken before it.
Point walk(const std::vector<Parameter>& parameters, const std::function<Option(const Parameter&)>& pick);

// The values that a grid takes, in order.
std::vector<Option> grid_options(const Parameter& parameter);

// A number of the parameter's range as the value that a point sets.
config::Value number_value(const Parameter& parameter, double number);

}  // namespace recur::sweep
