#include "comparison_notes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "point_text.hpp"

namespace recur::report {
namespace {

using store::TrialRecord;
using store::TrialState;

constexpr size_t kMostNamed = 5;

std::string plural(size_t n, std::string_view what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

std::string list(const std::vector<std::string>& items) {
  const auto end = items.begin() + static_cast<std::ptrdiff_t>(std::min(items.size(), kMostNamed));
  const std::string shown = fmt::format("{}", fmt::join(items.begin(), end, "; "));
  return items.size() > kMostNamed ? fmt::format("{}; and {} more", shown, items.size() - kMostNamed) : shown;
}

std::string_view in_words(TrialState state) {
  switch (state) {
    case TrialState::failed: return "failed";
    case TrialState::pruned: return "pruned";
    case TrialState::stale: return "interrupted, to be continued";
    case TrialState::running: return "still running";
    case TrialState::queued: return "not run yet";
    case TrialState::done: return "done";
  }
  return "";
}

void add_unfinished(std::vector<std::string>& notes, std::span<const TrialRecord> trials) {
  std::map<std::pair<std::string, TrialState>, std::vector<std::string>> groups;
  for (const TrialRecord& trial : trials) {
    if (trial.state() == TrialState::done) continue;
    // A reason of several lines is told by its first.
    const std::string why = trial.outcome.message.substr(0, trial.outcome.message.find('\n'));
    groups[{trial.spec.variant, trial.state()}].push_back(
        fmt::format("{} (replicate {}){}{}", trial.spec.name, trial.spec.replicate, why.empty() ? "" : ": ", why));
  }
  for (const auto& [group, names] : groups)
    notes.push_back(fmt::format("{}: {} {}: {}", group.first, plural(names.size(), "trial"), in_words(group.second),
                                list(names)));
}

// Replicates that other trials have but a point has no file of.
void add_missing(std::vector<std::string>& notes, const Comparison& comparison, std::span<const TrialRecord> trials) {
  const std::set<std::string> keys = varying_keys(trials);
  std::map<std::string, std::map<store::Values, std::set<int64_t>>> have;
  for (const TrialRecord& trial : trials) have[trial.spec.variant][trial.spec.point].insert(trial.spec.replicate);
  for (const auto& [variant, points] : have) {
    std::vector<std::string> missing;
    size_t count = 0;
    for (const auto& [point, replicates] : points) {
      std::vector<int64_t> absent;
      for (const int64_t replicate : comparison.replicates)
        if (!replicates.contains(replicate)) absent.push_back(replicate);
      if (absent.empty()) continue;
      count += absent.size();
      const std::string where = point_text(point, keys);
      missing.push_back(fmt::format("replicate {}{}{}", fmt::join(absent, ", "), where.empty() ? "" : " at ", where));
    }
    if (count > 0) notes.push_back(fmt::format("{}: {} missing: {}", variant, plural(count, "trial"), list(missing)));
  }
}

void add_not_finite(std::vector<std::string>& notes, const Comparison& comparison, std::span<const TrialRecord> trials) {
  std::vector<std::string> metrics = comparison.metrics;
  if (!comparison.objective.metric.empty()) metrics.push_back(comparison.objective.metric);
  for (const TrialRecord& trial : trials) {
    if (trial.state() != TrialState::done) continue;
    for (const std::string& metric : std::set<std::string>(metrics.begin(), metrics.end())) {
      const std::optional<double> value = trial.metric(metric);
      if (value && std::isfinite(*value)) continue;
      notes.push_back(fmt::format("{}: trial {} (replicate {}) {} and is left out of it", trial.spec.variant,
                                  trial.spec.name, trial.spec.replicate,
                                  value ? fmt::format("has {} {}", metric, *value) : "did not measure " + metric));
    }
  }
}

void add_pairing(std::vector<std::string>& notes, const Comparison& comparison) {
  if (comparison.variants.empty() || comparison.metrics.empty()) return;
  const VariantRow& best = comparison.variants.front();
  const std::string& metric = comparison.metrics.front();
  for (const VariantRow& row : comparison.variants) {
    const auto it = row.metrics.find(metric);
    if (it == row.metrics.end() || !it->second.against_best) continue;
    const size_t common = it->second.against_best->replicates.size();
    const size_t here = it->second.by_replicate.size(), there = best.metrics.at(metric).by_replicate.size();
    if (common == here && common == there) continue;
    notes.push_back(fmt::format("{} and {} are compared over the {} that both finished ({} and {})", row.variant,
                                best.variant, plural(common, "replicate"), here, there));
  }
}

void add_caution(std::vector<std::string>& notes, const Comparison& comparison) {
  int64_t fewest = -1;
  for (const VariantRow& row : comparison.variants)
    if (row.rank > 0) fewest = fewest < 0 ? row.objective.n : std::min(fewest, row.objective.n);
  if (fewest < 0) {
    notes.emplace_back(comparison.objective.metric.empty() ? "no objective is given, so nothing is ranked; name one in "
                                                             "sweep.objective or train.early_stopping"
                                                           : "no trial is finished, so nothing is ranked");
    return;
  }
  if (std::string text = caution(fewest); !text.empty()) notes.push_back(std::move(text));
}

}  // namespace

std::vector<std::string> comparison_notes(const Comparison& comparison, std::span<const TrialRecord> trials) {
  std::vector<std::string> notes;
  add_unfinished(notes, trials);
  add_missing(notes, comparison, trials);
  add_not_finite(notes, comparison, trials);
  add_pairing(notes, comparison);
  add_caution(notes, comparison);
  return notes;
}

}  // namespace recur::report
