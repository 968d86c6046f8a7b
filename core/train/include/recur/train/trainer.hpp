// One training: a task, a network, an optimizer, one seed. Everything runs on the thread that calls run().
//
// An epoch is a pass over the training part and an evaluation of the validation part. The weights of the best epoch are kept, and
// at the end all parts are evaluated with them. The same training on the same build gives the same bits, also when it was interrupted and resumed.
//
// Metrics: <part>/loss and <part>/<metric of the task>, such as "valid/rmse". train/ in an epoch's row is measured while
// training, with the weights of each step and with dropout; in the results it is measured with the best weights. Losses leave out the
// cells' auxiliary losses.
//
// Errors: UserError for what a definition can get wrong. A loss or gradient that is not finite ends the training as failed.
// Threading: one thread at a time; trainers are independent. run() sets oneDNN's OpenMP team of its thread to one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "recur/data/task.hpp"
#include "recur/exec/engine.hpp"
#include "recur/model/network.hpp"
#include "recur/model/options.hpp"
#include "recur/train/checkpoint.hpp"
#include "recur/train/observer.hpp"
#include "recur/train/options.hpp"

namespace recur::train {

struct Training {
  std::shared_ptr<const data::Task> task;
  model::ModelOptions model;
  TrainOptions train;
  uint64_t seed = 0;       // the experiment's
  uint64_t replicate = 0;
  // The metric by which the best epoch is chosen. "": that of early stopping, else valid/loss, else train/loss.
  std::string objective;
};

struct Ending {
  enum class State { kDone, kFailed, kInterrupted, kPruned };
  State state = State::kDone;
  std::string message;                    // why, where it is not done; for kDone what ended it early, or ""
  std::map<std::string, double> results;  // every part with the best weights: "test/rmse"; of a done or pruned training
  std::map<std::string, std::string> details;  // by part, what numbers alone do not tell, see data::Score::details; no empty ones
  int64_t best_epoch = -1;                // -1: none was finished
  int64_t epochs = 0;                     // finished
  int64_t steps = 0;                      // updates
  double seconds = 0;                     // of training, evaluation included, interruptions not
  double steps_per_second = 0;            // of the training steps alone, since the last resume
};

class Trainer {
 public:
  // Makes the network and its initial weights; compiles nothing yet. Throws UserError: what Network does, a part that is shorter than
  // a batch, an unknown metric.
  Trainer(Training training, const plugin::FindCell& find, exec::PathMemory& memory, exec::PathChoice choice = {});
  Trainer(Training training, const plugin::Registry& registry, exec::PathMemory& memory, exec::PathChoice choice = {});
  ~Trainer();
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;

  const model::Network& network() const;
  // Names of the values of rows; train/ first, then valid/ where there is such a part.
  const std::vector<std::string>& epoch_metrics() const;
  const std::vector<std::string>& step_metrics() const;  // loss (with auxiliary losses), grad_norm (before clipping), lr
  const std::string& objective() const;  // the metric by which the best epoch is chosen
  int64_t parameters() const;            // trainable scalars
  int64_t steps_per_epoch() const;
  // Of one training step of a full batch: forward, backward and weight gradients as differentiated, without the optimizer.
  double flops_per_step() const;

  // Goes on from there. Before run(). Throws UserError where the checkpoint belongs to another model or optimizer.
  void resume(const Checkpoint& checkpoint);

  // Trains to the end, or until the observer or a failure ends it. Call once.
  Ending run(Observer& observer);

  const model::ParameterSet& last_weights() const;
  const model::ParameterSet& best_weights() const;  // the initial ones until an epoch is finished

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace recur::train
