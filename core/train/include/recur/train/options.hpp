// What a definition says of the training: plain values, already checked for type and range. Each struct's describe()
// gives its keys to whoever reads, prints or documents definitions (recur/config/field.hpp).
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

template <class V>
void describe(V& visit, OptimizerOptions& o) {
  visit.kind("kind", o.kind, {.help = "update rule", .choices = {"sgd", "rmsprop", "adam", "adamw"}});
  visit("lr", o.lr, {.help = "learning rate", .min = 0, .open_min = true});
  visit("momentum", o.momentum, {.help = "share of the last update that is kept", .min = 0, .max = 1, .open_max = true,
                                 .kinds = {"sgd", "rmsprop"}});
  visit("nesterov", o.nesterov, {.help = "Nesterov's momentum; needs momentum", .kinds = {"sgd"}});
  visit("alpha", o.alpha, {.help = "decay of the mean square", .min = 0, .max = 1, .open_max = true, .kinds = {"rmsprop"}});
  visit("centered", o.centered, {.help = "divide by the variance in place of the mean square", .kinds = {"rmsprop"}});
  visit("beta1", o.beta1, {.help = "decay of the first moment", .min = 0, .max = 1, .open_max = true,
                           .kinds = {"adam", "adamw"}});
  visit("beta2", o.beta2, {.help = "decay of the second moment", .min = 0, .max = 1, .open_max = true,
                           .kinds = {"adam", "adamw"}});
  visit("eps", o.eps, {.help = "added to the divisor", .min = 0, .open_min = true, .kinds = {"rmsprop", "adam", "adamw"}});
  visit("weight_decay", o.weight_decay, {.help = "added to the gradient (L2); decoupled for adamw", .min = 0});
}

template <class V>
void describe(V& visit, ScheduleOptions& o) {
  visit.kind("kind", o.kind, {.help = "how the learning rate changes", .choices = {"constant", "step", "cosine", "plateau"}});
  visit("warmup", o.warmup, {.help = "updates over which the rate rises linearly from 0", .min = 0});
  visit("every", o.every, {.help = "epochs between reductions", .min = 1, .kinds = {"step"}});
  visit("gamma", o.gamma, {.help = "factor of a reduction", .min = 0, .max = 1, .open_min = true, .kinds = {"step", "plateau"}});
  visit("floor", o.floor, {.help = "lowest factor", .min = 0, .max = 1, .kinds = {"cosine", "plateau"}});
  visit("patience", o.patience, {.help = "epochs without improvement before a reduction", .min = 0, .kinds = {"plateau"}});
}

template <class V>
void describe(V& visit, EarlyStopping& o) {
  visit("metric", o.metric, {.help = "what is watched, such as valid/rmse", .required = true});
  visit("patience", o.patience, {.help = "epochs without improvement before training ends", .min = 1});
  visit("min_delta", o.min_delta, {.help = "a smaller change is no improvement", .min = 0});
}

template <class V>
void describe(V& visit, TrainOptions& o) {
  visit("optimizer", o.optimizer, {.help = "how weights are updated", .shorthand = "kind"});
  visit("schedule", o.schedule, {.help = "how the learning rate changes", .shorthand = "kind"});
  visit("epochs", o.epochs, {.help = "passes over the training part", .min = 1});
  visit("batch", o.batch, {.help = "sequences that are trained on together, N", .min = 1});
  visit("clip_norm", o.clip_norm, {.help = "largest norm of the gradient of all parameters together", .min = 0, .open_min = true});
  visit("clip_value", o.clip_value, {.help = "largest absolute value of a gradient's element", .min = 0, .open_min = true});
  visit("early_stopping", o.early_stopping, {.help = "ends a training that no longer improves"});
  visit("max_minutes", o.max_minutes, {.help = "ends a training that has run this long, at the end of an epoch", .min = 0, .open_min = true});
}

}  // namespace recur::train
