// Vectors of floats, and loads and stores of the last few elements of a row that touch nothing beyond them.
// Compiled once for each instruction set (see hwy/foreach_target.h for the toggled include guard).
#if defined(RECUR_EXEC_VECTOR_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RECUR_EXEC_VECTOR_INL_HPP
#undef RECUR_EXEC_VECTOR_INL_HPP
#else
#define RECUR_EXEC_VECTOR_INL_HPP
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;
using V = hn::Vec<Floats>;
inline constexpr Floats kFloats{};
inline constexpr size_t kLanes = hn::MaxLanes(Floats());

HWY_INLINE V set(float x) { return hn::Set(kFloats, x); }
HWY_INLINE V load(const float* p) { return hn::LoadU(kFloats, p); }
HWY_INLINE void store(V v, float* p) { hn::StoreU(v, kFloats, p); }

// The first count (1 ... kLanes - 1) elements; the other lanes are 0.
HWY_INLINE V load_first(const float* p, size_t count) {
#if HWY_TARGET <= HWY_AVX2
  return hn::MaskedLoad(hn::FirstN(kFloats, count), kFloats, p);
#else
  // Below AVX2 Highway's masked loads and stores touch the whole vector.
  HWY_ALIGN float buffer[kLanes] = {};
  std::memcpy(buffer, p, count * sizeof(float));
  return hn::Load(kFloats, buffer);
#endif
}

HWY_INLINE void store_first(V v, float* p, size_t count) {
#if HWY_TARGET <= HWY_AVX2
  hn::BlendedStore(v, hn::FirstN(kFloats, count), kFloats, p);
#else
  HWY_ALIGN float buffer[kLanes];
  hn::Store(v, kFloats, buffer);
  std::memcpy(p, buffer, count * sizeof(float));
#endif
}

// b where either is NaN: what the x86 instructions do.
HWY_INLINE V min_or_second(V a, V b) {
#if HWY_TARGET <= HWY_SSE4
  return hn::Min(a, b);
#else
  return hn::IfThenElse(hn::Lt(a, b), a, b);
#endif
}
HWY_INLINE V max_or_second(V a, V b) {
#if HWY_TARGET <= HWY_SSE4
  return hn::Max(a, b);
#else
  return hn::IfThenElse(hn::Gt(a, b), a, b);
#endif
}

// NaN stays NaN.
HWY_INLINE V clamp_to(V x, float low, float high) {
  return min_or_second(set(high), max_or_second(set(low), x));
}

}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
