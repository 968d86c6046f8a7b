#include "recur/store/trial.hpp"

#include <algorithm>
#include <cmath>

#include "disk_thread.hpp"
#include "live_trial.hpp"
#include "trial_file.hpp"

namespace recur::store {

std::optional<double> TrialRecord::metric(std::string_view name) const {
  if (const auto it = outcome.results.find(std::string(name)); it != outcome.results.end()) return it->second;
  std::vector<double> values = epochs.column(name);
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return std::nullopt;
  if (name != spec.objective.metric) return values.back();
  return spec.objective.minimize ? *std::min_element(values.begin(), values.end())
                                 : *std::max_element(values.begin(), values.end());
}

TrialRecord read_trial(const std::filesystem::path& file, const ReadOptions& options) {
  return DiskThread::instance().run([&] {
    if (auto live = LiveTrial::find(file, options)) return std::move(*live);
    return load_trial(file, options);
  });
}

}  // namespace recur::store
