// Points of a space as text.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include "recur/store/trial.hpp"

namespace recur::report {

// The keys whose value differs between trials of one variant: what tells its points apart.
std::set<std::string> varying_keys(std::span<const store::TrialRecord> trials);

// "lr=0.003, hidden=64": the given keys of a point, by the last part of their names where that is unique.
std::string point_text(const store::Values& point, const std::set<std::string>& keys);

}  // namespace recur::report
