// What a TrialWriter stands for: the trial's record in memory, its live file, and the way from the training thread to the
// disk thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "live_file.hpp"
#include "recur/store/checkpoint.hpp"
#include "recur/store/trial.hpp"

namespace recur::store {

class LiveTrial : public std::enable_shared_from_this<LiveTrial> {
 public:
  // Makes the live file; what an earlier attempt logged is kept, and its start. Throws StoreError.
  static std::shared_ptr<LiveTrial> begin(const TrialSpec& spec, std::filesystem::path file,
                                          std::filesystem::path checkpoint_file, const Checkpoint* from);
  ~LiveTrial();

  // Any thread, as TrialWriter says.
  const TrialSpec& spec() const { return spec_; }
  const std::filesystem::path& file() const { return file_path_; }
  void append_epoch(std::vector<double> row);
  void append_step(std::vector<double> row);
  void append_states(std::vector<float> values);
  void log(Event event);
  void checkpoint(Checkpoint state);
  void flush();
  void finish(Outcome outcome);
  void fail(const std::string& message);
  void abandon();  // closed without an outcome
  bool ended() const { return ended_; }

  // Disk thread: the record of a trial whose file this process has open for writing, which HDF5 would not open a second
  // time.
  static std::optional<TrialRecord> find(const std::filesystem::path& file, const ReadOptions& options);

 private:
  LiveTrial(const TrialSpec& spec, std::filesystem::path file, std::filesystem::path checkpoint_file);

  void throw_if_broken();
  void post(std::function<void()> work, size_t bytes);
  // Disk thread.
  void start(const Checkpoint* from);
  void write_pending_steps();
  void end(Outcome outcome);
  void end_or_leave(TrialState state, const std::string& message);
  void unregister();

  const TrialSpec spec_;
  const std::filesystem::path file_path_, checkpoint_path_;
  std::atomic<bool> ended_ = false;
  std::atomic<uint64_t> newest_checkpoint_ = 0;

  std::mutex mutex_;
  std::atomic<bool> broken_ = false;
  std::string why_broken_;  // by mutex_

  // Disk thread only.
  TrialRecord record_;
  std::optional<LiveFile> live_;
  std::vector<double> pending_steps_;
  std::filesystem::path registered_as_;
};

}  // namespace recur::store
