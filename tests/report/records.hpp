// Trials as a comparison sees them, without files.
#pragma once

#include <string>

#include "recur/store/trial.hpp"

namespace recur::report {

inline store::TrialRecord trial(const std::string& variant, int64_t replicate, double valid, double test,
                                double lr = 0.01) {
  store::TrialRecord t;
  t.spec.name = variant + "-" + std::to_string(replicate) + "-" + std::to_string(lr).substr(0, 6);
  t.file = "results/x/" + t.spec.name + ".h5";
  t.spec.variant = variant;
  t.spec.replicate = replicate;
  t.spec.point = {{"model.cell", variant}, {"train.optimizer.lr", lr}};
  t.spec.objective = {"valid/rmse", true};
  t.spec.epoch_metrics = {"train/loss", "valid/rmse"};
  t.spec.step_metrics = {"loss"};
  t.spec.parameters = 1234;
  t.spec.flops_per_step = 5.6e6;
  t.epochs.columns = {"epoch", "step", "seconds", "train/loss", "valid/rmse"};
  t.epochs.values = {0, 10, 1.5, 0.5, valid + 1, 1, 20, 3, 0.25, valid};
  t.steps.columns = {"step", "epoch", "seconds", "loss"};
  t.epochs_done = 2;
  t.seconds = 3;
  t.ended = 1;
  t.outcome.state = store::TrialState::done;
  t.outcome.results = {{"valid/rmse", valid}, {"test/rmse", test}, {"test/mae", test / 2}};
  t.outcome.best_epoch = 1;
  t.outcome.baselines = {{"persistence", {{"valid/rmse", 30}, {"test/rmse", 31}}}};
  return t;
}

inline store::TrialRecord not_done(store::TrialRecord t, store::TrialState state, const std::string& message = "") {
  t.outcome = {.state = state, .message = message};
  return t;
}

}  // namespace recur::report
