// How far a training has come, which epoch was the best, and when to stop: what epochs decide and a checkpoint keeps.
//
// Threading: values.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "recur/data/task.hpp"
#include "recur/train/checkpoint.hpp"
#include "recur/train/options.hpp"

namespace recur::train {

// A column of the epochs' rows and what is better in it. NaN is never better.
struct Watched {
  std::string metric;
  size_t column = 0;
  bool smaller_is_better = true;

  bool better(double value, double than, double by = 0) const { return smaller_is_better ? value < than - by : value > than + by; }
  double worst() const {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return smaller_is_better ? kInfinity : -kInfinity;
  }
};

// Throws UserError where no column has the metric's name; key: the definition's, for the message.
Watched watch(const std::string& metric, const std::vector<std::string>& columns, const data::Task& task, const std::string& key);

class Progress {
 public:
  // objective: "" for early stopping's metric, else valid/loss, else train/loss.
  Progress(const std::string& objective, const TrainOptions& options, const std::vector<std::string>& columns, const data::Task& task);

  int64_t epochs = 0;    // finished
  int64_t step = 0;      // updates done
  double seconds = 0;    // up to the end of the last epoch
  int64_t best_epoch = -1;
  std::string ended;     // why no further epoch is to come; "" while there is one

  // Takes an epoch's row; true where it is the best so far.
  bool end_epoch(std::span<const double> row);

  const Watched& objective() const { return objective_; }
  void save(Checkpoint& checkpoint) const;
  void restore(const Checkpoint& checkpoint);

 private:
  TrainOptions options_;
  Watched objective_;
  Watched stopping_;
  double best_ = 0;
  double stopping_best_ = 0;
  int64_t waited_ = 0;  // epochs without improvement, for early stopping
};

// A scalar of a checkpoint. Throws UserError where it is missing or of another type: the checkpoint is of another program.
int64_t integer_of(const Checkpoint& checkpoint, const std::string& name);
double real_of(const Checkpoint& checkpoint, const std::string& name);
const std::string& text_of(const Checkpoint& checkpoint, const std::string& name);

}  // namespace recur::train
