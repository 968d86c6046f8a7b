#include "recur/model/budget.hpp"

#include <fmt/format.h>

#include "recur/error/error.hpp"
#include "recur/model/network.hpp"

namespace recur::model {

Budget solve_hidden(ModelOptions options, const data::TaskSpec& spec, const plugin::FindCell& find, int64_t params) {
  const auto count = [&](int64_t hidden) {
    options.hidden = hidden;
    return Network(options, spec, find).parameters();
  };
  Budget best{1, count(1)};
  if (best.parameters > params)
    throw UserError(fmt::format("budget.params: {} is too small: '{}' has {} parameters with one hidden unit", params, options.cell, best.parameters));
  // Doubling, then halving of the interval: the number of parameters rises with H.
  int64_t too_large = 2;
  for (;; too_large *= 2) {
    const int64_t parameters = count(too_large);
    if (parameters > params) break;
    if (parameters <= best.parameters)
      throw UserError(fmt::format("budget.params: the number of parameters of '{}' does not depend on the hidden size", options.cell));
    best = {too_large, parameters};
  }
  while (too_large - best.hidden > 1) {
    const int64_t middle = best.hidden + (too_large - best.hidden) / 2;
    const int64_t parameters = count(middle);
    if (parameters > params) too_large = middle;
    else best = {middle, parameters};
  }
  return best;
}

}  // namespace recur::model
