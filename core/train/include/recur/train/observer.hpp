// Who listens to a training: a trial's file, a progress display, a test.
//
// Threading: called on the thread that trains. What an observer throws ends the training and is passed on.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "recur/train/checkpoint.hpp"

namespace recur::train {

enum class Level { debug, info, warning, error };

struct EpochRow {
  int64_t epoch = 0;    // from 0
  int64_t step = 0;     // updates so far
  double seconds = 0;   // of training so far, evaluation included, interruptions not
  std::span<const double> metrics;  // in the order of Trainer::epoch_metrics()
};

struct StepRow {
  int64_t step = 0;     // from 0
  int64_t epoch = 0;
  double seconds = 0;
  std::span<const double> metrics;  // in the order of Trainer::step_metrics()
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void epoch(const EpochRow&) {}
  virtual void step(const StepRow&) {}
  virtual void log(Level, const std::string&) {}

  // Asked after each epoch; a checkpoint is only made for those who want it. Where the last one is older than the last epoch, a
  // training that is resumed repeats what came after it, to the same bits.
  virtual bool wants_checkpoint() { return false; }
  virtual void checkpoint(Checkpoint) {}

  // Asked between steps: true ends the training as interrupted, to be resumed from its last checkpoint. The epoch that was under way is
  // repeated then.
  virtual bool should_stop() { return false; }
  // Asked after epoch(): true ends the training as pruned.
  virtual bool should_prune() { return false; }
};

}  // namespace recur::train
