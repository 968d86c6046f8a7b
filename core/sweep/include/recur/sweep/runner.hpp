// Runs what is left of a plan: trials in parallel, one a worker, into an experiment's directory.
//
// Trials that are done are not repeated, unfinished ones go on from their checkpoint. A trial that fails is recorded
// with its reason and the others go on. Results do not depend on the number of workers.
//
// Threading: run() is called from one thread at a time; it calls the listener from its workers.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "recur/data/task_cache.hpp"
#include "recur/exec/engine.hpp"
#include "recur/plugin/registry.hpp"
#include "recur/store/trial.hpp"
#include "recur/sweep/plan.hpp"

namespace recur::sweep {

struct RunOptions {
  std::filesystem::path root = "results";
  int jobs = 0;                              // trials at a time; 0: one a core
  bool fresh = false;                        // into a new directory
  bool retry_failed = false;                 // trials that failed are begun anew
  exec::PathChoice engine{};                 // forces a form of the programs; none: the faster
  const std::atomic<bool>* stop = nullptr;   // once true, running trials are checkpointed and no other is begun
};

// What is shared by everything that a process trains.
struct Shared {
  const plugin::Registry& registry;
  data::TaskCache& tasks;
  exec::PathMemory& paths;
};

// How a trial stands after an epoch.
struct EpochNews {
  int64_t epoch = 0;      // from 0
  int64_t planned = 0;    // epochs
  double seconds = 0;     // of training so far
  double objective = 0;   // of this epoch; NaN where it was not measured
  std::span<const std::string> names;
  std::span<const double> metrics;  // in the order of names
};

struct TrialEnd {
  store::TrialState state = store::TrialState::done;  // stale: interrupted
  std::string message;
  std::map<std::string, double> results;
  int64_t epochs = 0;
  double seconds = 0;
};

// Who listens to a run: a progress display, a log. Every function may be called from any worker, several at once.
class Listener {
 public:
  virtual ~Listener() = default;
  // Once, before the first trial: the directory, and how many trials are there already.
  virtual void began(const std::filesystem::path& directory, const Plan&, int64_t finished_before, int workers) { (void)directory, (void)finished_before, (void)workers; }
  // Results that are there already are not what this run would give.
  virtual void warned(const std::string& text) { (void)text; }
  virtual void trial_began(size_t trial, int64_t epochs_before) { (void)trial, (void)epochs_before; }
  virtual void trial_epoch(size_t trial, const EpochNews&) { (void)trial; }
  virtual void trial_log(size_t trial, store::Level, const std::string& text) { (void)trial, (void)text; }
  virtual void trial_ended(size_t trial, const TrialEnd&) { (void)trial; }
};

struct RunReport {
  std::filesystem::path directory;
  int64_t planned = 0;
  int64_t finished_before = 0;  // done or pruned in an earlier run
  int64_t done = 0;             // in this run, pruned ones included
  int64_t failed = 0;           // in this run or before
  int64_t unfinished = 0;       // interrupted or not begun
  bool interrupted = false;
};

// Throws UserError, before anything is run, for a directory that cannot be used.
RunReport run(const Plan& plan, const Shared& shared, const RunOptions& options, Listener& listener);

}  // namespace recur::sweep
