// What a reader of a comparison has to know beside its numbers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "recur/report/comparison.hpp"

namespace recur::report {

// Trials that are not done, by variant, state and name; replicates and values that are missing; too few replicates.
std::vector<std::string> comparison_notes(const Comparison& comparison, std::span<const store::TrialRecord> trials);

}  // namespace recur::report
