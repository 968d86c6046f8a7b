#include "trial_run.hpp"

#include <fmt/format.h>
#include <tbb/version.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "recur/exec/machine.hpp"
#include "recur/sweep/encoding_text.hpp"
#include "recur/train/trainer.hpp"
#include "state_log.hpp"
#include "stored.hpp"

namespace recur::sweep {
namespace {

using Clock = std::chrono::steady_clock;

// Between checkpoints. What a kill costs is at most this and the epoch under way; asking more often only makes the disk busy.
constexpr std::chrono::milliseconds kBetweenCheckpoints{1000};
// A stop waits for the end of an epoch that is shorter than this, so that nothing of it is repeated.
constexpr double kShortEpoch = 2.0;

// Writes what a trainer tells into the trial's file, and tells the listener.
class Recorder final : public train::Observer {
 public:
  Recorder(const TrialContext& context, size_t trial, const store::TrialSpec& spec, store::TrialWriter& writer, const StateLog& states,
           const train::Trainer& trainer)
      : context_(context), trial_(trial), spec_(spec), writer_(writer), states_(states), trainer_(trainer) {
    const auto found = std::find(spec.epoch_metrics.begin(), spec.epoch_metrics.end(), spec.objective.metric);
    if (found != spec.epoch_metrics.end()) objective_ = static_cast<size_t>(found - spec.epoch_metrics.begin());
  }

  void epoch(const train::EpochRow& row) override {
    writer_.append_epoch(row.epoch, row.step, row.seconds, row.metrics);
    if (!states_.empty()) writer_.append_states(states_.values(trainer_.last_weights()));
    if (epochs_ > 0) epoch_seconds_ = row.seconds - seconds_;
    seconds_ = row.seconds;
    ++epochs_;
    context_.listener.trial_epoch(trial_, {.epoch = row.epoch,
                                           .planned = spec_.planned_epochs,
                                           .seconds = row.seconds,
                                           .objective = objective_ ? row.metrics[*objective_] : std::numeric_limits<double>::quiet_NaN(),
                                           .names = spec_.epoch_metrics,
                                           .metrics = row.metrics});
  }

  void step(const train::StepRow& row) override { writer_.append_step(row.step, row.epoch, row.seconds, row.metrics); }

  void log(train::Level level, const std::string& text) override {
    writer_.log(to_store(level), text);
    context_.listener.trial_log(trial_, to_store(level), text);
  }

  bool wants_checkpoint() override { return stopping() || Clock::now() - checkpointed_ >= kBetweenCheckpoints; }

  void checkpoint(train::Checkpoint state) override {
    writer_.checkpoint(to_store(std::move(state)));
    checkpointed_ = Clock::now();
  }

  bool should_stop() override {
    if (!stopping()) return false;
    if (!epochs_at_stop_) epochs_at_stop_ = epochs_;
    const bool at_an_end = epochs_ > *epochs_at_stop_;
    return at_an_end || epoch_seconds_ > kShortEpoch;
  }

 private:
  bool stopping() const { return context_.options.stop != nullptr && context_.options.stop->load(std::memory_order_relaxed); }

