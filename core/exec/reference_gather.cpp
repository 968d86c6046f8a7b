#include "recur/error/error.hpp"
#include "reference_operators.hpp"

namespace recur::exec {
namespace {

using ir::Op;
using ir::Shape;

// Reading and its adjoint walk the same pairs of places: small = large there in one direction, d_large += d_small in the
// other. Each function calls f(offset in the large tensor, offset in the small one, number of elements).

// large [V, D], index [...], small [..., D]
template <class F>
void rows_named(const Tensor& index, int64_t vocabulary, int64_t width, F&& f) {
  for (size_t i = 0; i < index.data.size(); ++i) {
    f(index_value(index.data[i], vocabulary) * width, static_cast<int64_t>(i) * width, width);
  }
}

// large [..., K], index [...], small [...]
template <class F>
void element_of_each_row(const Tensor& index, int64_t width, F&& f) {
  for (size_t i = 0; i < index.data.size(); ++i) {
    f(static_cast<int64_t>(i) * width + index_value(index.data[i], width), static_cast<int64_t>(i), int64_t{1});
  }
}

// large [T, N, D...], index [S, N], small [S, N, D...]
template <class F>
void steps_of_each_sequence(const Tensor& index, const Shape& large, F&& f) {
  const int64_t steps = large.at(0), batch = large.at(1);
  const int64_t width = element_count(Shape(large.begin() + 2, large.end()));
  for (size_t i = 0; i < index.data.size(); ++i) {
    const int64_t n = static_cast<int64_t>(i) % batch;
    f((index_value(index.data[i], steps) * batch + n) * width, static_cast<int64_t>(i) * width, width);
  }
}

}  // namespace

Tensor run_gather(const ir::Node& node, const Inputs& in, const Shape& out) {
  Tensor y = zeros(out);
  if (node.op == Op::kLengthMask) {  // lengths [N] -> [T, N]
    const size_t batch = in.at(0)->data.size();
    for (size_t i = 0; i < y.data.size(); ++i) {
      y.data[i] = static_cast<double>(i / batch) < in[0]->data[i % batch] ? 1 : 0;
    }
    return y;
  }
  const Tensor &first = *in.at(0), &second = *in.at(1);
  const auto read = [&](int64_t from, int64_t to, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      y.data.at(static_cast<size_t>(to + i)) = first.data.at(static_cast<size_t>(from + i));
  };
  const auto add = [&](int64_t to, int64_t from, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      y.data.at(static_cast<size_t>(to + i)) += second.data.at(static_cast<size_t>(from + i));
  };
  switch (node.op) {
    case Op::kGather: rows_named(second, first.shape.at(0), first.shape.at(1), read); break;
    case Op::kGatherAdd: rows_named(first, out.at(0), out.at(1), add); break;
    case Op::kTake: element_of_each_row(second, first.shape.back(), read); break;
    case Op::kPut: element_of_each_row(first, out.back(), add); break;
    case Op::kGatherTime: steps_of_each_sequence(second, first.shape, read); break;
    case Op::kScatterTime: steps_of_each_sequence(first, out, add); break;
    default: RECUR_CHECK(false, "{} gathers nothing", ir::name_of(node.op));
  }
  return y;
}

}  // namespace recur::exec
