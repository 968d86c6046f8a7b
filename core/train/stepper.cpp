#include "recur/train/stepper.hpp"

#include <algorithm>

#include "recur/error/error.hpp"
#include "runner.hpp"

namespace recur::train {

struct Stepper::Impl {
  Impl(const model::Network& network, const model::ParameterSet& weights, int64_t batch, exec::PathMemory& memory, exec::PathChoice choice)
      : runners(network, weights, nullptr, memory, choice),
        runner(runners.get(model::Purpose::kStep, {.batch = batch})),
        carry(runners.carry(model::Purpose::kStep, batch)) {
    fresh(true);
  }

  void fresh(bool is) { std::fill(runner.fresh.begin(), runner.fresh.end(), is ? 1.0f : 0.0f); }

  std::span<const float> run() {
    runner.run({noise_seed, step++}, runners.weights_version());
    fresh(false);
    return runner.prediction;
  }

  Runners runners;
  Runner& runner;
  Carry& carry;
  uint64_t noise_seed = 0, step = 0;
};

Stepper::Stepper(const model::Network& network, const model::ParameterSet& weights, int64_t batch, exec::PathMemory& memory,
                 exec::PathChoice choice)
    : impl_(std::make_unique<Impl>(network, weights, batch, memory, choice)) {}

Stepper::~Stepper() = default;
Stepper::Stepper(Stepper&&) noexcept = default;
Stepper& Stepper::operator=(Stepper&&) noexcept = default;

void Stepper::reset(uint64_t noise_seed) {
  impl_->noise_seed = noise_seed;
  impl_->step = 0;
  impl_->fresh(true);
}

std::span<const float> Stepper::step(std::span<const float> x) {
  const std::span<float> input = impl_->runner.x;
  RECUR_CHECK(!input.empty() && x.size() == input.size(), "{} values for x of {}", x.size(), input.size());
  std::copy(x.begin(), x.end(), input.begin());
  return impl_->run();
}

std::span<const float> Stepper::step(std::span<const int32_t> tokens) {
  const std::span<float> input = impl_->runner.tokens;
  RECUR_CHECK(!input.empty() && tokens.size() == input.size(), "{} tokens for {}", tokens.size(), input.size());
  std::transform(tokens.begin(), tokens.end(), input.begin(), [](int32_t token) { return static_cast<float>(token); });
  return impl_->run();
}

std::vector<float> Stepper::state() const {
  std::vector<float> state;
  for (const std::vector<float>& each : impl_->carry) state.insert(state.end(), each.begin(), each.end());
  return state;
}

void Stepper::set_state(std::span<const float> state) {
  size_t at = 0;
  for (const std::vector<float>& each : impl_->carry) at += each.size();
  RECUR_CHECK(state.size() == at, "{} values for states of {}", state.size(), at);
  at = 0;
  for (std::vector<float>& each : impl_->carry) {
    std::copy_n(state.begin() + static_cast<std::ptrdiff_t>(at), each.size(), each.begin());
    at += each.size();
  }
  impl_->fresh(false);
}

}  // namespace recur::train
