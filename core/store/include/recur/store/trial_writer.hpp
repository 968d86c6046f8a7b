// Writes one trial's file while it trains.
//
// While the trial runs, its file is an HDF5 file in single-writer-multiple-readers mode: rows are appended and
// flushed, so a kill at any instant leaves it readable with every row that had been written. finish() writes a
// complete, closed file and renames it over the live one.
//
// Threading: every function may be called from any thread. append, log and checkpoint hand over to the one thread
// of the process that calls HDF5 and return at once; they wait only while that thread is more than a thousand
// calls or 256 MB behind. Where a write failed (disk full), the next call throws StoreError with the
// reason; the trainer then ends the trial with fail(), which itself never throws for the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "recur/store/checkpoint.hpp"
#include "recur/store/trial.hpp"

namespace recur::store {

class LiveTrial;

class TrialWriter {
 public:
  TrialWriter(TrialWriter&&) noexcept;
  TrialWriter& operator=(TrialWriter&&) noexcept;
  // A trial that was not finished is closed as stale, to be continued by the next run.
  ~TrialWriter();

  const TrialSpec& spec() const;
  const std::filesystem::path& file() const;

  // metrics [spec.epoch_metrics.size()]. seconds: training time so far, interruptions left out.
  void append_epoch(int64_t epoch, int64_t step, double seconds, std::span<const double> metrics);
  // metrics [spec.step_metrics.size()]. Steps reach the file with the next epoch, every 256 rows, or with flush().
  void append_step(int64_t step, int64_t epoch, double seconds, std::span<const double> metrics);
  // values: spec.states after the epoch that was appended last, one state after the other. Once an epoch, where the spec has states.
  void append_states(std::vector<float> values);
  void log(Level level, std::string text);

  // Replaces the trial's checkpoint. What was appended before is in it. One that still waits for the disk when the
  // next is handed over is left out, so every epoch may ask for one.
  void checkpoint(Checkpoint state);

  // Waits until everything handed over is with the operating system.
  void flush();

  // Ends the trial: waits until the complete file has replaced the live one. A done or pruned trial's checkpoint is
  // removed. Throws StoreError where that cannot be written. Call once; nothing may follow.
  void finish(Outcome outcome);

  // Ends the trial as failed. Never throws for a reason of the disk: where even the small file does not fit,
  // the state and as much of the message as fits (1000 bytes) go into a place reserved in the live file.
  void fail(const std::string& message);

 private:
  friend class Experiment;
  explicit TrialWriter(std::shared_ptr<LiveTrial> live);
  std::shared_ptr<LiveTrial> live_;
};

}  // namespace recur::store
