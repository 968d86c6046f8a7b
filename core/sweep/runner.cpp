#include "recur/sweep/runner.hpp"

#include <fmt/format.h>
#include <omp.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>
#include <tbb/task_scheduler_observer.h>

#include <algorithm>
#include <optional>

#include "recur/error/error.hpp"
#include "recur/store/experiment.hpp"
#include "trial_run.hpp"

namespace recur::sweep {
namespace {

// oneDNN runs on OpenMP: without this every worker would start a team as large as the machine.
class OneThreadTeams final : public tbb::task_scheduler_observer {
 public:
  explicit OneThreadTeams(tbb::task_arena& arena) : tbb::task_scheduler_observer(arena) { observe(true); }
  ~OneThreadTeams() override { observe(false); }
  void on_scheduler_entry(bool) override { omp_set_num_threads(1); }
};

// Puts the trial's file aside where it cannot be read. No kill leaves such a file behind.
std::optional<store::TrialRecord> readable(const store::Experiment& experiment, const std::string& name) {
  try {
    return experiment.trial(name);
  } catch (const store::StoreError&) {
    const std::filesystem::path file = experiment.trial_file(name);
    std::filesystem::path aside = file;
    aside += ".damaged";
    std::error_code failed;
    std::filesystem::rename(file, aside, failed);
    if (failed) throw;
    return std::nullopt;
  }
}

// What there is to do, and what an earlier run did.
struct Left {
  std::vector<size_t> trials;
  int64_t finished = 0;
  int64_t failed = 0;
  std::vector<std::pair<size_t, store::Provenance>> trained;  // trials with finished epochs, and what they were trained with
};

Left what_is_left(const Plan& plan, const store::Experiment& experiment, const RunOptions& options) {
  Left left;
  for (size_t i = 0; i < plan.trials.size(); ++i) {
    const std::optional<store::TrialRecord> record = readable(experiment, plan.trials[i].name);
    const store::TrialState state = record ? record->state() : store::TrialState::queued;
    if (record && record->epochs_done > 0) left.trained.emplace_back(i, record->spec.provenance);
    if (state == store::TrialState::done || state == store::TrialState::pruned) {
      ++left.finished;
    } else if (state == store::TrialState::failed && !record->outcome.message.starts_with(kDiskFailure)) {
      if (!options.retry_failed) {
        ++left.failed;
        continue;
      }
      std::error_code ignored;  // it begins anew; begin() removes the checkpoint as well
      std::filesystem::remove(experiment.checkpoint_file(plan.trials[i].name), ignored);
      left.trials.push_back(i);
    } else {
      left.trials.push_back(i);
    }
  }
  return left;
}

// How what a trial was trained with differs from what is there now: "" where it does not. Files that it does not tell of are left out.
std::string difference(const store::Provenance& before, const store::Provenance& now) {
  const auto sums = [](const std::string& then, const std::string& today) { return fmt::format("sha256 {}, now {}", then.substr(0, 8), today.substr(0, 8)); };
  if (!before.plugin_hash.empty() && before.plugin_hash != now.plugin_hash)
    return fmt::format("was trained with another build of {} ({}); start over with --fresh, or bring that build back", now.plugin_file,
                       sums(before.plugin_hash, now.plugin_hash));
  for (const store::DataFile& then : before.data) {
    // Results of before all files were kept tell of the main one alone.
    const auto file = std::find_if(now.data.begin(), now.data.end(), [&](const store::DataFile& each) { return then.key.empty() || each.key == then.key; });
    if (file != now.data.end() && file->hash != then.hash)
      return fmt::format("was trained with another content of {} ({}); start over with --fresh, or bring that file back", file->file, sums(then.hash, file->hash));
  }
  return "";
}

// The first trial that another build of its plugin or other data have trained: "" where there is none, else what to tell the user.
std::string trained_otherwise(const Plan& plan, const plugin::Registry& registry, const store::Experiment& experiment, const Left& left, Origins& origins) {
  for (const auto& [index, before] : left.trained) {
    const PlannedTrial& trial = plan.trials[index];
    const Definition& definition = plan.point_of(trial).definition;
    const std::string differs = difference(before, origins.of(registry.describe(definition.model.cell).file, definition.task));
    if (!differs.empty()) return fmt::format("{}: {} {}", experiment.directory().string(), trial.name, differs);
  }
  return "";
}

}  // namespace

RunReport run(const Plan& plan, const Shared& shared, const RunOptions& options, Listener& listener) {
  store::Experiment experiment({.root = options.root, .name = plan.definition.name, .definition = to_yaml(plan.definition), .fresh = options.fresh,
                                .goes_on = [&](const std::string& there) { return goes_on(plan.definition, there); }});
  const Left left = what_is_left(plan, experiment, options);
  Origins origins;
  const std::string mixed = trained_otherwise(plan, shared.registry, experiment, left, origins);
  // Going on would mix two cells or two data sets in one comparison, or in one training.
  if (!mixed.empty() && !left.trials.empty()) throw UserError(mixed);
  std::vector<store::TrialSpec> specs;
  for (const size_t trial : left.trials) specs.push_back(spec_of(plan, plan.trials[trial]));
  experiment.queue(specs);

  const int cores = tbb::info::default_concurrency();
  const int wanted = options.jobs > 0 ? options.jobs : cores;
  const int workers = static_cast<int>(std::min(static_cast<size_t>(wanted), left.trials.size()));
  listener.began(experiment.directory(), plan, left.finished, workers);
  if (!mixed.empty()) listener.warned(mixed);

  const TrialContext context{plan, shared, options, experiment, origins, listener};
  std::atomic<size_t> next = 0;
  std::atomic<int64_t> done = 0, failed = left.failed, unfinished = static_cast<int64_t>(left.trials.size());
  const auto stopped = [&] { return options.stop != nullptr && options.stop->load(std::memory_order_relaxed); };
  const auto work = [&] {
    while (!stopped()) {
      const size_t i = next.fetch_add(1);
      if (i >= left.trials.size()) return;
      const TrialEnd end = run_trial(context, left.trials[i]);
      if (end.state == store::TrialState::stale) continue;
      --unfinished;
      ++(end.state == store::TrialState::failed ? failed : done);
    }
  };

  if (workers > 0) {
    // TBB never starts more workers than the machine has cores unless it is told to.
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<size_t>(std::max(workers, cores)));
    tbb::task_arena arena(workers);
    const OneThreadTeams teams(arena);
    arena.execute([&] {
      tbb::task_group group;
      for (int i = 0; i < workers; ++i) group.run(work);
      group.wait();
    });
  }

  return {.directory = experiment.directory(),
          .planned = static_cast<int64_t>(plan.trials.size()),
          .finished_before = left.finished,
          .done = done,
          .failed = failed,
          .unfinished = unfinished,
          .interrupted = stopped() && unfinished > 0};
}

}  // namespace recur::sweep
