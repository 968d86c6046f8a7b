// Between the values that a trainer gives and those that results are made of.
#pragma once

#include <vector>

#include "recur/data/task.hpp"
#include "recur/store/checkpoint.hpp"
#include "recur/store/trial.hpp"
#include "recur/train/checkpoint.hpp"
#include "recur/train/observer.hpp"

namespace recur::sweep {

store::Level to_store(train::Level level);
std::vector<store::Array> to_store(std::vector<train::Array> arrays);
store::Checkpoint to_store(train::Checkpoint checkpoint);
// A baseline's metrics of all parts together: {"persistence", {"valid/rmse": ..., "test/rmse": ...}}.
std::vector<store::Baseline> to_store(const std::vector<data::Baseline>& baselines, const std::vector<data::MetricInfo>& metrics);

train::Checkpoint to_train(const store::Checkpoint& checkpoint);

}  // namespace recur::sweep
