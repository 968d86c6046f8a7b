#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "point_text.hpp"
#include "recur/report/comparison.hpp"
#include "recur/report/table.hpp"

namespace recur::report {
namespace {

std::string with_interval(const Estimate& estimate) {
  if (estimate.n == 0) return "-";
  if (std::isnan(estimate.interval.low)) return format_number(estimate.mean);
  return fmt::format("{} ± {}", format_number(estimate.mean),
                     fmt::format("{:.2g}", (estimate.interval.high - estimate.interval.low) / 2));
}

std::string p_text(double p) {
  if (std::isnan(p)) return "-";
  return p < 0.001 ? "<0.001" : fmt::format("{:.3f}", p);
}

std::string difference(const VariantRow& row, const std::string& metric) {
  const auto it = row.metrics.find(metric);
  if (it == row.metrics.end()) return "-";
  if (!it->second.against_best) return row.rank == 1 ? "" : "-";
  const Estimate& d = it->second.against_best->test.difference;
  if (d.n == 0) return "-";
  const std::string mean = fmt::format("{:+.3g}", d.mean);
  return std::isnan(d.interval.low) ? mean : fmt::format("{} [{:+.3g}, {:+.3g}]", mean, d.interval.low, d.interval.high);
}

std::string trial_counts(const Counts& counts) {
  std::string text = fmt::format("{}/{}", counts.done, counts.total());
  if (counts.failed > 0) text += fmt::format(", {} failed", counts.failed);
  return text;
}

// The keys that tell a chosen point from the others of its variant.
std::set<std::string> keys_of_points(const Comparison& comparison) {
  std::set<std::string> keys;
  for (const VariantRow& row : comparison.variants)
    if (row.points > 1)
      for (const auto& [key, value] : row.point)
        if (value != store::Value(row.variant)) keys.insert(key);
  return keys;
}

// The table with the first `shown` of the metrics.
Table leaderboard(const Comparison& comparison, size_t shown) {
  const std::set<std::string> keys = keys_of_points(comparison);
  const std::vector<std::string> metrics(comparison.metrics.begin(),
                                         comparison.metrics.begin() + static_cast<std::ptrdiff_t>(shown));
  const std::string main = comparison.metrics.empty() ? "" : comparison.metrics.front();
  const bool shows_objective = !comparison.objective.metric.empty() && comparison.objective.metric != main;

  std::vector<Table::Column> columns = {{"#", Align::right}, {"variant"}};
  if (shows_objective) columns.push_back({comparison.objective.metric, Align::right});
  for (const std::string& metric : metrics) columns.push_back({metric, Align::right});
  if (!main.empty()) {
    columns.push_back({"Δ " + main + " to #1", Align::right});
    columns.push_back({"p (Holm)", Align::right});
  }
  for (const char* title : {"params", "FLOP/step", "time", "done"}) columns.push_back({title, Align::right});
  if (!keys.empty()) columns.push_back({"at"});

  Table table(columns);
  for (const VariantRow& row : comparison.variants) {
    std::vector<std::string> cells = {row.rank > 0 ? fmt::format("{}", row.rank) : "-", row.variant};
    if (shows_objective) cells.push_back(with_interval(row.objective));
    for (const std::string& metric : metrics) {
      const auto it = row.metrics.find(metric);
      cells.push_back(it == row.metrics.end() ? "-" : with_interval(it->second.estimate));
    }
    if (!main.empty()) {
      cells.push_back(difference(row, main));
      const auto it = row.metrics.find(main);
      const bool compared = it != row.metrics.end() && it->second.against_best;
      cells.push_back(compared ? p_text(it->second.against_best->p_holm) : "");
    }
    const bool measured = !row.trials.empty();
    cells.push_back(measured ? format_count(static_cast<double>(row.parameters)) : "-");
    cells.push_back(measured ? format_count(row.flops_per_step) : "-");
    cells.push_back(measured ? format_duration(row.seconds) : "-");
    cells.push_back(trial_counts(row.counts));
    if (!keys.empty()) cells.push_back(point_text(row.point, keys));
    table.add_row(std::move(cells));
  }
  if (!comparison.baselines.empty()) table.add_rule();
  for (const BaselineRow& row : comparison.baselines) {
    const auto cell = [&](const std::string& metric) {
      const auto it = row.metrics.find(metric);
      return it == row.metrics.end() ? "-" : format_number(it->second.mean);
    };
    std::vector<std::string> cells = {"", row.name};
    if (shows_objective) cells.push_back(cell(comparison.objective.metric));
    for (const std::string& metric : metrics) cells.push_back(cell(metric));
    cells.resize(columns.size());
    table.add_row(std::move(cells));
  }

  return table;
}

int widest_line(std::string_view text) {
  int widest = 0;
  for (size_t end; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1))
    widest = std::max(widest, display_width(text.substr(0, end)));
  return widest;
}

}  // namespace

std::string to_text(const Comparison& comparison, int width) {
  std::string out;
  if (!comparison.variants.empty()) {
    // Further metrics give way before names are cut.
    size_t shown = comparison.metrics.size();
    while (shown > 1 && widest_line(leaderboard(comparison, shown).text()) > width) --shown;
    out = leaderboard(comparison, shown).text({.colour = false, .width = width, .indent = ""});
    if (shown < comparison.metrics.size())
      out += fmt::format("not shown for want of room: {}\n",
                         fmt::join(comparison.metrics.begin() + static_cast<std::ptrdiff_t>(shown),
                                   comparison.metrics.end(), ", "));
    if (comparison.variants.front().rank > 0)
      out += fmt::format("ranked by {0} ({1}), by which each variant's point is chosen too; mean ± half of the {2:g} % interval over replicates\n"
                         "Δ: paired difference{3} with its {2:g} % interval; p: paired t-test, Holm's correction\n"
                         "FLOP/step: of one update; time: of one trial; done: trials of all points\n",
                         comparison.objective.metric, comparison.objective.minimize ? "min" : "max", 100 * comparison.level,
                         comparison.metrics.empty() ? "" : " of " + comparison.metrics.front());
  }
  for (const std::string& note : comparison.notes) out += "note: " + note + "\n";
  return out;
}

}  // namespace recur::report
