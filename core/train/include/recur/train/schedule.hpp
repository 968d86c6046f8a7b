// The factor of the learning rate at each update: warm-up times the schedule's own.
//
//   warm-up   (u + 1) / warmup at update u (from 0) while u < warmup
//   constant  1
//   step      gamma^(epoch / every)
//   cosine    floor + (1 - floor) (1 + cos(pi p)) / 2, p rising from 0 after the warm-up to 1 at the end (Loshchilov and Hutter 2017, equation 5,
//             one period)
//   plateau   times gamma, down to floor, whenever the watched metric has not improved for more than `patience` epochs
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>

#include "recur/train/options.hpp"

namespace recur::train {

class Schedule {
 public:
  // updates_per_epoch and epochs: how long the training is planned to last. Throws UserError for an unknown kind.
  Schedule(const ScheduleOptions& options, int64_t epochs, int64_t updates_per_epoch);

  double factor(int64_t update) const;
  // After each epoch; improved: the watched metric is better than ever before.
  void end_epoch(bool improved);

  // What end_epoch changes; assigning it restores the schedule.
  struct State {
    double reduction = 1;
    int64_t waited = 0;  // epochs without improvement since the last reduction
  };
  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  enum class Kind { kConstant, kStep, kCosine, kPlateau };

  ScheduleOptions options_;
  Kind kind_ = Kind::kConstant;
  int64_t updates_per_epoch_ = 1;
  int64_t total_ = 1;
  State state_;
};

}  // namespace recur::train
