#include "recur/model/budget.hpp"

#include <gtest/gtest.h>

#include "cells.hpp"
#include "recur/error/error.hpp"
#include "specs.hpp"

namespace recur::model {
namespace {

using testing_cells::find_cell;

TEST(Budget, FindsTheLargestHiddenSizeThatFits) {
  for (const char* cell : {"vanilla", "lstm", "gru"})
    for (const int64_t params : {100, 5000, 12345}) {
      const Budget budget = solve_hidden(options(cell, 1, 2), language(), find_cell, params);
      EXPECT_EQ(Network(options(cell, budget.hidden, 2), language(), find_cell).parameters(), budget.parameters);
      EXPECT_LE(budget.parameters, params) << cell;
      EXPECT_GT(Network(options(cell, budget.hidden + 1, 2), language(), find_cell).parameters(), params) << cell;
    }
}

TEST(Budget, SaysSoWhenNotEvenOneUnitFits) {
  try {
    solve_hidden(options("lstm"), regression_at_last_step(), find_cell, 5);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "budget.params: 5 is too small: 'lstm' has 22 parameters with one hidden unit");
  }
}

}  // namespace
}  // namespace recur::model
