#include "recur/error/error.hpp"
#include "reference_operators.hpp"

namespace recur::exec {
namespace {

using ir::Op;
using ir::Shape;

// c [m, n] += op(a) op(b), where op(a) [m, k] is a or the transpose of a, and op(b) [k, n] likewise.
void multiply(int64_t m, int64_t n, int64_t k, const double* a, bool transpose_a, const double* b, bool transpose_b,
              double* c) {
  for (int64_t row = 0; row < m; ++row) {
    for (int64_t column = 0; column < n; ++column) {
      double sum = 0;
      for (int64_t i = 0; i < k; ++i) {
        const double left = transpose_a ? a[i * m + row] : a[row * k + i];
        const double right = transpose_b ? b[column * k + i] : b[i * n + column];
        sum += left * right;
      }
      c[row * n + column] += sum;
    }
  }
}

// a [..., K] b [K, M] -> [..., M]; or, b of rank 3, a [B, R, K] b [B, K, M] -> [B, R, M]. The last two axes may be given
// transposed.
void add_matmul(const ir::Node& node, const Tensor& a, const Tensor& b, Tensor& y) {
  const bool transpose_a = node.ints.at(0) != 0, transpose_b = node.ints.at(1) != 0;
  const size_t rank_b = b.shape.size();
  RECUR_CHECK(rank_b == 2 || rank_b == 3, "matmul: b is {}", ir::to_string(b.shape));
  RECUR_CHECK(rank_b == 2 || (a.shape.size() == 3 && a.shape[0] == b.shape[0]), "matmul: {} times {}",
              ir::to_string(a.shape), ir::to_string(b.shape));
  RECUR_CHECK(!transpose_a || a.shape.size() == rank_b, "matmul: transposed {} times {}", ir::to_string(a.shape),
              ir::to_string(b.shape));

  const int64_t batches = rank_b == 3 ? b.shape[0] : 1;
  const int64_t k = transpose_b ? b.shape[rank_b - 1] : b.shape[rank_b - 2];
  const int64_t n = transpose_b ? b.shape[rank_b - 2] : b.shape[rank_b - 1];
  const int64_t inner = transpose_a ? a.shape[a.shape.size() - 2] : a.shape.back();
  RECUR_CHECK(inner == k, "matmul: {} times {}: {} and {} differ", ir::to_string(a.shape), ir::to_string(b.shape), inner,
              k);
  // All leading axes of a plain product are rows.
  int64_t m = transpose_a ? a.shape.back() : 1;
  for (size_t axis = rank_b - 2; !transpose_a && axis + 1 < a.shape.size(); ++axis) m *= a.shape[axis];
  RECUR_CHECK(element_count(y.shape) == batches * m * n, "matmul: {} times {} into {}", ir::to_string(a.shape),
              ir::to_string(b.shape), ir::to_string(y.shape));

  for (int64_t batch = 0; batch < batches; ++batch) {
    multiply(m, n, k, a.data.data() + batch * m * k, transpose_a, b.data.data() + batch * k * n, transpose_b,
             y.data.data() + batch * m * n);
  }
}

}  // namespace

Tensor run_product(const ir::Node& node, const Inputs& in, const Shape& out) {
  Tensor y = zeros(out);
  if (node.op == Op::kOuter) {  // a [N, A], b [N, B] -> [N, A, B]
    const Tensor &a = *in.at(0), &b = *in.at(1);
    const int64_t rows = a.shape.at(0), width_a = a.shape.at(1), width_b = b.shape.at(1);
    size_t flat = 0;
    for_each_index({rows, width_a, width_b}, [&](const std::vector<int64_t>& i) {
      y.data[flat++] = a.data[static_cast<size_t>(i[0] * width_a + i[1])] *
                       b.data[static_cast<size_t>(i[0] * width_b + i[2])];
    });
    return y;
  }
  if (node.op == Op::kOuterSum) {  // a [..., I], b [..., G] -> [I, G], the leading axes being rows
    const Tensor &a = *in.at(0), &b = *in.at(1);
    const int64_t rows = element_count(Shape(a.shape.begin(), a.shape.end() - 1));
    RECUR_CHECK(rows == element_count(Shape(b.shape.begin(), b.shape.end() - 1)), "outer_sum of {} and {}",
                ir::to_string(a.shape), ir::to_string(b.shape));
    multiply(out.at(0), out.at(1), rows, a.data.data(), true, b.data.data(), false, y.data.data());
    return y;
  }
  if (node.op == Op::kMatmulAdd) {
    const Tensor& c = *in.at(2);
    const std::vector<int64_t> strides = broadcast_strides(c.shape, out);
    size_t flat = 0;
    for_each_index(out, [&](const std::vector<int64_t>& index) {
      y.data[flat++] = c.data[static_cast<size_t>(offset_of(index, strides))];
    });
  }
  add_matmul(node, *in.at(0), *in.at(1), y);
  return y;
}

}  // namespace recur::exec
