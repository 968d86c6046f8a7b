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

// exp(x) = 2^n exp(r), |r| <= ln(2) / 2: the polynomial of Cephes' expf.
struct ExpParts {
  V fraction;                                      // exp(r)
  hn::Vec<hn::RebindToSigned<Floats>> exponent;    // n
};

HWY_INLINE ExpParts exp_parts(V x) {
  const V n = hn::Round(hn::Mul(x, set(1.44269504088896341f)));
  V r = hn::NegMulAdd(n, set(0.693359375f), x);
  r = hn::MulAdd(n, set(2.12194440e-4f), r);
  V p = hn::MulAdd(set(1.9875691500e-4f), r, set(1.3981999507e-3f));
  p = hn::MulAdd(p, r, set(8.3334519073e-3f));
  p = hn::MulAdd(p, r, set(4.1665795894e-2f));
  p = hn::MulAdd(p, r, set(1.6666665459e-1f));
  p = hn::MulAdd(p, r, set(5.0000001201e-1f));
  const V fraction = hn::Add(hn::MulAdd(hn::Mul(r, r), p, r), set(1.0f));
  return {fraction, hn::ConvertTo(hn::RebindToSigned<Floats>(), n)};
}

// 2^n for n in [-127, 127]; -127 gives 0.
HWY_INLINE V power_of_two(hn::Vec<hn::RebindToSigned<Floats>> n) {
  const hn::RebindToSigned<Floats> ints;
  return hn::BitCast(kFloats, hn::ShiftLeft<23>(hn::Add(n, hn::Set(ints, 127))));
}

// Within 2 ulp, denormal results included.
HWY_INLINE V exp_of(V x) {
  const ExpParts e = exp_parts(clamp_to(x, -104.0f, 89.0f));
  const auto half = hn::ShiftRight<1>(e.exponent);
  return hn::Mul(hn::Mul(e.fraction, power_of_two(half)), power_of_two(hn::Sub(e.exponent, half)));
}

// exp for x in [-88, 88], flushed to 0 below the normal numbers.
HWY_INLINE V exp_in_range(V x) {
  const ExpParts e = exp_parts(x);
  return hn::Mul(e.fraction, power_of_two(e.exponent));
}

// 1 / (1 + exp(-x)); relative error within 4 ulp for x > -87.
HWY_INLINE V sigmoid_of(V x) {
  const V e = exp_in_range(clamp_to(hn::Neg(x), -88.0f, 88.0f));
  return hn::Div(set(1.0f), hn::Add(e, set(1.0f)));
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

// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)), which neither overflows nor cancels.
HWY_INLINE V softplus_of(V x) {
  const V e = exp_of(hn::Neg(hn::Abs(x)));
  return hn::Add(max_or_second(hn::Zero(kFloats), x), hn::Log1p(kFloats, e));
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
