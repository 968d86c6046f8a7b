// A trained network one step at a time, with the state carried on. Compiled once; a step allocates nothing.
//
// Threading: one thread at a time; instances are independent. The weights must outlive the stepper and stand still.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "recur/exec/engine.hpp"
#include "recur/model/network.hpp"

namespace recur::train {

class Stepper {
 public:
  // batch: sequences that go on together, N.
  Stepper(const model::Network& network, const model::ParameterSet& weights, int64_t batch, exec::PathMemory& memory,
          exec::PathChoice choice = {});
  ~Stepper();
  Stepper(Stepper&&) noexcept;
  Stepper& operator=(Stepper&&) noexcept;

  // Every sequence begins anew at the next step. noise_seed: of cells that draw noise while generating.
  void reset(uint64_t noise_seed = 0);
  // One step: x [N, C], or tokens [N] -> predictions [N, K] or logits [N, V], valid until the next step.
  std::span<const float> step(std::span<const float> x);
  std::span<const float> step(std::span<const int32_t> tokens);

  // The carried states of all sequences, to be kept and set again. Meaningful after a step.
  std::vector<float> state() const;
  void set_state(std::span<const float> state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace recur::train
