#include "recur/error/suggest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace recur {
namespace {

// Optimal string alignment distance: edits of one letter and swaps of neighbours.
int edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = static_cast<int>(i);
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const int replaced = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  int best_distance = 1 << 20;
  for (const std::string& candidate : candidates) {
    const int distance = edit_distance(name, candidate);
    const int longest = static_cast<int>(std::max(name.size(), candidate.size()));
    const int allowed = longest >= 4 ? std::max(2, longest / 3) : 1;
    if (distance <= allowed && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  if (candidates.empty()) return "";
  const std::string near = nearest_name(name, candidates);
  if (!near.empty()) return fmt::format("; did you mean '{}'?", near);
  const size_t shown = std::min<size_t>(candidates.size(), 12);
  return fmt::format("; known: {}{}", fmt::join(candidates.begin(), candidates.begin() + static_cast<long>(shown), ", "),
                     shown < candidates.size() ? ", ..." : "");
}

}  // namespace recur
