// A matrix in memory, read as it stands or transposed.
#pragma once

#include <cstddef>

namespace recur::exec {

struct Matrix {
  const float* data;
  size_t ld;
  bool transposed;

  // Where the element at row r, column c of the matrix as read stands.
  const float* from(size_t r, size_t c) const { return transposed ? data + c * ld + r : data + r * ld + c; }
};

}  // namespace recur::exec
