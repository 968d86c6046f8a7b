// exp, log, tanh, sigmoid and their kin over a vector. The error bounds are those that tests/exec checks; NaN
// propagates, infinities give the limits.
#if defined(RECUR_EXEC_FUNCTIONS_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RECUR_EXEC_FUNCTIONS_INL_HPP
#undef RECUR_EXEC_FUNCTIONS_INL_HPP
#else
#define RECUR_EXEC_FUNCTIONS_INL_HPP
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <cmath>
#include <limits>

#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {

// exp(x) = 2^n (1 + r p(r)), |r| <= ln(2) / 2, p the minimax polynomial of XNNPACK's exp (rr2-p5).
struct ExpParts {
  V exponent;  // its lowest bits hold n + 127
  V r, p;
};

HWY_INLINE ExpParts exp_parts(V x) {
  // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits, biased like a float's exponent.
  constexpr float kMagic = 12582912.0f + 127.0f;
  const V exponent = hn::MulAdd(x, set(1.44269504088896341f), set(kMagic));
  const V n = hn::Sub(exponent, set(kMagic));
  V r = hn::NegMulAdd(n, set(0.693145751953125f), x);
  r = hn::NegMulAdd(n, set(1.428606765330187e-6f), r);
  V p = hn::MulAdd(set(0x1.0F9F9Cp-7f), r, set(0x1.573A1Ap-5f));
  p = hn::MulAdd(p, r, set(0x1.555A80p-3f));
  p = hn::MulAdd(p, r, set(0x1.FFFDC6p-2f));
  p = hn::MulAdd(p, r, set(0x1.FFFFF6p-1f));
  return {exponent, r, p};
}

// 2^(n - less) for n - less in [-127, 127]; -127 gives 0.
template <uint32_t kLess>
HWY_INLINE V scale_of(const ExpParts& e) {
  const hn::RebindToUnsigned<Floats> bits;
  const auto word = hn::BitCast(bits, e.exponent);
  if constexpr (kLess == 0) return hn::BitCast(kFloats, hn::ShiftLeft<23>(word));
  return hn::BitCast(kFloats, hn::ShiftLeft<23>(hn::Sub(word, hn::Set(bits, kLess))));
}

// Within 3 ulp above -86.6, and 0 where floats become denormal.
HWY_INLINE V exp_of(V x) {
  const ExpParts e = exp_parts(clamp_to(x, -87.3f, 89.0f));
  // Half of the result first: 2^128 is not a float, but results just below it are.
  const V half = scale_of<1>(e);
  const V y = hn::MulAdd(hn::Mul(e.r, half), e.p, half);
  return hn::Add(y, y);
}

// 1 / (1 + exp(-x)); within 4 ulp for x > -87.
HWY_INLINE V sigmoid_of(V x) {
  const ExpParts e = exp_parts(hn::Neg(clamp_to(x, -88.0f, 87.3f)));
  const V scale = scale_of<0>(e);
  const V one = set(1.0f);
  return hn::Div(one, hn::Add(hn::MulAdd(hn::Mul(e.r, scale), e.p, scale), one));
}

// x P(x^2) / Q(x^2), the minimax fit that Eigen uses (degrees 13 and 6), up to where it gives exactly 1, which
// depends on the rounding of its multiply-adds. Within 6 ulp.
HWY_INLINE V tanh_of(V v) {
  constexpr float kLimit = HWY_TARGET <= HWY_AVX2 ? 7.99881172180175781f : 7.90531110763549805f;
  const V x = clamp_to(v, -kLimit, kLimit);
  const V s = hn::Mul(x, x);
  V p = hn::MulAdd(set(-2.76076847742355e-16f), s, set(2.00018790482477e-13f));
  p = hn::MulAdd(p, s, set(-8.60467152213735e-11f));
  p = hn::MulAdd(p, s, set(5.12229709037114e-08f));
  p = hn::MulAdd(p, s, set(1.48572235717979e-05f));
  p = hn::MulAdd(p, s, set(6.37261928875436e-04f));
  p = hn::MulAdd(p, s, set(4.89352455891786e-03f));
  V q = hn::MulAdd(set(1.19825839466702e-06f), s, set(1.18534705686654e-04f));
  q = hn::MulAdd(q, s, set(2.26843463243900e-03f));
  q = hn::MulAdd(q, s, set(4.89352518554385e-03f));
  return hn::Div(hn::Mul(x, p), q);
}

HWY_INLINE V log_of(V x) {
  const V infinity = set(std::numeric_limits<float>::infinity());
  V y = hn::Log(kFloats, x);
  y = hn::IfThenElse(hn::Eq(x, hn::Zero(kFloats)), hn::Neg(infinity), y);
  // Negative: NaN. Infinite and NaN: itself.
  y = hn::IfThenElse(hn::Lt(x, infinity), y, x);
  return hn::IfThenElse(hn::Lt(x, hn::Zero(kFloats)), set(std::numeric_limits<float>::quiet_NaN()), y);
}

// log(1 + e) for e in [0, 1]: 2 atanh(s), s = e / (2 + e) <= 1/3, by its series.
HWY_INLINE V log1p_of_fraction(V e) {
  const V s = hn::Div(e, hn::Add(e, set(2.0f)));
  const V square = hn::Mul(s, s);
  V p = hn::MulAdd(set(2.0f / 15), square, set(2.0f / 13));
  p = hn::MulAdd(p, square, set(2.0f / 11));
  p = hn::MulAdd(p, square, set(2.0f / 9));
  p = hn::MulAdd(p, square, set(2.0f / 7));
  p = hn::MulAdd(p, square, set(2.0f / 5));
  p = hn::MulAdd(p, square, set(2.0f / 3));
  return hn::MulAdd(hn::Mul(p, square), s, hn::Add(s, s));
}

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), which neither overflows nor cancels.
HWY_INLINE V softplus_of(V x) {
  return hn::Add(max_or_second(hn::Zero(kFloats), x), log1p_of_fraction(exp_of(hn::Neg(hn::Abs(x)))));
}

// Highway's sine and cosine hold for |x| <= 39000; vectors with anything larger go through the C library.
template <class Fast>
HWY_INLINE V circular(V x, Fast fast, float (*exact)(float)) {
  if (HWY_LIKELY(hn::AllTrue(kFloats, hn::Le(hn::Abs(x), set(39000.0f))))) return fast(x);
  HWY_ALIGN float buffer[kLanes];
  hn::Store(x, kFloats, buffer);
  for (float& element : buffer) element = exact(element);
  return hn::Load(kFloats, buffer);
}

struct FastSin {
  HWY_INLINE V operator()(V x) const { return hn::Sin(kFloats, x); }
};
struct FastCos {
  HWY_INLINE V operator()(V x) const { return hn::Cos(kFloats, x); }
};

HWY_INLINE V sin_of(V x) { return circular(x, FastSin(), static_cast<float (*)(float)>(std::sin)); }
HWY_INLINE V cos_of(V x) { return circular(x, FastCos(), static_cast<float (*)(float)>(std::cos)); }

HWY_INLINE V pow_of(V a, V b) {
  HWY_ALIGN float base[kLanes];
  HWY_ALIGN float power[kLanes];
  hn::Store(a, kFloats, base);
  hn::Store(b, kFloats, power);
  for (size_t i = 0; i < kLanes; ++i) base[i] = std::pow(base[i], power[i]);
  return hn::Load(kFloats, base);
}

}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
