// A recurrent layer alone as a program: what the benchmarks and the conformance kit run.
#pragma once

#include <string>
#include <vector>

#include "recur/ir/program.hpp"
#include "recur/plugin/registry.hpp"

namespace recur::conformance {

struct LayerSizes {
  int64_t T, N, I, H;
};

// Inputs: the cell's weights, "x" [T, N, I], the initial states "initial/<state>", "d_y" [T, N, O] and "d_final/<state>", and "lengths" [N] if
// asked for. Outputs: "loss", the sum of y d_y and the final states times their d_final, plus the cell's auxiliary losses, so that d_y
// and d_final are gradients by y and the final states; "y"; "final/<state>". Sizes are bound.
struct LayerProgram {
  ir::Program program;
  std::vector<std::string> weights;
  std::vector<std::string> differentiable;  // the weights, x and the initial states
};
LayerProgram layer_program(const plugin::CellInstance& cell, const LayerSizes& sizes, bool lengths = false, recur_phase phase = RECUR_TRAIN);

// The same with every noise at the middle of its distribution. Noise belongs to a place in the batch and a step of the program, so what
// draws it can be compared across batches only without.
LayerProgram without_noise(LayerProgram layer);

}  // namespace recur::conformance
