// Products that are done once, so that packing is part of the cost: blocks of b are packed into scratch, a block
// of a is packed where its rows are not contiguous, and the tiles of gemm_packed do the rest. Sums run over k in
// rising order here too, so the result has the same bits as gemm_packed's.
#include "kernels.hpp"
#include "kernels/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/tile-inl.hpp"
#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {
namespace {

// A block of b is at most kBlockDepth x kBlockColumns (512 KB), a packed block of a kBlockRows x kBlockDepth.
inline constexpr size_t kBlockColumns = 1024;
inline constexpr size_t kBlockRows = 96;

size_t do_gemm_scratch(int64_t m, int64_t n, int64_t k, bool transpose_a, bool) {
  const size_t depth = std::min(kBlockDepth, static_cast<size_t>(k));
  const size_t columns = std::min(kBlockColumns, round_up(static_cast<size_t>(n), kLanes));
  return depth * (columns + (transpose_a ? std::min(kBlockRows, static_cast<size_t>(m)) : 0));
}

void do_gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
             const float* b, int64_t ldb, bool accumulate, float* c, int64_t ldc, float* scratch) {
  const Sizes size{static_cast<size_t>(m), static_cast<size_t>(n), static_cast<size_t>(k)};
  const auto stride_a = static_cast<size_t>(lda), stride_b = static_cast<size_t>(ldb);
  const auto stride_c = static_cast<size_t>(ldc);
  float* packed_a = scratch + std::min(kBlockDepth, size.k) * std::min(kBlockColumns, round_up(size.n, kLanes));
  for (size_t j = 0; j < size.n; j += kBlockColumns) {
    const size_t columns = std::min(kBlockColumns, size.n - j);
    size_t kk = 0;
    do {
      const size_t depth = std::min(kBlockDepth, size.k - kk);
      pack_panels(transpose_b ? b + j * stride_b + kk : b + kk * stride_b + j, depth, columns, stride_b, transpose_b,
                  scratch);
      for (size_t i = 0; i < size.m; i += kBlockRows) {
        const size_t rows = std::min(kBlockRows, size.m - i);
        const float* block = a + i * stride_a + kk;
        size_t stride = stride_a;
        if (transpose_a) {
          for (size_t x = 0; x < depth; ++x) {
            for (size_t r = 0; r < rows; ++r) packed_a[r * depth + x] = a[(kk + x) * stride_a + i + r];
          }
          block = packed_a;
          stride = depth;
        }
        float* out = c + i * stride_c + j;
        multiply_panels({rows, columns, depth}, block, stride, scratch, kk > 0 || accumulate ? out : nullptr,
                        stride_c, out, stride_c);
      }
      kk += depth;
    } while (kk < size.k);
  }
}

}  // namespace
}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace recur::exec {

HWY_EXPORT(do_gemm_scratch);
HWY_EXPORT(do_gemm);

size_t gemm_scratch(int64_t m, int64_t n, int64_t k, bool transpose_a, bool transpose_b) {
  return HWY_DYNAMIC_DISPATCH(do_gemm_scratch)(m, n, k, transpose_a, transpose_b);
}

void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, bool accumulate, float* c, int64_t ldc, float* scratch) {
  HWY_DYNAMIC_DISPATCH(do_gemm)(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, accumulate, c, ldc, scratch);
}

}  // namespace recur::exec
#endif
