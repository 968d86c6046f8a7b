// The nearest name that exists, for messages such as "did you mean 'hidden'?".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace recur {

// The candidate at the smallest edit distance (insert, delete, replace, swap of neighbours) from name, or ""
// when even that one differs in more than a third of its letters (at least 2 edits are always allowed for
// names of four letters or more). Ties go to the earlier candidate.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

// "; did you mean 'hidden'?" or, when nothing is near, "; known: a, b, c" (at most 12 names), or "" without candidates.
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace recur
