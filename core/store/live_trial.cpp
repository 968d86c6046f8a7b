#include "live_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "checkpoint_file.hpp"
#include "disk_thread.hpp"
#include "process.hpp"
#include "recur/error/error.hpp"
#include "trial_file.hpp"

namespace recur::store {
namespace {

constexpr size_t kStepsAtOnce = 256;

// By canonical path; the disk thread's own. Never destroyed: that thread outlives other statics.
std::map<std::filesystem::path, LiveTrial*>& live_trials() {
  static auto* trials = new std::map<std::filesystem::path, LiveTrial*>;
  return *trials;
}

// Of trials whose file could be neither completed nor closed.
std::map<std::filesystem::path, TrialRecord>& left_trials() {
  static auto* trials = new std::map<std::filesystem::path, TrialRecord>;
  return *trials;
}

// What a reader asked for, of a record in memory.
TrialRecord part_of(const TrialRecord& whole, const ReadOptions& options) {
  TrialRecord record = whole;
  record.epochs_done = record.epochs.rows();
  record.steps_logged = record.steps.rows();
  if (record.epochs_done > 0) record.seconds = record.epochs.at(record.epochs_done - 1, 2);
  if (!options.steps) record.steps.values.clear();
  if (!options.log) record.log.clear();
  if (!options.states) record.states.clear(), record.spec.states.clear();
  return record;
}

std::filesystem::path registered_name(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path out = std::filesystem::weakly_canonical(path, error);
  return error ? path : out;
}

size_t bytes_of(const std::vector<Array>& arrays) {
  size_t bytes = 0;
  for (const Array& array : arrays) bytes += array.values.size() * sizeof(float);
  return bytes;
}

void require_columns(const Series& series, const std::vector<std::string>& columns, const std::string& trial) {
  if (series.columns != columns)
    throw StoreError(fmt::format("the checkpoint of trial {} holds other metrics than are measured now; run with --fresh",
                                 trial));
}

void require_states(const std::vector<Array>& there, const std::vector<Array>& wanted, int64_t epochs, const std::string& trial) {
  const auto same = [epochs](const Array& a, const Array& b) {
    return a.name == b.name && a.shape.front() == epochs && std::equal(a.shape.begin() + 1, a.shape.end(), b.shape.begin() + 1, b.shape.end());
  };
  if (!std::equal(there.begin(), there.end(), wanted.begin(), wanted.end(), same))
    throw StoreError(fmt::format("the checkpoint of trial {} holds other states than are logged now; run with --fresh", trial));
}

}  // namespace

LiveTrial::LiveTrial(const TrialSpec& spec, std::filesystem::path file, std::filesystem::path checkpoint_file)
    : spec_(spec), file_path_(std::move(file)), checkpoint_path_(std::move(checkpoint_file)) {}

// The disk thread may drop the last reference, or another thread may: the file belongs to the disk thread either way.
LiveTrial::~LiveTrial() {
  DiskThread::instance().run([&] {
    unregister();
    live_.reset();
  });
}

std::shared_ptr<LiveTrial> LiveTrial::begin(const TrialSpec& spec, std::filesystem::path file,
                                            std::filesystem::path checkpoint_file, const Checkpoint* from) {
  std::shared_ptr<LiveTrial> trial(new LiveTrial(spec, std::move(file), std::move(checkpoint_file)));
  DiskThread::instance().run([&] { trial->start(from); });
  return trial;
}

void LiveTrial::start(const Checkpoint* from) {
  record_.file = file_path_;
  record_.spec = spec_;
  record_.outcome.state = TrialState::running;
  record_.started = now();
  record_.epochs.columns = epoch_columns(spec_);
  record_.steps.columns = step_columns(spec_);
  record_.states = no_states(spec_);
  if (std::filesystem::exists(file_path_)) {
    try {
      constexpr ReadOptions kWithLog{.steps = false, .log = true, .weights = false, .states = false};
      const std::optional<TrialRecord> open = find(file_path_, kWithLog);
      const TrialRecord earlier = open ? *open : load_trial(file_path_, kWithLog);
      if (earlier.started > 0) record_.started = earlier.started;
      record_.log = earlier.log;
    } catch (const std::runtime_error& error) {
      record_.log.push_back({now(), Level::warning, fmt::format("an earlier attempt is lost: {}", error.what())});
    }
  }
  if (from != nullptr) {
    require_columns(from->epochs, record_.epochs.columns, spec_.name);
    require_columns(from->steps, record_.steps.columns, spec_.name);
    record_.epochs = from->epochs;
    record_.steps = from->steps;
    require_states(from->states, record_.states, record_.epochs.rows(), spec_.name);
    record_.states = from->states;
    record_.log.push_back({now(), Level::info, fmt::format("resumed after {} epochs", record_.epochs.rows())});
  } else {
    record_.log.push_back({now(), Level::info, "started"});
  }
  live_.emplace(record_);
  registered_as_ = registered_name(file_path_);
  left_trials().erase(registered_as_);
  live_trials()[registered_as_] = this;
}

void LiveTrial::throw_if_broken() {
  RECUR_CHECK(!ended_, "trial {} has ended", spec_.name);
  if (!broken_) return;
  const std::lock_guard lock(mutex_);
  throw StoreError(why_broken_);
}

void LiveTrial::post(std::function<void()> work, size_t bytes) {
  throw_if_broken();
  DiskThread::instance().post(
      [self = shared_from_this(), work = std::move(work)] {
        if (self->broken_ || !self->live_) return;
        try {
          work();
        } catch (const std::exception& error) {
          const std::lock_guard lock(self->mutex_);
          self->why_broken_ = fmt::format("{}: cannot be written: {}", self->file_path_.string(), error.what());
          self->broken_ = true;
        }
      },
      bytes);
}

void LiveTrial::append_epoch(std::vector<double> row) {
  const size_t bytes = row.size() * sizeof(double);
  post(
      [this, row = std::move(row)] {
        write_pending_steps();
        live_->append_epochs(row);
        record_.epochs.values.insert(record_.epochs.values.end(), row.begin(), row.end());
      },
      bytes);
}

void LiveTrial::append_step(std::vector<double> row) {
  const size_t bytes = row.size() * sizeof(double);
  post(
      [this, row = std::move(row)] {
        pending_steps_.insert(pending_steps_.end(), row.begin(), row.end());
        if (pending_steps_.size() >= kStepsAtOnce * row.size()) write_pending_steps();
      },
      bytes);
}

void LiveTrial::append_states(std::vector<float> values) {
  const size_t bytes = values.size() * sizeof(float);
  post(
      [this, values = std::move(values)] {
        live_->append_states(values);
        size_t at = 0;
        for (Array& state : record_.states) {
          const size_t size = scalars(std::span(state.shape).subspan(1));
          const std::span row = std::span(values).subspan(at, size);
          state.values.insert(state.values.end(), row.begin(), row.end());
          ++state.shape.front();
          at += size;
        }
      },
      bytes);
}

void LiveTrial::write_pending_steps() {
  live_->append_steps(pending_steps_);
  record_.steps.values.insert(record_.steps.values.end(), pending_steps_.begin(), pending_steps_.end());
  pending_steps_.clear();
}

void LiveTrial::log(Event event) {
  const size_t bytes = event.text.size();
  post(
      [this, event = std::move(event)] {
        live_->append_log(log_line(event));
        record_.log.push_back(event);
      },
      bytes);
}

void LiveTrial::checkpoint(Checkpoint state) {
  const size_t bytes = bytes_of(state.arrays);
  const uint64_t number = ++newest_checkpoint_;
  post(
      [this, number, state = std::make_shared<Checkpoint>(std::move(state))] {
        // Where a disk syncs more slowly than epochs end, only the newest of the waiting ones is worth writing.
        if (number != newest_checkpoint_) return;
        write_pending_steps();
        replace_checkpoint(checkpoint_path_, *state, record_.epochs, record_.steps, record_.states);
      },
      bytes);
}

void LiveTrial::flush() {
  post([this] { write_pending_steps(); }, 0);
  DiskThread::instance().run([] {});
  throw_if_broken();
}

void LiveTrial::finish(Outcome outcome) {
  if (outcome.state == TrialState::done || outcome.state == TrialState::pruned) ++newest_checkpoint_;
  flush();
  DiskThread::instance().run([&] { end(std::move(outcome)); });
  ended_ = true;
}

void LiveTrial::end(Outcome outcome) {
  const TrialState state = outcome.state;
  TrialRecord whole = record_;
  whole.outcome = std::move(outcome);
  whole.ended = now();
  // Whoever trains may have told it already.
  if (!whole.outcome.message.empty() && (whole.log.empty() || whole.log.back().text != whole.outcome.message))
    whole.log.push_back({whole.ended, state == TrialState::failed ? Level::error : Level::info, whole.outcome.message});
  whole.log.push_back({whole.ended, Level::info, fmt::format("ended: {}", to_string(state))});
  replace_trial(whole);
  unregister();
  live_->close();
  live_.reset();
  if (state == TrialState::done || state == TrialState::pruned) {
    std::error_code error;  // one that stays is in nobody's way
    std::filesystem::remove(checkpoint_path_, error);
  }
}

void LiveTrial::fail(const std::string& message) {
  if (!ended_.exchange(true)) DiskThread::instance().run([&] { end_or_leave(TrialState::failed, message); });
}

void LiveTrial::abandon() {
  if (!ended_.exchange(true)) DiskThread::instance().run([&] { end_or_leave(TrialState::stale, "interrupted"); });
}

void LiveTrial::end_or_leave(TrialState state, const std::string& message) {
  if (!live_) return;
  record_.steps.values.insert(record_.steps.values.end(), pending_steps_.begin(), pending_steps_.end());
  pending_steps_.clear();
  // What broke an abandoned trial says more than that nobody finished it.
  const std::string& why = broken_ && state == TrialState::stale ? why_broken_ : message;
  try {
    end({.state = state, .message = why});
  } catch (const StoreError&) {
    record_.outcome = {.state = state, .message = why};
    record_.ended = now();
    left_trials()[registered_as_] = record_;
    unregister();
    live_->leave_as(state, why);
    live_.reset();
  }
}

void LiveTrial::unregister() {
  if (registered_as_.empty()) return;
  live_trials().erase(registered_as_);
  registered_as_.clear();
}

std::optional<TrialRecord> LiveTrial::find(const std::filesystem::path& file, const ReadOptions& options) {
  const std::filesystem::path name = registered_name(file);
  if (const auto it = live_trials().find(name); it != live_trials().end())
    return part_of(it->second->record_, options);
  if (const auto it = left_trials().find(name); it != left_trials().end()) return part_of(it->second, options);
  return std::nullopt;
}

}  // namespace recur::store
