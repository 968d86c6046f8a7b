#include "outcome_table.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace recur::tool {
namespace {

bool is_main(const std::string& metric) {
  return (metric.starts_with("valid/") || metric.starts_with("test/")) && metric.find('/') == metric.rfind('/');
}

}  // namespace

report::Table outcome_table(const store::TrialRecord& trial) {
  std::vector<std::string> metrics;
  for (const char* part : {"valid/", "test/"})
    for (const auto& [metric, value] : trial.outcome.results)
      if (is_main(metric) && metric.starts_with(part)) metrics.push_back(metric);
  std::vector<report::Table::Column> columns{{"", report::Align::left}};
  for (const std::string& metric : metrics) columns.push_back({metric, report::Align::right});
  report::Table table(columns);
  const auto add = [&](const std::string& name, const std::map<std::string, double>& values) {
    std::vector<std::string> cells{name};
    for (const std::string& metric : metrics) {
      const auto found = values.find(metric);
      cells.push_back(found == values.end() ? "-" : report::format_number(found->second));
    }
    table.add_row(std::move(cells));
  };
  add(trial.spec.variant, trial.outcome.results);
  if (!trial.outcome.baselines.empty()) table.add_rule();
  for (const store::Baseline& baseline : trial.outcome.baselines) add(baseline.name, baseline.metrics);
  return table;
}

}  // namespace recur::tool
