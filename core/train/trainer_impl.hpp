// The parts of a trainer. trainer.cpp puts them together and takes them apart for checkpoints, training_loop.cpp runs them.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "measurement.hpp"
#include "progress.hpp"
#include "recur/model/network.hpp"
#include "recur/train/optimizer.hpp"
#include "recur/train/schedule.hpp"
#include "recur/train/trainer.hpp"
#include "runner.hpp"

namespace recur::train {

struct Trainer::Impl {
  Impl(Training training, model::Network network, exec::PathMemory& memory, exec::PathChoice choice);

  Ending run(Observer& observer);
  Checkpoint checkpoint() const;
  void resume(const Checkpoint& checkpoint);

  Training training;
  model::Network network;
  std::array<std::unique_ptr<data::Batches>, data::kParts.size()> batches;  // by part
  std::vector<std::string> epoch_metrics;
  std::vector<std::string> step_metrics{"loss", "grad_norm", "lr"};

  model::ParameterSet weights, gradients, best;
  std::optional<model::ParameterSet> last;  // set at the end, when weights hold the best
  Optimizer optimizer;
  Schedule schedule;
  Runners runners;
  BatchFeed train_feed, evaluate_feed;
  Measurement train_measurement, measurement;
  Progress progress;

 private:
  using Clock = std::chrono::steady_clock;
  // Thrown within run() to leave it.
  struct Stopped {};
  struct Failed {
    std::string message;
  };

  data::Batches& of(data::Part part) { return *batches[static_cast<size_t>(part)]; }
  double seconds() const;
  void check_stop(Observer& observer);
  void compile_steps();
  void train_epoch(Observer& observer);
  void train_step(Observer& observer, int64_t batch);
  void evaluate(Observer& observer, const data::Batches& part);
  std::vector<double> end_of_epoch_row(Observer& observer);
  void final_results(Observer& observer, Ending& ending);
  [[noreturn]] void fail_at(const char* what, double value) const;

  uint64_t noise_, evaluation_noise_;
  Clock::time_point began_;
  double seconds_before_ = 0;      // of the runs before this one
  double step_seconds_ = 0;        // of training steps in this run
  int64_t steps_here_ = 0;
  std::array<double, 4> norms_{};  // of the last steps' gradients, the newest at (step - 1) % 4
};

}  // namespace recur::train
