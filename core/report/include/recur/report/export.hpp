// Metrics of trials for other programs.
//
// Threading: pure functions.
#pragma once

#include <span>
#include <string>

#include "recur/store/trial.hpp"

namespace recur::report {

enum class Rows {
  results,  // one row a trial: its results
  epochs,   // one row an epoch
  steps,    // one row a logged step; trials must have been read with them
};

// CSV (RFC 4180, '\n' line ends): trial, variant, replicate, state, one column a key of the space, then the metrics. Trials
// of different columns share the union of them; an empty field is "not measured". Numbers keep every digit.
std::string to_csv(std::span<const store::TrialRecord> trials, Rows rows);

// One JSON document {"trials": [...]}: each trial whole except its weights, of which it gives name, shape and
// attributes. NaN and infinities are null.
std::string to_json(std::span<const store::TrialRecord> trials);
std::string to_json(const store::TrialRecord& trial);

}  // namespace recur::report
