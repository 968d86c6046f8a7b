// A trial: one training of one model with one seed. TrialSpec is what is known before it starts, Outcome what it
// ends with, TrialRecord everything that its file holds.
//
// Threading: values. read_trial may be called from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recur/store/provenance.hpp"
#include "recur/store/values.hpp"

namespace recur::store {

// stale: began and did not end, and no process works on it any more (killed, crashed, interrupted). The next run
// goes on from its checkpoint.
enum class TrialState { queued, running, stale, failed, pruned, done };
std::string_view to_string(TrialState state);

// What trials of an experiment are chosen by.
struct Objective {
  std::string metric;    // a column of the epochs and a key of the results, "valid/rmse"; "" when there is none
  bool minimize = true;

  bool operator==(const Objective&) const = default;
};

// What a model holds while it reads one sequence, kept after each epoch.
struct LoggedState {
  std::string name;            // "layer0/read_weights"
  std::vector<int64_t> shape;  // [T, dims...]

  bool operator==(const LoggedState&) const = default;
};

struct TrialSpec {
  std::string name;        // unique to the definition and the replicate; names the files
  std::string definition;  // the trial's resolved definition, YAML
  std::string encoding;    // what ties the model's numbers to the data's own (scales, vocabulary), JSON; or ""
  std::string variant;     // what a comparison compares: "gru"
  Values point;            // the trial's place in the sweep's space, by key: {"train.optimizer.lr", 1e-3}; no replicate
  uint64_t seed = 0;       // the experiment's
  int64_t replicate = 0;
  Objective objective;
  std::vector<std::string> epoch_metrics;  // what append_epoch gets, in this order: "train/loss", "valid/rmse"
  std::vector<std::string> step_metrics;   // what append_step gets: "loss", "grad_norm", "lr"
  std::vector<LoggedState> states = {};    // what append_states gets; of a trial that is read only where its states are
  int64_t parameters = 0;                  // trainable scalars
  double flops_per_step = 0;               // of one training step (forward, backward, weight gradients)
  int64_t planned_epochs = 0;              // 0: not known
  Provenance provenance;

  bool operator==(const TrialSpec&) const = default;
};

// A predictor without parameters that was measured on the same data: persistence, seasonal-naive, uniform.
struct Baseline {
  std::string name;
  std::map<std::string, double> metrics;  // "test/rmse": 21.4

  bool operator==(const Baseline&) const = default;
};

struct Outcome {
  TrialState state = TrialState::done;  // done, failed, pruned, or stale for an interrupted trial that can go on
  std::string message = {};             // why, where it is not done
  // What the trial is compared by: each metric as measured with the best weights ("valid/rmse", "test/rmse").
  std::map<std::string, double> results = {};
  // What numbers alone do not tell of a part, as lines of text: {"test", a confusion matrix}.
  std::map<std::string, std::string> details = {};
  int64_t best_epoch = -1;              // the epoch that the best weights are from; -1: none
  std::vector<Baseline> baselines = {};
  std::vector<Array> last = {};         // the weights at the end
  std::vector<Array> best = {};         // the weights at best_epoch
};

// Epochs have the columns epoch, step, seconds and then spec.epoch_metrics; steps have step, epoch, seconds and then
// spec.step_metrics. seconds is wall-clock time of training since its start, without interruptions.
struct TrialRecord {
  std::filesystem::path file;
  TrialSpec spec;
  Outcome outcome;     // of a trial that has not ended: state, and message for a stale one
  double started = 0;  // seconds since 1970-01-01 UTC, of the first attempt; 0: not yet
  double ended = 0;    // 0: not yet
  int64_t epochs_done = 0;
  int64_t steps_logged = 0;
  double seconds = 0;  // training time up to the last finished epoch
  Series epochs;
  Series steps;
  std::vector<Event> log;
  std::vector<Array> states;  // [epochs, T, dims...] each, in the order of spec.states

  TrialState state() const { return outcome.state; }
  // A metric as the trial is judged by it: from the results; while there are none, its best value over the epochs
  // (for the objective's metric; the latest value for any other). nullopt: never measured.
  std::optional<double> metric(std::string_view name) const;
  std::optional<double> objective() const { return metric(spec.objective.metric); }
};

// What to read beyond the summary (spec, outcome without weights, times, counts). metric() needs the epochs of a
// trial that has not ended, so they are always read.
struct ReadOptions {
  bool steps = true;
  bool log = true;
  bool weights = true;
  bool states = true;
};
inline constexpr ReadOptions kSummary{false, false, false, false};

// Reads a trial file, also one that is being written, or whose process was killed. A trial that was running in a
// process that is gone reads as stale. Throws UserError for a path that is no trial file, StoreError for one
// that is damaged.
TrialRecord read_trial(const std::filesystem::path& file, const ReadOptions& options = {});

}  // namespace recur::store
