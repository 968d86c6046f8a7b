#include <cmath>
#include <functional>
#include <numeric>

#include "recur/error/error.hpp"
#include "reference_operators.hpp"

namespace recur::exec {

int64_t element_count(const ir::Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

Tensor zeros(const ir::Shape& shape) {
  return Tensor{shape, std::vector<double>(static_cast<size_t>(element_count(shape)), 0.0)};
}

size_t axis_of(int64_t axis, size_t rank) {
  const auto signed_rank = static_cast<int64_t>(rank);
  RECUR_CHECK(-signed_rank <= axis && axis < signed_rank, "axis {} of rank {}", axis, rank);
  return static_cast<size_t>(axis < 0 ? axis + signed_rank : axis);
}

std::vector<int64_t> strides_of(const ir::Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * shape[axis];
  return strides;
}

std::vector<int64_t> broadcast_strides(const ir::Shape& shape, const ir::Shape& out) {
  RECUR_CHECK(shape.size() <= out.size(), "{} does not broadcast to {}", ir::to_string(shape), ir::to_string(out));
  const std::vector<int64_t> own = strides_of(shape);
  std::vector<int64_t> strides(out.size(), 0);
  const size_t missing = out.size() - shape.size();  // leading axes that the tensor lacks
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    RECUR_CHECK(shape[axis] == out[missing + axis] || shape[axis] == 1, "{} does not broadcast to {}",
                ir::to_string(shape), ir::to_string(out));
    if (shape[axis] == out[missing + axis]) strides[missing + axis] = own[axis];
  }
  return strides;
}

int64_t offset_of(const std::vector<int64_t>& index, const std::vector<int64_t>& strides) {
  return std::inner_product(index.begin(), index.end(), strides.begin(), int64_t{0});
}

int64_t index_value(double value, int64_t size) {
  RECUR_CHECK(value == std::floor(value) && value >= 0 && value < static_cast<double>(size), "index {} of {}", value,
              size);
  return static_cast<int64_t>(value);
}

}  // namespace recur::exec
