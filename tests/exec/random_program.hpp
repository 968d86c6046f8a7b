// Valid programs drawn from a seed: operators of every kind one after the other, scans with bodies of their own (also
// within each other, with lengths, resets, in reverse), odd sizes. Values stay within a few units, so that nothing overflows
// and single precision can follow; operators that jump are only given inputs, which every executor sees exactly.
#pragma once

#include <cstdint>

#include "operator_case.hpp"

namespace recur::exec {

struct RandomProgramOptions {
  int operators = 20;      // of the outermost block; a body has about half as many
  bool true_slopes = true; // leaves out what by definition has another gradient than its slope (stop_gradient, ...)
};

struct RandomProgram {
  OperatorCase operator_case;
  ir::Bindings sizes;  // of N and T
};

// The same seed and options always give the same program.
RandomProgram random_program(uint64_t seed, const RandomProgramOptions& options = {});

}  // namespace recur::exec
