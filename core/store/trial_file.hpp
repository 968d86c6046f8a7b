// The layout of a trial file; results/README.md describes it for those who read it.
// To be called on the disk thread only.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "atomic_file.hpp"
#include "hdf5.hpp"
#include "process.hpp"
#include "recur/store/trial.hpp"

namespace recur::store {

inline constexpr const char* kTrialFormat = "recur.trial";
inline constexpr const char* kCheckpointFormat = "recur.checkpoint";
inline constexpr int64_t kFormatVersion = 1;

// Names within the file that writer and reader share.
namespace layout {
inline constexpr const char* kMetrics = "metrics";
inline constexpr const char* kEpochs = "epochs";
inline constexpr const char* kSteps = "steps";
inline constexpr const char* kLog = "log";
inline constexpr const char* kDetails = "details";
inline constexpr const char* kData = "data";  // of the provenance
inline constexpr const char* kStates = "states";
inline constexpr const char* kLive = "live";
inline constexpr const char* kLiveState = "state";
inline constexpr const char* kLiveMessage = "message";
inline constexpr const char* kLiveLog = "log";
inline constexpr size_t kStateBytes = 16;
inline constexpr size_t kMessageBytes = 1000;
}  // namespace layout

// epoch, step, seconds and then spec.epoch_metrics; step, epoch, seconds and then spec.step_metrics.
std::vector<std::string> epoch_columns(const TrialSpec& spec);
std::vector<std::string> step_columns(const TrialSpec& spec);

// Values of a shape: the product of its sizes.
size_t scalars(std::span<const int64_t> shape);
// spec.states without an epoch.
std::vector<Array> no_states(const TrialSpec& spec);

// Everything but the rows and the log: what a live file and a whole one have in common.
void write_head(hid_t file, const TrialRecord& record, const ProcessId& writer);

// A closed file in place of `record.file`. last and best are in record.outcome.
void replace_trial(const TrialRecord& record, Outlives what = Outlives::power_cut);

// The text of the live log: one line an event.
std::string log_line(const Event& event);
std::vector<Event> parse_log(std::string_view lines);

// As the file says; a running one whose process is gone becomes stale.
TrialRecord load_trial(const std::filesystem::path& file, const ReadOptions& options);

}  // namespace recur::store
