// What one trial reached, beside the baselines on the same data.
#pragma once

#include "recur/report/table.hpp"
#include "recur/store/trial.hpp"

namespace recur::tool {

// A row for the model, one for each baseline; a column for each validation and test metric (not for the single columns of
// a series, which `show` and `export` give).
report::Table outcome_table(const store::TrialRecord& trial);

}  // namespace recur::tool
