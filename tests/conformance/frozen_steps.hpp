// Gradients that pass through a step straight: the value is a step function's, the gradient that of something smooth.
//
// Central differences cannot see such a gradient. But it is that of a program in which every step, as long as the inputs are near some point,
// is the smooth value moved by what the step is away from it at that point: the same value there, the same gradient, and smooth.
#pragma once

#include "layer_run.hpp"

namespace recur::conformance {

// The layer with its steps frozen at these inputs, and the inputs with the offsets for them. The layer itself where it has none.
struct FrozenSteps {
  LayerProgram layer;
  Numbers inputs;
};
FrozenSteps freeze_steps(const LayerProgram& layer, const Numbers& inputs);

}  // namespace recur::conformance
