// What both kinds of progress display count.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "recur/report/table.hpp"
#include "recur/sweep/runner.hpp"

namespace recur::tool {

// Not safe for several threads: its owner locks.
class ProgressState {
 public:
  explicit ProgressState(const sweep::Plan& plan) : plan_(plan) {}

  struct Running {
    int64_t epochs = 0;
    int64_t planned = 0;
    double objective = std::nan("");
  };

  void began(int64_t finished_before) {
    begin_ = Clock::now();
    before_ = finished_before;
  }
  void trial_began(size_t trial, int64_t epochs_before) {
    running_[trial] = {epochs_before, plan_.point_of(plan_.trials[trial]).definition.train.epochs};
  }
  void trial_epoch(size_t trial, const sweep::EpochNews& news) {
    Running& running = running_[trial];
    running.epochs = news.epoch + 1;
    running.planned = news.planned;
    running.objective = news.objective;
  }
  void trial_ended(size_t trial, const sweep::TrialEnd& end) {
    running_.erase(trial);
    if (end.state == store::TrialState::stale) return;
    ++ended_;
    if (end.state == store::TrialState::failed) ++failed_;
    if (const auto found = end.results.find(plan_.objective.metric); found != end.results.end() && better(found->second)) {
      best_ = found->second;
      best_variant_ = plan_.point_of(plan_.trials[trial]).variant;
    }
  }

  const sweep::Plan& plan() const { return plan_; }
  const std::map<size_t, Running>& running() const { return running_; }
  int64_t total() const { return static_cast<int64_t>(plan_.trials.size()); }
  int64_t finished() const { return before_ + ended_; }
  int64_t failed() const { return failed_; }

  // "best valid/rmse 21.3 (gru)", or "".
  std::string best() const {
    return best_ ? fmt::format("best {} {} ({})", plan_.objective.metric, report::format_number(*best_), best_variant_) : "";
  }

  // Seconds that are left if what is left takes as long as what was done; none while too little is known.
  std::optional<double> seconds_left() const {
    double done = static_cast<double>(ended_);
    for (const auto& [trial, running] : running_)
      if (running.planned > 0) done += static_cast<double>(running.epochs) / static_cast<double>(running.planned);
    const double left = static_cast<double>(total() - before_) - done;
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin_).count();
    if (done < 0.05 || left <= 0) return std::nullopt;
    return elapsed / done * left;
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool better(double value) const { return std::isfinite(value) && (!best_ || (plan_.objective.minimize ? value < *best_ : value > *best_)); }

  const sweep::Plan& plan_;
  Clock::time_point begin_ = Clock::now();
  std::map<size_t, Running> running_;
  int64_t before_ = 0, ended_ = 0, failed_ = 0;
  std::optional<double> best_;
  std::string best_variant_;
};

}  // namespace recur::tool
