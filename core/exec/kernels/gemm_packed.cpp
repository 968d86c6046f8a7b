// Products with packed weights (the layout is in pack-inl.hpp).
#include "kernels.hpp"
#include "kernels/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm_packed.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/pack-inl.hpp"
#include "kernels/tile-inl.hpp"
#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {
namespace {

size_t do_packed_size(size_t k, size_t n) { return k * round_up(n, kLanes); }

void do_pack(const float* b, size_t k, size_t n, size_t ld, bool transposed, float* packed) {
  for (size_t j = 0; j < n; j += kPanelWidth) {
    const size_t columns = std::min(kPanelWidth, n - j);
    pack_panel(transposed ? b + j * ld : b + j, k, columns, ld, transposed, packed);
    packed += k * round_up(columns, kLanes);
  }
}

struct Operands {
  size_t k;
  const float* a;
  size_t lda;
  const float* packed;
  const float* d;
  size_t ld_d;
  float* c;
  size_t ldc;
};

// Rows i ... i + rows of c, one panel of columns from j, weights begin ... begin + kBlockDepth.
HWY_INLINE void multiply_packed_panel(const Operands& o, size_t i, size_t rows, size_t j, size_t columns, size_t begin) {
  const size_t width = round_up(columns, kLanes);
  const Cut cut = cut_rows(rows, width / kLanes);
  TileArguments t{};
  t.k = std::min(kBlockDepth, o.k - begin);
  t.a = o.a + i * o.lda + begin;
  t.a_row = o.lda;
  t.a_step = 1;
  t.b = o.packed + j * o.k + begin * width;
  t.b_step = width;
  t.c = o.c + i * o.ldc + j;
  t.ldc = o.ldc;
  t.last = columns - (width - kLanes);
  t.d = begin > 0 ? t.c : o.d == nullptr ? nullptr : o.d + i * o.ld_d + j;
  t.ld_d = begin > 0 ? o.ldc : o.ld_d;
  t.next_step = cut.fetch * kLanes;
  t.next_share = t.next_step * t.k;
  // What follows in memory is what is needed next, also beyond the panel.
  t.next = cut.count == 1 ? t.b + kReadAhead : t.b + t.k * width;
  multiply_panel(cut, t);
}

void do_gemm_packed(size_t m, size_t n, size_t k, const float* a, size_t lda, const float* packed, const float* d,
                    size_t ld_d, float* c, size_t ldc) {
  if (m == 0) return;
  const Operands operands{k, a, lda, packed, d, ld_d, c, ldc};
  if (m <= kBlockRows) {  // a panel of the weights is read once, from its first row to its last
    for (size_t j = 0; j < n; j += kPanelWidth) {
      size_t begin = 0;
      do {
        multiply_packed_panel(operands, 0, m, j, std::min(kPanelWidth, n - j), begin);
        begin += kBlockDepth;
      } while (begin < k);
    }
    return;
  }
  for (size_t i = 0; i < m; i += kBlockRows) {
    for (size_t block = 0; block < n; block += kBlockColumns) {
      const size_t end = std::min(block + kBlockColumns, n);
      size_t begin = 0;
      do {
        for (size_t j = block; j < end; j += kPanelWidth)
          multiply_packed_panel(operands, i, std::min(kBlockRows, m - i), j, std::min(kPanelWidth, n - j), begin);
        begin += kBlockDepth;
      } while (begin < k);
    }
  }
}

}  // namespace
}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace recur::exec {

HWY_EXPORT(do_packed_size);
HWY_EXPORT(do_pack);
HWY_EXPORT(do_gemm_packed);

size_t packed_size(int64_t k, int64_t n) {
  return HWY_DYNAMIC_DISPATCH(do_packed_size)(static_cast<size_t>(k), static_cast<size_t>(n));
}

void pack(const float* b, int64_t k, int64_t n, int64_t ld, bool transposed, float* packed) {
  HWY_DYNAMIC_DISPATCH(do_pack)
  (b, static_cast<size_t>(k), static_cast<size_t>(n), static_cast<size_t>(ld), transposed, packed);
}

void gemm_packed(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* packed, const float* d,
                 int64_t ld_d, float* c, int64_t ldc) {
  HWY_DYNAMIC_DISPATCH(do_gemm_packed)
  (static_cast<size_t>(m), static_cast<size_t>(n), static_cast<size_t>(k), a, static_cast<size_t>(lda), packed, d,
   static_cast<size_t>(ld_d), c, static_cast<size_t>(ldc));
}

}  // namespace recur::exec
#endif
