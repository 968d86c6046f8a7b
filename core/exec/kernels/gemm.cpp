// Products that are done once, so that packing is part of the cost.
//
// b is packed a panel at a time by the tile that multiplies its first rows. A transposed a
// is copied into the order in which tiles read it. Sums run over k in rising order here too, so an element has the same
// bits as gemm_packed gives it.
#include "kernels.hpp"
#include "kernels/matrix.hpp"
#include "kernels/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/pack-inl.hpp"
#include "kernels/tile-inl.hpp"
#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {
namespace {

size_t do_gemm_scratch(size_t m, size_t n, size_t k, bool transpose_a) {
  const size_t depth = std::min(kBlockDepth, k);
  return depth * (std::min(kPanelWidth, round_up(n, kLanes)) + (transpose_a ? std::min(kBlockRows, m) : 0));
}

// kDepth rows of b times as many elements of one row of a, added to a row of c: both are read along the rows, as a
// memory likes it, where a panel would jump from row to row.
template <size_t kDepth>
HWY_INLINE void add_rows(size_t n, const float* a, size_t a_step, const float* b, size_t ldb, const float* d,
                         float* c) {
  V element[kDepth];
  for (size_t x = 0; x < kDepth; ++x) element[x] = set(a[x * a_step]);
  size_t j = 0;
  for (; j + kLanes <= n; j += kLanes) {
    V sum = d == nullptr ? hn::Zero(kFloats) : load(d + j);
    for (size_t x = 0; x < kDepth; ++x) sum = hn::MulAdd(element[x], load(b + x * ldb + j), sum);
    store(sum, c + j);
  }
  if (j == n) return;
  V sum = d == nullptr ? hn::Zero(kFloats) : load_first(d + j, n - j);
  for (size_t x = 0; x < kDepth; ++x) sum = hn::MulAdd(element[x], load_first(b + x * ldb + j, n - j), sum);
  store_first(sum, c + j, n - j);
}

void multiply_row(size_t n, size_t k, const float* a, size_t a_step, const float* b, size_t ldb, bool accumulate,
                  float* c) {
  const float* d = accumulate ? c : nullptr;
  size_t kk = 0;
  for (; kk + 8 <= k; kk += 8, d = c) add_rows<8>(n, a + kk * a_step, a_step, b + kk * ldb, ldb, d, c);
  for (; kk < k; ++kk, d = c) add_rows<1>(n, a + kk * a_step, a_step, b + kk * ldb, ldb, d, c);
}

struct Output {
  float* data;
  size_t ld;
  bool accumulate;
  float* from(size_t r, size_t c) const { return data + r * ld + c; }
};

// One panel: rows begin ... begin + t.k of b, columns j ... j + columns. t holds the rows of a and c.
HWY_INLINE void multiply_unpacked_panel(TileArguments t, const Cut& cut, const Matrix& b, size_t begin, size_t j,
                                        size_t columns, const float* next, bool packed_a, float* panel) {
  const size_t width = round_up(columns, kLanes);
  t.last = columns - (width - kLanes);
  t.next_share = cut.fetch * kLanes;
  t.b = panel;
  t.b_step = width;
  t.next = next;
  t.next_step = b.ld;
  if (b.transposed || columns < kPanelWidth) {
    pack_panel(b.from(begin, j), t.k, columns, b.ld, b.transposed, panel);
  } else {
    t.b = b.from(begin, j);
    t.b_step = b.ld;
    if (cut.count == 1) t.next = t.b + kReadAhead / kPanelWidth * b.ld;
    else t.copy = panel;
  }
  multiply_panel(cut, t, packed_a);
}

// The block of c at row i, column jc.
void multiply_block(size_t i, size_t rows, size_t jc, size_t end, size_t k, const Matrix& a, const Matrix& b,
                    const Output& c, float* scratch) {
  float* panel = scratch;
  float* packed_a = scratch + std::min(kBlockDepth, k) * std::min(kPanelWidth, round_up(end - jc, kLanes));
  size_t begin = 0;
  do {
    TileArguments t{};
    t.k = std::min(kBlockDepth, k - begin);
    t.a = a.from(i, begin);
    t.a_row = a.ld;
    t.a_step = 1;
    t.ldc = t.ld_d = c.ld;
    if (a.transposed) {
      pack_rows(t.a, a.ld, t.k, cut_rows<kPanelVectors>(rows), packed_a);
      t.a = packed_a;
      t.a_row = 1;
    }
    for (size_t j = jc; j < end; j += kPanelWidth) {
      const size_t columns = std::min(kPanelWidth, end - j);
      const size_t vectors = round_up(columns, kLanes) / kLanes;
      t.c = c.from(i, j);
      t.d = begin > 0 || c.accumulate ? t.c : nullptr;
      const float* next = j + columns < end ? b.from(begin, j + columns) : b.from(begin + t.k, jc);
      const Cut cut = a.transposed ? cut_as_full_panel(rows, vectors) : cut_rows(rows, vectors);
      multiply_unpacked_panel(t, cut, b, begin, j, columns, next, a.transposed, panel);
    }
    begin += t.k;
  } while (begin < k);
}

void do_gemm(size_t m, size_t n, size_t k, Matrix a, Matrix b, bool accumulate, float* c, size_t ldc,
             float* scratch) {
  if (m == 1 && k > 0 && !b.transposed) {
    return multiply_row(n, k, a.data, a.transposed ? a.ld : 1, b.data, b.ld, accumulate, c);
  }
  for (size_t i = 0; i < m; i += kBlockRows) {
    for (size_t j = 0; j < n; j += kBlockColumns) {
      multiply_block(i, std::min(kBlockRows, m - i), j, std::min(j + kBlockColumns, n), k, a, b, {c, ldc, accumulate},
                     scratch);
    }
  }
}

}  // namespace
}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace recur::exec {

HWY_EXPORT(do_gemm_scratch);
HWY_EXPORT(do_gemm);

size_t gemm_scratch(int64_t m, int64_t n, int64_t k, bool transpose_a, bool) {
  return HWY_DYNAMIC_DISPATCH(do_gemm_scratch)(static_cast<size_t>(m), static_cast<size_t>(n), static_cast<size_t>(k),
                                               transpose_a);
}

void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, bool accumulate, float* c, int64_t ldc, float* scratch) {
  HWY_DYNAMIC_DISPATCH(do_gemm)
  (static_cast<size_t>(m), static_cast<size_t>(n), static_cast<size_t>(k), {a, static_cast<size_t>(lda), transpose_a},
   {b, static_cast<size_t>(ldb), transpose_b}, accumulate, c, static_cast<size_t>(ldc), scratch);
}

}  // namespace recur::exec
#endif