  const TrialContext& context_;
  size_t trial_;
  const store::TrialSpec& spec_;
  store::TrialWriter& writer_;
  const StateLog& states_;
  const train::Trainer& trainer_;
  std::optional<size_t> objective_;
  int64_t epochs_ = 0;                  // of this attempt
  std::optional<int64_t> epochs_at_stop_;
  double seconds_ = 0;
  double epoch_seconds_ = std::numeric_limits<double>::infinity();  // of the last whole epoch
  Clock::time_point checkpointed_ = Clock::now();
};

store::Outcome outcome_of(const train::Ending& ending, const train::Trainer& trainer, const data::Task& task) {
  store::Outcome outcome{.message = ending.message, .results = ending.results, .details = ending.details, .best_epoch = ending.best_epoch};
  switch (ending.state) {
    case train::Ending::State::kDone: outcome.state = store::TrialState::done; break;
    case train::Ending::State::kPruned: outcome.state = store::TrialState::pruned; break;
    case train::Ending::State::kFailed: outcome.state = store::TrialState::failed; break;
    case train::Ending::State::kInterrupted: outcome.state = store::TrialState::stale; break;
  }
  if (outcome.state == store::TrialState::done || outcome.state == store::TrialState::pruned) {
    outcome.baselines = to_store(task.baselines(), task.metrics());
    outcome.last = to_store(train::to_arrays(trainer.last_weights()));
    outcome.best = to_store(train::to_arrays(trainer.best_weights()));
  }
  return outcome;
}

// The writer of the trial, which goes on where there is a checkpoint. A checkpoint of a build whose trainer keeps
// other things is told, and the trial begins anew.
store::TrialWriter begin(const TrialContext& context, const store::TrialSpec& spec, train::Trainer& trainer, int64_t& epochs_before) {
  const std::optional<store::Checkpoint> checkpoint = context.experiment.checkpoint(spec.name);
  if (!checkpoint) return context.experiment.begin(spec);
  try {
    trainer.resume(to_train(*checkpoint));
  } catch (const UserError& error) {
    store::TrialWriter writer = context.experiment.begin(spec);
    writer.log(store::Level::warning, fmt::format("begun anew: the checkpoint cannot be used: {}", error.what()));
    return writer;
  }
  epochs_before = checkpoint->epochs.rows();
  store::TrialWriter writer = context.experiment.resume(spec, *checkpoint);
  writer.log(store::Level::info, fmt::format("goes on after epoch {}", epochs_before));
  return writer;
}

TrialEnd train_trial(const TrialContext& context, size_t index, store::TrialSpec& spec) {
  const PlannedTrial& trial = context.plan.trials[index];
  const Definition& definition = context.plan.point_of(trial).definition;
  const std::shared_ptr<const data::Task> task = context.shared.tasks.get(definition.task);
  train::Trainer trainer({.task = task,
                          .model = definition.model,
                          .train = definition.train,
                          .seed = static_cast<uint64_t>(definition.seed),
                          .replicate = static_cast<uint64_t>(trial.replicate),
                          .objective = spec.objective.metric},
                         context.shared.registry, context.shared.paths, context.options.engine);
  spec.epoch_metrics = trainer.epoch_metrics();
  spec.step_metrics = trainer.step_metrics();
  spec.parameters = trainer.parameters();
  spec.flops_per_step = trainer.flops_per_step();
  spec.encoding = encoding_text(task->encoding());
  const StateLog states(definition, *task, trainer.network(), context.shared.paths);
  spec.states = states.shapes(trainer.last_weights());
  spec.provenance = context.origins.of(context.shared.registry.describe(definition.model.cell).file, definition.task);

  int64_t epochs_before = 0;
  store::TrialWriter writer = begin(context, spec, trainer, epochs_before);
  try {
    context.listener.trial_began(index, epochs_before);
    for (const data::Fact& fact : task->facts()) writer.log(store::Level::debug, fmt::format("data: {}: {}", fact.name, fact.value));
    Recorder recorder(context, index, spec, writer, states, trainer);
    const train::Ending ending = trainer.run(recorder);
    store::Outcome outcome = outcome_of(ending, trainer, *task);
    TrialEnd end{outcome.state, ending.message, ending.results, ending.epochs, ending.seconds};
    writer.finish(std::move(outcome));
    return end;
  } catch (const store::StoreError& error) {
    writer.fail(kDiskFailure + std::string(error.what()));
    throw;
  } catch (const std::exception& error) {
    writer.fail(error.what());
    throw;
  }
}

}  // namespace

Origins::Origins() : here_(store::here()) {
  const exec::Machine machine = exec::machine();
  here_.libraries["onednn"] = machine.onednn;
  here_.libraries["highway"] = machine.highway;
  here_.libraries["tbb"] = fmt::format("{}.{}", TBB_VERSION_MAJOR, TBB_VERSION_MINOR);
}

store::Provenance Origins::of(const std::filesystem::path& plugin, const data::TaskOptions& task) {
  const std::lock_guard lock(mutex_);
  store::Provenance provenance = here_;
  provenance.plugin_file = plugin.string();
  provenance.plugin_hash = hash(provenance.plugin_file);
  data::for_each_data_file(task, [&](const std::string& key, const std::string& file) {
    if (!file.empty()) provenance.data.push_back({key, file, hash(file)});
  });
  return provenance;
}

const std::string& Origins::hash(const std::string& file) {
  const auto [known, is_new] = hashes_.try_emplace(file);
  if (is_new) known->second = store::path_hash(file);
  return known->second;
}

store::TrialSpec spec_of(const Plan& plan, const PlannedTrial& trial) {
  const PlannedPoint& point = plan.point_of(trial);
  store::TrialSpec spec;
  spec.name = trial.name;
  spec.definition = to_yaml(point.definition);
  spec.variant = point.variant;
  spec.point = values_of(point.point);
  spec.seed = static_cast<uint64_t>(point.definition.seed);
  spec.replicate = trial.replicate;
  spec.objective = plan.objective;
  spec.parameters = point.parameters;
  spec.planned_epochs = point.definition.train.epochs;
  return spec;
}

TrialEnd run_trial(const TrialContext& context, size_t trial) {
  store::TrialSpec spec = spec_of(context.plan, context.plan.trials[trial]);
  TrialEnd end;
  try {
    end = train_trial(context, trial, spec);
  } catch (const std::exception& error) {  // the root of a worker's work: whatever befell one trial, the others go on
    end = {.state = store::TrialState::failed, .message = error.what(), .results = {}};
    // A trial that did not come as far as its file gets one that says why.
    try {
      if (const auto record = context.experiment.trial(spec.name); !record || record->state() != store::TrialState::failed)
        context.experiment.begin(spec).fail(error.what());
    } catch (const std::exception&) {
      // Its file cannot be written; the message is shown, and the next run finds the trial unfinished.
    }
  }
  context.listener.trial_ended(trial, end);
  return end;
}

}  // namespace recur::sweep
