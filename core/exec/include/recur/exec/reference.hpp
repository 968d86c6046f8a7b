// Reference runs any program in double precision, slowly and readably: it defines what the operators mean.
// Gradients are checked against finite differences here; the fast path is checked against it.
//
// Errors: an input that is missing or of the wrong size is an InvariantError.
// Threading: pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "recur/ir/program.hpp"

namespace recur::exec {

struct Tensor {
  ir::Shape shape;           // sizes only
  std::vector<double> data;  // row-major
};

// What noise is keyed by, beside the node's stream, the time step and the element.
struct NoiseKey {
  uint64_t seed = 0;
  uint64_t step = 0;  // number of the update
};

class Reference {
 public:
  // program: bound (no symbols). kPrimitive nodes are computed from their equations.
  explicit Reference(const ir::Program& program);

  // inputs by name -> outputs in order.
  std::vector<Tensor> run(const std::map<std::string, Tensor>& inputs, NoiseKey key = {}) const;

 private:
  ir::Program program_;
};

}  // namespace recur::exec
