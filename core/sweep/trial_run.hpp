// One trial from its beginning or its checkpoint to its end: training on one side, its file on the other.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "recur/store/experiment.hpp"
#include "recur/sweep/runner.hpp"

namespace recur::sweep {

// A failure of the disk rather than of the trial: the next run goes on with it.
inline constexpr const char* kDiskFailure = "results could not be written: ";

// Provenance of trials; files are hashed once.
class Origins {
 public:
  Origins();
  // Threading: any thread. Throws UserError where a file cannot be read any more.
  store::Provenance of(const std::filesystem::path& plugin, const data::TaskOptions& task);

 private:
  const std::string& hash(const std::string& file);

  store::Provenance here_;
  std::mutex mutex_;
  std::map<std::string, std::string> hashes_;
};

// The trial's specification without what only a trainer knows.
store::TrialSpec spec_of(const Plan& plan, const PlannedTrial& trial);

struct TrialContext {
  const Plan& plan;
  const Shared& shared;
  const RunOptions& options;
  store::Experiment& experiment;
  Origins& origins;
  Listener& listener;
};

// Never throws for what the trial does: it ends as failed with the reason.
TrialEnd run_trial(const TrialContext& context, size_t trial);

}  // namespace recur::sweep
