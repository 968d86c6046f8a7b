// Running a layer program in both precisions with drawn inputs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "layer_program.hpp"
#include "recur/exec/engine.hpp"
#include "recur/exec/reference.hpp"

namespace recur::conformance {

using Numbers = std::map<std::string, exec::Tensor>;  // by the name of an input or output

// The same noise for every executor.
inline constexpr exec::NoiseKey kNoise{.seed = 20, .step = 3};

// Numbers for every input of a bound program, exact in single precision: weights of a usual size, the rest in [-1, 1); lengths 1 ... T;
// boundaries of segments of 2 to 4 and a last one of what is left.
Numbers draw_inputs(const LayerProgram& layer, const LayerSizes& sizes, uint64_t seed);

// Outputs by name; gradients as "d:" + the input's name.
// The inputs of `levels` levels of boundaries for N sequences of at most T steps; lengths: how many each has, or none for T.
void draw_segments(Numbers& numbers, int64_t levels, int64_t T, int64_t N, const std::vector<double>& lengths, uint64_t seed);
Numbers run_reference(const LayerProgram& layer, const Numbers& inputs, bool gradients);
Numbers run_native(const LayerProgram& layer, const Numbers& inputs, bool gradients, exec::Path path = exec::Path::kRecorded);

// The largest difference relative to the larger of 1 and the numbers; "" below the tolerance, else a line that names it.
std::string difference(const Numbers& a, const Numbers& b, double tolerance, const std::string& what);
// "" where every bit is equal.
std::string bit_difference(const exec::Tensor& a, const exec::Tensor& b, const std::string& what);

// Sequence n of x [T, N, ...], or its first T steps; of a state [N, ...] with time_axis false.
exec::Tensor sequence_of(const exec::Tensor& x, int64_t n, bool time_axis);
exec::Tensor steps_of(const exec::Tensor& x, int64_t begin, int64_t end);

}  // namespace recur::conformance
