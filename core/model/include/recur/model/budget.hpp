// The hidden size with which a model comes nearest to a number of parameters, so that variants of different kinds are compared at equal size.
//
// Threading: pure, as far as the cells are.
#pragma once

#include <cstdint>

#include "recur/data/task.hpp"
#include "recur/model/options.hpp"
#include "recur/plugin/cell_instance.hpp"

namespace recur::model {

struct Budget {
  int64_t hidden = 0;
  int64_t parameters = 0;  // with that hidden size
};

// The largest H with at most `params` parameters. options.hidden is not looked at. Throws UserError where even H = 1 has more, and
// what the cell refuses.
Budget solve_hidden(ModelOptions options, const data::TaskSpec& spec, const plugin::FindCell& find, int64_t params);

}  // namespace recur::model
