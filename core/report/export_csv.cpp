#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>

#include "recur/report/export.hpp"

namespace recur::report {
namespace {

using store::TrialRecord;

// RFC 4180, section 2: quotes around what holds a comma, a quote or a line's end; quotes within are doubled.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

// The shortest text that reads back as the same number.
std::string field(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

// The columns of all trials together, in the order in which they are met.
class Columns {
 public:
  void add(const std::string& name) {
    if (known_.insert(name).second) names_.push_back(name);
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::set<std::string> known_;
  std::vector<std::string> names_;
};

const store::Series& series_of(const TrialRecord& trial, Rows rows) {
  return rows == Rows::steps ? trial.steps : trial.epochs;
}

Columns metric_columns(std::span<const TrialRecord> trials, Rows rows) {
  Columns columns;
  for (const TrialRecord& trial : trials) {
    if (rows == Rows::results) {
      for (const auto& [metric, value] : trial.outcome.results) columns.add(metric);
    } else {
      for (const std::string& name : series_of(trial, rows).columns) columns.add(name);
    }
  }
  return columns;
}

}  // namespace

std::string to_csv(std::span<const TrialRecord> trials, Rows rows) {
  Columns keys;
  for (const TrialRecord& trial : trials)
    for (const auto& [key, value] : trial.spec.point) keys.add(key);
  const Columns metrics = metric_columns(trials, rows);

  std::string out = "trial,variant,replicate,state";
  for (const std::string& key : keys.names()) out += "," + field(key);
  if (rows == Rows::results) out += ",parameters,flops_per_step,epochs,best_epoch,seconds";
  for (const std::string& metric : metrics.names()) out += "," + field(metric);
  out += "\n";

  for (const TrialRecord& trial : trials) {
    const store::TrialSpec& spec = trial.spec;
    std::string head = fmt::format("{},{},{},{}", field(spec.name), field(spec.variant), spec.replicate,
                                   to_string(trial.state()));
    for (const std::string& key : keys.names()) {
      const auto it = spec.point.find(key);
      head += "," + (it == spec.point.end() ? std::string() : field(store::to_string(it->second)));
    }
    if (rows == Rows::results) {
      out += fmt::format("{},{},{},{},{},{}", head, spec.parameters, field(spec.flops_per_step), trial.epochs_done,
                         trial.outcome.best_epoch < 0 ? "" : fmt::format("{}", trial.outcome.best_epoch),
                         field(trial.seconds));
      for (const std::string& metric : metrics.names()) {
        const auto it = trial.outcome.results.find(metric);
        out += "," + (it == trial.outcome.results.end() ? std::string() : field(it->second));
      }
      out += "\n";
      continue;
    }
    const store::Series& series = series_of(trial, rows);
    for (int64_t row = 0; row < series.rows(); ++row) {
      out += head;
      for (const std::string& metric : metrics.names()) {
        const std::optional<size_t> column = series.find(metric);
        out += "," + (column ? field(series.at(row, *column)) : std::string());
      }
      out += "\n";
    }
  }
  return out;
}

}  // namespace recur::report
