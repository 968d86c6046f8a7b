// What a definition says of the training: plain values, already checked for type and range.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace recur::train {

struct OptimizerOptions {
  std::string kind = "adam";  // sgd, rmsprop, adam, adamw
  double lr = 1e-3;
  double momentum = 0;        // sgd, rmsprop
  bool nesterov = false;      // sgd
  double alpha = 0.99;        // rmsprop: decay of the mean square
  bool centered = false;      // rmsprop
  double beta1 = 0.9;         // adam, adamw
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;    // added to the gradient (L2); decoupled for adamw
};

// The learning rate at an update is optimizer.lr times warm-up times the schedule's factor.
struct ScheduleOptions {
  std::string kind = "constant";  // constant, step, cosine, plateau
  int64_t warmup = 0;             // updates over which the rate rises linearly from 0
  int64_t every = 10;             // step: epochs between reductions
  double gamma = 0.1;             // step, plateau: factor of a reduction
  double floor = 0;               // cosine, plateau: lowest factor
  int64_t patience = 5;           // plateau: epochs without improvement before a reduction
};

struct EarlyStopping {
  std::string metric;        // for example valid/rmse
  int64_t patience = 10;     // epochs without improvement before training ends
  double min_delta = 0;
};

struct TrainOptions {
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  int64_t epochs = 10;
  int64_t batch = 32;                          // N
  std::optional<double> clip_norm;             // of the gradient of all parameters together
  std::optional<double> clip_value;            // of each element
  std::optional<EarlyStopping> early_stopping;
  std::optional<double> max_minutes;           // ends a training that has run this long, at the end of an epoch
};

}  // namespace recur::train
