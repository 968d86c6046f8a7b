#include "recur/train/optimizer.hpp"

#include <algorithm>
#include <cmath>

#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::train {
namespace {

using model::ParameterSet;

// Every rule is computed in float from constants worked out in double, as PyTorch does.
struct Arrays {
  size_t n;
  float* w;
  const float* g;
  float decay;  // L2
};

void sgd(Arrays a, float* __restrict m, float momentum, bool nesterov, float rate) {
  for (size_t i = 0; i < a.n; ++i) {
    const float g = a.g[i] + a.decay * a.w[i];
    m[i] = momentum * m[i] + g;
    a.w[i] -= rate * (nesterov ? g + momentum * m[i] : m[i]);
  }
}

void plain_sgd(Arrays a, float rate) {
  for (size_t i = 0; i < a.n; ++i) a.w[i] -= rate * (a.g[i] + a.decay * a.w[i]);
}

// mean and momentum may be null. The variance cannot be negative but by rounding.
template <bool kCentered, bool kMomentum>
void rmsprop(Arrays a, float* __restrict square, float* __restrict mean, float* __restrict buffer, float alpha, float beta,
             float momentum, float eps, float rate) {
  for (size_t i = 0; i < a.n; ++i) {
    const float g = a.g[i] + a.decay * a.w[i];
    square[i] = alpha * square[i] + beta * g * g;
    float variance = square[i];
    if constexpr (kCentered) {
      mean[i] += beta * (g - mean[i]);
      variance = std::max(variance - mean[i] * mean[i], 0.0f);
    }
    float step = g / (std::sqrt(variance) + eps);
    if constexpr (kMomentum) step = buffer[i] = momentum * buffer[i] + step;
    a.w[i] -= rate * step;
  }
}

// shrink: what decoupled weight decay multiplies the weights by.
void adam(Arrays a, float* __restrict m, float* __restrict v, float beta1, float beta2, float step, float correction, float eps, float shrink) {
  for (size_t i = 0; i < a.n; ++i) {
    const float w = a.w[i] * shrink;
    const float g = a.g[i] + a.decay * w;
    m[i] += beta1 * (g - m[i]);
    v[i] = (1 - beta2) * v[i] + beta2 * g * g;
    a.w[i] = w - step * (m[i] / (std::sqrt(v[i]) / correction + eps));
  }
}

float* data(Optimizer::Moment& moment) { return moment.values.flat().data(); }

}  // namespace

Optimizer::Optimizer(const OptimizerOptions& options, const model::SharedLayout& layout) : options_(options) {
  const auto add = [&](const char* name) { moments_.push_back({name, ParameterSet(layout)}); };
  if (options.kind == "sgd") {
    kind_ = Kind::kSgd;
    if (options.momentum != 0) add("momentum");
  } else if (options.kind == "rmsprop") {
    kind_ = Kind::kRmsprop;
    add("rmsprop.square");
    if (options.centered) add("rmsprop.mean");
    if (options.momentum != 0) add("rmsprop.momentum");
  } else if (options.kind == "adam" || options.kind == "adamw") {
    kind_ = options.kind == "adam" ? Kind::kAdam : Kind::kAdamW;
    add("adam.m");
    add("adam.v");
  } else {
    throw UserError(fmt::format("train.optimizer.kind: unknown optimizer '{}'{}", options.kind,
                                suggestion(options.kind, {"sgd", "rmsprop", "adam", "adamw"})));
  }
}

void Optimizer::update(ParameterSet& weights, const ParameterSet& gradients, double rate) {
  const OptimizerOptions& o = options_;
  ++updates_;
  const auto lr = static_cast<float>(rate);
  const bool decoupled = kind_ == Kind::kAdamW;
  const Arrays arrays{weights.flat().size(), weights.flat().data(), gradients.flat().data(),
                      decoupled ? 0.0f : static_cast<float>(o.weight_decay)};
  const auto momentum = static_cast<float>(o.momentum), eps = static_cast<float>(o.eps);
  switch (kind_) {
    case Kind::kSgd:
      if (moments_.empty()) return plain_sgd(arrays, lr);
      return sgd(arrays, data(moments_[0]), momentum, o.nesterov, lr);
    case Kind::kRmsprop: {
      const auto alpha = static_cast<float>(o.alpha), beta = static_cast<float>(1 - o.alpha);
      float* const square = data(moments_[0]);
      float* const mean = o.centered ? data(moments_[1]) : nullptr;
      float* const buffer = o.momentum != 0 ? data(moments_.back()) : nullptr;
      const auto rule = o.centered ? (buffer != nullptr ? rmsprop<true, true> : rmsprop<true, false>)
                                   : (buffer != nullptr ? rmsprop<false, true> : rmsprop<false, false>);
      return rule(arrays, square, mean, buffer, alpha, beta, momentum, eps, lr);
    }
    case Kind::kAdam:
    case Kind::kAdamW: {
      const auto steps = static_cast<double>(updates_);
      const double step = rate / (1 - std::pow(o.beta1, steps));
      const double correction = std::sqrt(1 - std::pow(o.beta2, steps));
      return adam(arrays, data(moments_[0]), data(moments_[1]), static_cast<float>(1 - o.beta1), static_cast<float>(1 - o.beta2),
                  static_cast<float>(step), static_cast<float>(correction), eps,
                  decoupled ? static_cast<float>(1 - rate * o.weight_decay) : 1.0f);
    }
  }
}

}  // namespace recur::train
