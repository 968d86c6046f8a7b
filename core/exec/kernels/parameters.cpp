// Kernels over flat arrays of parameters.
#include "kernels.hpp"
#include "kernels/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/parameters.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {
namespace {

// Eight sums in double, element i in sum i % 8, whatever the width of the vectors: the same bits everywhere.
double do_sum_of_squares(size_t n, const float* x) {
  double sum[8] = {};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (size_t j = 0; j < 8; ++j) sum[j] += static_cast<double>(x[i + j]) * static_cast<double>(x[i + j]);
  }
  for (size_t j = 0; i + j < n; ++j) sum[j] += static_cast<double>(x[i + j]) * static_cast<double>(x[i + j]);
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

void do_scale(size_t n, float factor, float* x) {
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(hn::Mul(load(x + i), set(factor)), x + i);
  if (i < n) store_first(hn::Mul(load_first(x + i, n - i), set(factor)), x + i, n - i);
}

void do_clamp(size_t n, float low, float high, float* x) {
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(clamp_to(load(x + i), low, high), x + i);
  if (i < n) store_first(clamp_to(load_first(x + i, n - i), low, high), x + i, n - i);
}

const char* do_simd_target() { return hwy::TargetName(HWY_TARGET); }

}  // namespace
}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace recur::exec {

HWY_EXPORT(do_sum_of_squares);
HWY_EXPORT(do_scale);
HWY_EXPORT(do_clamp);
HWY_EXPORT(do_simd_target);

double sum_of_squares(size_t n, const float* x) { return HWY_DYNAMIC_DISPATCH(do_sum_of_squares)(n, x); }

void scale(size_t n, float factor, float* x) { HWY_DYNAMIC_DISPATCH(do_scale)(n, factor, x); }

void clamp(size_t n, float low, float high, float* x) { HWY_DYNAMIC_DISPATCH(do_clamp)(n, low, high, x); }

const char* simd_target() { return HWY_DYNAMIC_DISPATCH(do_simd_target)(); }

}  // namespace recur::exec
#endif
