// Program to program: the same values, cheaper. Each pass may run alone; optimize() runs them in their order.
//
// Threading: pure.
#pragma once

#include <string>
#include <vector>

#include "recur/ir/program.hpp"

namespace recur::ir {

// Drops what no output needs; shares equal nodes; folds constants and neutral elements (x + 0, x * 1, x * 0).
Program simplify(Program program);

// Takes what does not depend on the states out of scans and does it for all steps at once. Sums are re-associated so
// that the part independent of the states stands together. Element-wise work stays inside unless a hoisted product needs it.
Program hoist(Program program);

// Takes what no state needs out of the end of scans: products whose result only leaves the scan, and weight
// gradients, which become one product over T*N rows in place of a sum over steps.
Program defer(Program program);

// Products that share an operand become one over the concatenated other operands, with the rows (biases) that are added to them.
Program join(Program program);

// a b + c into one node.
Program accumulate(Program program);

// Replaces scans that carry a lowering by oneDNN's primitive. Before differentiation.
Program lower(Program program, bool training);

struct PassResult {
  std::string name;
  Program program;
};
// All passes after differentiation, in their order, without lower(). steps: where not null, receives the program after each.
Program optimize(Program program, std::vector<PassResult>* steps = nullptr);

}  // namespace recur::ir
