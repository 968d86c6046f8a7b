#include "recur/store/trial_writer.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "live_trial.hpp"
#include "process.hpp"
#include "recur/error/error.hpp"
#include "trial_file.hpp"

namespace recur::store {
namespace {

std::vector<double> row(double first, double second, double seconds, std::span<const double> metrics, size_t expected) {
  RECUR_CHECK(metrics.size() == expected, "got {} metrics, the trial has {}", metrics.size(), expected);
  std::vector<double> out;
  out.reserve(3 + metrics.size());
  out.insert(out.end(), {first, second, seconds});
  out.insert(out.end(), metrics.begin(), metrics.end());
  return out;
}

}  // namespace

TrialWriter::TrialWriter(std::shared_ptr<LiveTrial> live) : live_(std::move(live)) {}
TrialWriter::TrialWriter(TrialWriter&&) noexcept = default;

TrialWriter& TrialWriter::operator=(TrialWriter&& other) noexcept {
  std::swap(live_, other.live_);
  return *this;
}

TrialWriter::~TrialWriter() {
  if (live_) live_->abandon();
}

const TrialSpec& TrialWriter::spec() const { return live_->spec(); }
const std::filesystem::path& TrialWriter::file() const { return live_->file(); }

void TrialWriter::append_epoch(int64_t epoch, int64_t step, double seconds, std::span<const double> metrics) {
  live_->append_epoch(row(static_cast<double>(epoch), static_cast<double>(step), seconds, metrics,
                          spec().epoch_metrics.size()));
}

void TrialWriter::append_step(int64_t step, int64_t epoch, double seconds, std::span<const double> metrics) {
  live_->append_step(row(static_cast<double>(step), static_cast<double>(epoch), seconds, metrics,
                         spec().step_metrics.size()));
}

void TrialWriter::append_states(std::vector<float> values) {
  size_t expected = 0;
  for (const LoggedState& state : spec().states) expected += scalars(state.shape);
  RECUR_CHECK(values.size() == expected, "got {} values of states, the trial has {}", values.size(), expected);
  live_->append_states(std::move(values));
}

void TrialWriter::log(Level level, std::string text) { live_->log({now(), level, std::move(text)}); }
void TrialWriter::checkpoint(Checkpoint state) { live_->checkpoint(std::move(state)); }
void TrialWriter::flush() { live_->flush(); }

void TrialWriter::finish(Outcome outcome) {
  RECUR_CHECK(outcome.state != TrialState::queued && outcome.state != TrialState::running,
              "a trial cannot end as {}", to_string(outcome.state));
  live_->finish(std::move(outcome));
}

void TrialWriter::fail(const std::string& message) { live_->fail(message); }

}  // namespace recur::store
