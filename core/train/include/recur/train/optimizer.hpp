// Update rules over flat arrays, as PyTorch defines them (torch.optim, version 2).
//
//   sgd      m = momentum m + g; w -= lr m, with Nesterov w -= lr (g + momentum m)     Sutskever et al. 2013
//   rmsprop  s = alpha s + (1 - alpha) g^2; centered: minus the square of the mean gradient, as Graves 2013, equation 38;
//            w -= lr g / (sqrt(s) + eps), with momentum over the quotient
//   adam     Kingma and Ba 2015, algorithm 1
//   adamw    Loshchilov and Hutter 2019, algorithm 2: w -= lr weight_decay w apart from the gradient
// For the others weight decay is added to the gradient. It applies to every parameter.
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recur/model/parameter_set.hpp"
#include "recur/train/options.hpp"

namespace recur::train {

class Optimizer {
 public:
  // Throws UserError for an unknown kind. Moments start at zero.
  Optimizer(const OptimizerOptions& options, const model::SharedLayout& layout);

  // One update of weights by gradients with this learning rate. Gradients are left as they are. Allocates nothing.
  void update(model::ParameterSet& weights, const model::ParameterSet& gradients, double rate);

  // The state: moments by name ("momentum"; "rmsprop.square", "rmsprop.mean", "rmsprop.momentum"; "adam.m", "adam.v") and the
  // number of updates done. Assigning both restores it exactly.
  struct Moment {
    std::string name;
    model::ParameterSet values;
  };
  std::vector<Moment>& moments() { return moments_; }
  const std::vector<Moment>& moments() const { return moments_; }
  int64_t updates() const { return updates_; }
  void set_updates(int64_t updates) { updates_ = updates; }

 private:
  enum class Kind { kSgd, kRmsprop, kAdam, kAdamW };

  OptimizerOptions options_;
  Kind kind_ = Kind::kAdam;
  std::vector<Moment> moments_;
  int64_t updates_ = 0;
};

// Euclidean norm of all gradients together, summed in double in a fixed order.
double norm(const model::ParameterSet& gradients);
// Brings every element into [-limit, limit].
void clip_value(model::ParameterSet& gradients, double limit);
// Scales by limit / norm where norm is above limit (Pascanu et al. 2013, algorithm 1).
void clip_norm(model::ParameterSet& gradients, double norm, double limit);

}  // namespace recur::train
