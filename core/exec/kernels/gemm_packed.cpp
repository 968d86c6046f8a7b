// Products with packed weights.
//
// Packed layout: the columns of b [k, n] in panels of kPanel vectors, the last panel as narrow as the rest
// allows; within a panel the rows one after another, padded with zeros to whole vectors.
#include "kernels.hpp"
#include "kernels/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm_packed.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/tile-inl.hpp"
#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {
namespace {

size_t do_packed_size(int64_t k, int64_t n) {
  return static_cast<size_t>(k) * round_up(static_cast<size_t>(n), kLanes);
}

void do_pack(const float* b, int64_t k, int64_t n, int64_t ld, bool transposed, float* packed) {
  pack_panels(b, static_cast<size_t>(k), static_cast<size_t>(n), static_cast<size_t>(ld), transposed, packed);
}

void do_gemm_packed(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* packed, const float* d,
                    int64_t ld_d, float* c, int64_t ldc) {
  multiply_panels({static_cast<size_t>(m), static_cast<size_t>(n), static_cast<size_t>(k)},
                  a, static_cast<size_t>(lda), packed, d, static_cast<size_t>(ld_d), c, static_cast<size_t>(ldc));
}

}  // namespace
}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace recur::exec {

HWY_EXPORT(do_packed_size);
HWY_EXPORT(do_pack);
HWY_EXPORT(do_gemm_packed);

size_t packed_size(int64_t k, int64_t n) { return HWY_DYNAMIC_DISPATCH(do_packed_size)(k, n); }

void pack(const float* b, int64_t k, int64_t n, int64_t ld, bool transposed, float* packed) {
  HWY_DYNAMIC_DISPATCH(do_pack)(b, k, n, ld, transposed, packed);
}

void gemm_packed(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* packed, const float* d,
                 int64_t ld_d, float* c, int64_t ldc) {
  HWY_DYNAMIC_DISPATCH(do_gemm_packed)(m, n, k, a, lda, packed, d, ld_d, c, ldc);
}

}  // namespace recur::exec
#endif
