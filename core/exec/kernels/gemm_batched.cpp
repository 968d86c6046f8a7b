// Small products, one a sequence: attention over a memory, states of heads. Nothing is packed, because every matrix is read once.
//
// Two loops: along the rows of b where its columns stand side by side, with one accumulator an element and k in rising order as in
// gemm; and along k where that is how both matrices lie, with one accumulator a lane. Which one depends on the shapes of a single
// product alone, so the batch never matters.
#include "kernels.hpp"
#include "kernels/targets.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm_batched.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {
namespace {

// Accumulators that fit the registers beside a row of b.
inline constexpr size_t kAccumulators = HWY_TARGET <= HWY_AVX3 ? 24 : 8;

// One product: a(i, kk) = a[i * a_row + kk * a_step], b(kk, j) = b[kk * b_step + j * b_column].
struct Small {
  size_t m, n, k;
  const float* a;
  size_t a_row, a_step;
  const float* b;
  size_t b_step, b_column;
  bool accumulate;
  float* c;  // [m, n]
};

// Rows i ... i + kRows of c, kVectors vectors of columns from j on; `last` columns in the last vector.
template <size_t kRows, size_t kVectors>
HWY_INLINE void multiply_columns(const Small& p, size_t i, size_t j, size_t last) {
  const float* a = p.a + i * p.a_row;
  const float* b = p.b + j;
  float* c = p.c + i * p.n + j;
  const bool whole = last == kLanes;
  const auto end = [&](const float* row) {
    const float* at = row + (kVectors - 1) * kLanes;
    return whole ? load(at) : load_first(at, last);
  };
  V sum[kRows][kVectors];
  HWY_UNROLL(8)
  for (size_t r = 0; r < kRows; ++r) {
    HWY_UNROLL(8)
    for (size_t v = 0; v + 1 < kVectors; ++v) sum[r][v] = p.accumulate ? load(c + r * p.n + v * kLanes) : hn::Zero(kFloats);
    sum[r][kVectors - 1] = p.accumulate ? end(c + r * p.n) : hn::Zero(kFloats);
  }
  for (size_t kk = 0; kk < p.k; ++kk) {
    V row[kVectors];
    HWY_UNROLL(8)
    for (size_t v = 0; v + 1 < kVectors; ++v) row[v] = load(b + v * kLanes);
    row[kVectors - 1] = end(b);
    HWY_UNROLL(8)
    for (size_t r = 0; r < kRows; ++r) {
      const V element = set(a[r * p.a_row]);
      HWY_UNROLL(8)
      for (size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(element, row[v], sum[r][v]);
    }
    a += p.a_step;
    b += p.b_step;
  }
  HWY_UNROLL(8)
  for (size_t r = 0; r < kRows; ++r) {
    HWY_UNROLL(8)
    for (size_t v = 0; v + 1 < kVectors; ++v) store(sum[r][v], c + r * p.n + v * kLanes);
    float* at = c + r * p.n + (kVectors - 1) * kLanes;
    if (whole) store(sum[r][kVectors - 1], at);
    else store_first(sum[r][kVectors - 1], at, last);
  }
}

template <size_t kVectors>
void multiply_strip(const Small& p, size_t j, size_t last) {
  constexpr size_t kRows = std::min<size_t>(4, kAccumulators / kVectors);
  size_t i = 0;
  for (; i + kRows <= p.m; i += kRows) multiply_columns<kRows, kVectors>(p, i, j, last);
  if constexpr (kRows > 2) {
    if (i + 2 <= p.m) {
      multiply_columns<2, kVectors>(p, i, j, last);
      i += 2;
    }
  }
  for (; i < p.m; ++i) multiply_columns<1, kVectors>(p, i, j, last);
}

// b_column is 1.
void multiply_along_columns(const Small& p) {
  constexpr size_t kWidest = kAccumulators / 4;  // a strip of whole vectors; what is left is cut into fewer
  size_t j = 0;
  const auto strip = [&](size_t vectors, size_t last) {
    if (vectors == 1) return multiply_strip<1>(p, j, last);
    if (vectors == 2) return multiply_strip<2>(p, j, last);
    if constexpr (kWidest > 2) {
      if (vectors <= 4) return vectors == 3 ? multiply_strip<3>(p, j, last) : multiply_strip<4>(p, j, last);
      return vectors == 5 ? multiply_strip<5>(p, j, last) : multiply_strip<6>(p, j, last);
    }
  };
  for (size_t left = (p.n + kLanes - 1) / kLanes; left > 0;) {
    // Strips of about one width: 128 columns as 4 + 4 vectors and not 6 + 2.
    const size_t strips = (left + kWidest - 1) / kWidest, vectors = (left + strips - 1) / strips;
    strip(vectors, std::min(p.n - j - (vectors - 1) * kLanes, kLanes));
    j += vectors * kLanes;
    left -= vectors;
  }
}

// The sums of kCount vectors, a power of two, side by side. Pairs of neighbours are added until one lane of each vector is left.
template <size_t kCount>
HWY_INLINE void sums_of(V* vectors, float* out) {
#if HWY_TARGET == HWY_SCALAR
  for (size_t i = 0; i < kCount; ++i) out[i] = hn::GetLane(vectors[i]);
#else
  size_t count = kCount;
  HWY_UNROLL(4)
  for (size_t lanes = kLanes; lanes > 1; lanes /= 2) {
    const size_t half = count > 1 ? count / 2 : 1;
    HWY_UNROLL(4)
    for (size_t i = 0; i < half; ++i) {
      const V low = vectors[count > 1 ? 2 * i : 0], high = vectors[count > 1 ? 2 * i + 1 : 0];
      vectors[i] = hn::Add(hn::ConcatEven(kFloats, high, low), hn::ConcatOdd(kFloats, high, low));
    }
    count = half;
  }
  HWY_ALIGN float sums[std::max(kCount, kLanes)];
  for (size_t i = 0; i < count; ++i) hn::Store(vectors[i], kFloats, sums + i * kLanes);
  for (size_t i = 0; i < kCount; ++i) out[i] = sums[i];
#endif
}

// kRows x kColumns elements of c from (i, j) on, each along k.
template <size_t kRows, size_t kColumns>
HWY_INLINE void multiply_dots(const Small& p, size_t i, size_t j) {
  V sum[kRows * kColumns];
  for (V& each : sum) each = hn::Zero(kFloats);
  const float* a = p.a + i * p.a_row;
  const float* b = p.b + j * p.b_column;
  const auto add = [&](const auto& read, size_t kk) {
    V rows[kRows];
    HWY_UNROLL(4)
    for (size_t r = 0; r < kRows; ++r) rows[r] = read(a + r * p.a_row + kk);
    HWY_UNROLL(4)
    for (size_t s = 0; s < kColumns; ++s) {
      const V column = read(b + s * p.b_column + kk);
      HWY_UNROLL(4)
      for (size_t r = 0; r < kRows; ++r) sum[r * kColumns + s] = hn::MulAdd(rows[r], column, sum[r * kColumns + s]);
    }
  };
  size_t kk = 0;
  for (; kk + kLanes <= p.k; kk += kLanes) add([](const float* at) { return load(at); }, kk);
  if (kk < p.k) add([&](const float* at) { return load_first(at, p.k - kk); }, kk);
  float totals[kRows * kColumns];
  sums_of<kRows * kColumns>(sum, totals);
  for (size_t r = 0; r < kRows; ++r)
    for (size_t s = 0; s < kColumns; ++s) {
      float& to = p.c[(i + r) * p.n + j + s];
      to = p.accumulate ? to + totals[r * kColumns + s] : totals[r * kColumns + s];
    }
}

// a_step and b_step are 1.
void multiply_along_k(const Small& p) {
  size_t i = 0;
  if (p.n == 1) {
    for (; i + 4 <= p.m; i += 4) multiply_dots<4, 1>(p, i, 0);
  } else {
    for (; i + 2 <= p.m; i += 2) {
      size_t j = 0;
      for (; j + 4 <= p.n; j += 4) multiply_dots<2, 4>(p, i, j);
      for (; j < p.n; ++j) multiply_dots<2, 1>(p, i, j);
    }
  }
  for (; i < p.m; ++i) {
    size_t j = 0;
    for (; j + 4 <= p.n; j += 4) multiply_dots<1, 4>(p, i, j);
    for (; j < p.n; ++j) multiply_dots<1, 1>(p, i, j);
  }
}

// With more rows of c or a larger b than this, packing is worth its while.
inline constexpr size_t kFewRows = 4, kSmallB = 8192;

// False, and nothing done, where gemm is better.
bool do_gemm_batched(bool transpose_a, bool transpose_b, size_t batch, size_t m, size_t n, size_t k, const float* a, size_t lda, const float* b,
                     size_t ldb, bool accumulate, float* c) {
  Small p{m, n, k, a, transpose_a ? 1 : lda, transpose_a ? lda : 1, b, transpose_b ? 1 : ldb, transpose_b ? ldb : 1, accumulate, c};
  const bool along_columns = p.b_column == 1 && (m <= kFewRows || n * k <= kSmallB);
  const bool along_k = p.a_step == 1 && p.b_step == 1 && k >= kLanes && std::min(m, n) <= kFewRows && (n < kLanes || !along_columns);
  if (!along_k && !along_columns) return false;
  for (size_t i = 0; i < batch; ++i) {
    if (along_k) multiply_along_k(p);
    else multiply_along_columns(p);
    p.a += m * k;
    p.b += k * n;
    p.c += m * n;
  }
  return true;
}

}  // namespace
}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace recur::exec {

HWY_EXPORT(do_gemm_batched);

void gemm_batched(bool transpose_a, bool transpose_b, int64_t batch, int64_t m, int64_t n, int64_t k, const float* a, const float* b, bool accumulate,
                  float* c, float* scratch) {
  const int64_t lda = transpose_a ? m : k, ldb = transpose_b ? k : n;
  const auto u = [](int64_t size) { return static_cast<size_t>(size); };
  if (HWY_DYNAMIC_DISPATCH(do_gemm_batched)(transpose_a, transpose_b, u(batch), u(m), u(n), u(k), a, u(lda), b, u(ldb), accumulate, c)) return;
  for (int64_t i = 0; i < batch; ++i) gemm(transpose_a, transpose_b, m, n, k, a + i * m * k, lda, b + i * k * n, ldb, accumulate, c + i * m * n, n, scratch);
}

}  // namespace recur::exec
#endif
