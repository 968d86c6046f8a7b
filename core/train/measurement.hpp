// Metrics over the batches of a part: the loss, then the task's own.
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "recur/data/task.hpp"
#include "runner.hpp"

namespace recur::train {

class Measurement {
 public:
  explicit Measurement(const data::Task& task) : score_(task.score()) {}

  void reset();
  void add(const BatchFeed::Result& result);
  double loss() const;  // mean over the counted targets; NaN where nothing was added
  std::vector<double> values() const;  // loss, then in the order of Task::metrics()
  std::string details() const { return score_->details(); }

 private:
  std::unique_ptr<data::Score> score_;
  double sum_ = 0;
  int64_t counted_ = 0;
};

// "valid/loss", "valid/rmse", ...
std::vector<std::string> metric_names(const data::Task& task, data::Part part);

// Measures a part with the weights as they are; false where stop said so between two batches.
bool measure(const data::Batches& batches, BatchFeed& feed, uint64_t noise_seed, const std::function<bool()>& stop, Measurement& into);

}  // namespace recur::train
