// A recurrent layer alone as a program: what the benchmarks and the conformance kit run.
#pragma once

#include <string>
#include <vector>

#include "recur/ir/program.hpp"
#include "recur/plugin/registry.hpp"

namespace recur::bench {

struct LayerSizes {
  int64_t T, N, I, H;
};

// Inputs: the cell's weights, "x" [T, N, I], "d_y" [T, N, H] and the initial states "initial/<state>". Outputs: "loss", the sum of y times
// d_y, so that d_y is the gradient by y; "y"; "final/<state>". Sizes are bound.
struct LayerProgram {
  ir::Program program;
  std::vector<std::string> weights;
};
LayerProgram layer_program(const plugin::CellInstance& cell, const LayerSizes& sizes, recur_phase phase = RECUR_TRAIN);

}  // namespace recur::bench
