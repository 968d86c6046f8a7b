#include <algorithm>
#include <cmath>
#include <vector>

#include "recur/model/initial_values.hpp"

namespace recur::model {
namespace {

constexpr size_t kBlock = 8;  // vectors that stay in the cache while all earlier ones pass by

// Eight sums, so that the order is fixed and yet no addition waits for the last one.
double dot(const double* a, const double* b, size_t size) {
  double sum[8] = {};
  size_t k = 0;
  for (; k + 8 <= size; k += 8)
    for (size_t i = 0; i < 8; ++i) sum[i] += a[k + i] * b[k + i];
  for (size_t i = 0; k + i < size; ++i) sum[i] += a[k + i] * b[k + i];
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

// Takes the part along the unit vector b out of a.
void project_out(double* a, const double* b, size_t size) {
  const double product = dot(a, b, size);
  for (size_t k = 0; k < size; ++k) a[k] -= product * b[k];
}

// Modified Gram-Schmidt over `count` vectors of `size` elements. Random matrices are well enough conditioned that in double one
// pass is orthogonal far beyond what float holds (Golub and Van Loan, section 5.2.9).
void gram_schmidt(std::vector<double>& v, size_t count, size_t size) {
  const auto vector = [&](size_t i) { return v.data() + i * size; };
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const size_t end = std::min(begin + kBlock, count);
    for (size_t j = 0; j < begin; ++j)
      for (size_t i = begin; i < end; ++i) project_out(vector(i), vector(j), size);
    for (size_t i = begin; i < end; ++i) {
      for (size_t j = begin; j < i; ++j) project_out(vector(i), vector(j), size);
      const double scale = 1 / std::sqrt(dot(vector(i), vector(i), size));
      for (size_t k = 0; k < size; ++k) vector(i)[k] *= scale;
    }
  }
}

}  // namespace

void orthonormalize(std::span<double> a, int64_t rows, int64_t columns) {
  const auto R = static_cast<size_t>(rows), C = static_cast<size_t>(columns);
  const bool by_rows = R <= C;
  std::vector<double> vectors(a.begin(), a.end());
  if (!by_rows) {
    for (size_t r = 0; r < R; ++r)
      for (size_t c = 0; c < C; ++c) vectors[c * R + r] = a[r * C + c];
  }
  gram_schmidt(vectors, by_rows ? R : C, by_rows ? C : R);
  for (size_t r = 0; r < R; ++r)
    for (size_t c = 0; c < C; ++c) a[r * C + c] = by_rows ? vectors[r * C + c] : vectors[c * R + r];
}

}  // namespace recur::model
