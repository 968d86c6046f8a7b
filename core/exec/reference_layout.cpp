#include "recur/error/error.hpp"
#include "reference_operators.hpp"

namespace recur::exec {
namespace {

using ir::Op;
using ir::Shape;
using Index = std::vector<int64_t>;

// y[index] = x[where(index)] for every index of y.
template <class Where>
Tensor pick(const Tensor& x, const Shape& out, Where&& where) {
  Tensor y = zeros(out);
  const std::vector<int64_t> strides = strides_of(x.shape);
  size_t flat = 0;
  for_each_index(out, [&](const Index& index) {
    y.data[flat++] = x.data[static_cast<size_t>(offset_of(where(index), strides))];
  });
  return y;
}

// x is part of y along the axis, from `begin` on.
void place(const Tensor& x, size_t axis, int64_t begin, Tensor& y) {
  const std::vector<int64_t> strides = strides_of(y.shape);
  size_t flat = 0;
  for_each_index(x.shape, [&](Index index) {
    index[axis] += begin;
    y.data[static_cast<size_t>(offset_of(index, strides))] = x.data[flat++];
  });
}

Tensor concat(const ir::Node& node, const Inputs& in, const Shape& out) {
  Tensor y = zeros(out);
  const size_t axis = axis_of(node.ints.at(0), out.size());
  int64_t begin = 0;
  for (const Tensor* x : in) {
    place(*x, axis, begin, y);
    begin += x->shape[axis];
  }
  RECUR_CHECK(begin == out[axis], "concat: {} along axis {} of {}", begin, axis, ir::to_string(out));
  return y;
}

Tensor transpose(const ir::Node& node, const Tensor& x, const Shape& out) {
  return pick(x, out, [&](const Index& index) {  // axis i of y is axis ints[i] of x
    Index source(index.size());
    for (size_t i = 0; i < index.size(); ++i) source[axis_of(node.ints[i], index.size())] = index[i];
    return source;
  });
}

Tensor roll(const ir::Node& node, const Tensor& x, const Shape& out) {
  const size_t axis = axis_of(node.ints.at(0), out.size());
  const int64_t shift = node.ints.at(1), size = out[axis];
  return pick(x, out, [&](Index index) {  // y[i + shift mod size] = x[i]
    index[axis] = ((index[axis] - shift) % size + size) % size;
    return index;
  });
}

}  // namespace

Tensor run_layout(const ir::Node& node, const Inputs& in, const Shape& out) {
  const Tensor& x = *in.at(0);
  switch (node.op) {
    case Op::kConcat: return concat(node, in, out);
    case Op::kSlice: {
      const size_t axis = axis_of(node.ints.at(0), out.size());
      const int64_t begin = node.ints.at(1);
      RECUR_CHECK(0 <= begin && begin + out[axis] <= x.shape.at(axis), "slice: {} from {} along axis {} of {}",
                  out[axis], begin, axis, ir::to_string(x.shape));
      return pick(x, out, [&](Index index) {
        index[axis] += begin;
        return index;
      });
    }
    case Op::kPad: {
      const size_t axis = axis_of(node.ints.at(0), out.size());
      const int64_t before = node.ints.at(1);
      RECUR_CHECK(0 <= before && before + x.shape.at(axis) <= out[axis], "pad: {} from {} along axis {} of {}",
                  x.shape.at(axis), before, axis, ir::to_string(out));
      Tensor y = zeros(out);
      place(x, axis, before, y);
      return y;
    }
    case Op::kReshape: return Tensor{out, x.data};
    case Op::kTranspose: return transpose(node, x, out);
    case Op::kRoll: return roll(node, x, out);
    case Op::kBroadcast: {
      const std::vector<int64_t> strides = broadcast_strides(x.shape, out);
      Tensor y = zeros(out);
      size_t flat = 0;
      for_each_index(out, [&](const Index& index) {
        y.data[flat++] = x.data[static_cast<size_t>(offset_of(index, strides))];
      });
      return y;
    }
    default: RECUR_CHECK(false, "{} is no layout operator", ir::name_of(node.op)); return {};
  }
}

}  // namespace recur::exec
