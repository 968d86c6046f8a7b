// Reverse-mode differentiation of a program into a program (Griewank, Walther: Evaluating Derivatives, chapter 3).
//
// Threading: pure.
#pragma once

#include <string>
#include <vector>

#include "recur/ir/program.hpp"

namespace recur::ir {

// program with further outputs: the gradient of the sum of output number `loss` (a scalar, usually) by each of the named
// inputs, in their order, named "d:" + the input's name. Inputs that the loss does not depend on get zeros.
// A scan that is differentiated keeps what its adjoint needs as further stacked outputs; a scan with summed outputs
// (itself the adjoint of one) cannot be differentiated again: InvariantError.
Program differentiate(const Program& program, size_t loss, const std::vector<std::string>& inputs);

}  // namespace recur::ir
