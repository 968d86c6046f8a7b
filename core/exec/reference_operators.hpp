// The operators of Reference, one function a family. Each takes a node of a bound block, its inputs and the shape that
// the block gives its output, and computes the output in double precision by the plainest loop there is.
//
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "recur/exec/reference.hpp"
#include "recur/ir/program.hpp"

namespace recur::exec {

using Inputs = std::vector<const Tensor*>;

// ---- Indices ----------------------------------------------------------------------------------------------------
int64_t element_count(const ir::Shape& shape);
Tensor zeros(const ir::Shape& shape);
// axis as 0 ... rank-1; a negative axis counts from the end.
size_t axis_of(int64_t axis, size_t rank);
// Row-major: how far apart two neighbours along each axis are.
std::vector<int64_t> strides_of(const ir::Shape& shape);
// Strides that read a tensor of `shape` as if it had the shape `out`, as numpy broadcasts it: 0 along repeated axes.
// InvariantError where shape does not broadcast to out.
std::vector<int64_t> broadcast_strides(const ir::Shape& shape, const ir::Shape& out);
int64_t offset_of(const std::vector<int64_t>& index, const std::vector<int64_t>& strides);
// A whole number kept as a value, in [0, size); anything else is an InvariantError.
int64_t index_value(double value, int64_t size);

// Calls f(index) for every index of the shape in row-major order, so calls are counted by the flat offset.
template <class F>
void for_each_index(const ir::Shape& shape, F&& f) {
  std::vector<int64_t> index(shape.size(), 0);
  const int64_t count = element_count(shape);
  for (int64_t i = 0; i < count; ++i) {
    f(static_cast<const std::vector<int64_t>&>(index));
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

// ---- Families ---------------------------------------------------------------------------------------------------
Tensor run_elementwise(const ir::Node& node, const Inputs& in, const ir::Shape& out);  // also maps and select
Tensor run_product(const ir::Node& node, const Inputs& in, const ir::Shape& out);      // matmul, matmul_add, outer, outer_sum
Tensor run_layout(const ir::Node& node, const Inputs& in, const ir::Shape& out);       // concat ... broadcast, pad
Tensor run_reduction(const ir::Node& node, const Inputs& in, const ir::Shape& out);    // sum, mean, reduce_max
Tensor run_last_axis(const ir::Node& node, const Inputs& in, const ir::Shape& out);    // softmax ... cross entropy
Tensor run_gather(const ir::Node& node, const Inputs& in, const ir::Shape& out);       // gathers, their adjoints, mask
std::vector<Tensor> run_primitive(const ir::Node& node, const Inputs& in, const std::vector<ir::Shape>& out);
std::vector<Tensor> run_primitive_gradient(const ir::Node& node, const Inputs& in, const std::vector<ir::Shape>& out);

}  // namespace recur::exec
