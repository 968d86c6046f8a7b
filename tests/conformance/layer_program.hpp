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

// The number of segments of a level (1, 2, ...) over so many steps: each has at least two, but for a last one.
int64_t segments_of(int64_t steps, int64_t level);
// The program with the numbers of segments bound.
ir::Program bind_segments(const ir::Program& program, int64_t levels, int64_t steps);

// Inputs: the cell's weights, "x" [T, N, I], the initial states "initial/<state>", "d_y" [T, N, O] and "d_final/<state>", "lengths" [N] if
// asked for, and the boundaries that a layer reads (plugin::segment_inputs). Outputs: "loss", the sum of y d_y and the final states times their d_final, plus the cell's auxiliary losses, so that d_y
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
