// Noise in blocks: as many Philox counters at once as a vector has lanes. The words are those of noise.hpp.
#include "kernels.hpp"
#include "kernels/targets.hpp"
#include "recur/exec/noise.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/noise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/functions-inl.hpp"
#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {
namespace {

using Words = hn::RebindToUnsigned<Floats>;
using W = hn::Vec<Words>;
inline constexpr Words kWords{};

struct Wide {
  W low, high;
};

// The 64-bit products of 32-bit words, as low and high halves.
HWY_INLINE Wide multiply_wide(W a, uint32_t factor) {
#if HWY_TARGET == HWY_SCALAR
  const uint64_t product = uint64_t{hn::GetLane(a)} * factor;
  return {hn::Set(kWords, static_cast<uint32_t>(product)), hn::Set(kWords, static_cast<uint32_t>(product >> 32))};
#else
  const hn::RepartitionToWide<Words> wide;
  const W f = hn::Set(kWords, factor);
  const W even = hn::BitCast(kWords, hn::MulEven(a, f));
  const W odd = hn::BitCast(kWords, hn::MulEven(hn::BitCast(kWords, hn::ShiftRight<32>(hn::BitCast(wide, a))), f));
  return {hn::OddEven(hn::DupEven(odd), even), hn::OddEven(odd, hn::DupOdd(even))};
#endif
}

struct Block {
  W word[4];
};

// philox({first + lane, c1, c2, c3}, key) of each lane.
HWY_INLINE Block philox_block(uint32_t first, const PhiloxCounter& counter, PhiloxKey key) {
  W c0 = hn::Add(hn::Set(kWords, first), hn::Iota(kWords, 0));
  W c1 = hn::Set(kWords, counter[1]), c2 = hn::Set(kWords, counter[2]), c3 = hn::Set(kWords, counter[3]);
  for (int round = 0; round < 10; ++round) {
    const Wide p0 = multiply_wide(c0, 0xD2511F53);
    const Wide p1 = multiply_wide(c2, 0xCD9E8D57);
    c0 = hn::Xor(hn::Xor(p1.high, c1), hn::Set(kWords, key[0]));
    c1 = p1.low;
    c2 = hn::Xor(hn::Xor(p0.high, c3), hn::Set(kWords, key[1]));
    c3 = p0.low;
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return {{c0, c1, c2, c3}};
}

// [0, 1) from the upper 24 bits: exact.
HWY_INLINE V unit_of(W word) {
  const hn::RebindToSigned<Floats> ints;
  return hn::Mul(hn::ConvertTo(kFloats, hn::BitCast(ints, hn::ShiftRight<8>(word))), set(1.0f / 16777216.0f));
}

struct Values {
  V v[4];  // v[w]: element w of each block of four
};

struct Uniform {
  HWY_INLINE Values operator()(const Block& b) const {
    return {{unit_of(b.word[0]), unit_of(b.word[1]), unit_of(b.word[2]), unit_of(b.word[3])}};
  }
};

// Box-Muller: sqrt(-2 log(1 - u)) times cos and sin of 2 pi v. The angle is cut to a quarter turn in whole units of
// 2^-24 turns, so no accuracy is lost to the reduction.
struct Normal {
  static HWY_INLINE void pair(W first, W second, V* even, V* odd) {
    const hn::RebindToSigned<Floats> ints;
    const V one_minus_u = hn::Sub(set(1.0f), unit_of(first));
    const V radius = hn::Sqrt(hn::Mul(set(-2.0f), hn::Log(kFloats, one_minus_u)));
    // turn = quarter / 4 + rest, rest in [-1/8, 1/8).
    const auto steps = hn::ShiftRight<8>(second);
    const auto quarter = hn::ShiftRight<22>(hn::Add(steps, hn::Set(kWords, 1u << 21)));
    const auto whole = hn::ShiftLeft<22>(quarter);
    const V rest = hn::ConvertTo(kFloats, hn::BitCast(ints, hn::Sub(steps, whole)));
    const V angle = hn::Mul(rest, set(6.283185307179586f / 16777216.0f));
    const V s = hn::Mul(angle, angle);
    V sine = hn::MulAdd(set(-1.9515295891e-4f), s, set(8.3321608736e-3f));
    sine = hn::MulAdd(sine, s, set(-1.6666654611e-1f));
    sine = hn::MulAdd(hn::Mul(sine, s), angle, angle);
    V cosine = hn::MulAdd(set(2.443315711809948e-5f), s, set(-1.388731625493765e-3f));
    cosine = hn::MulAdd(cosine, s, set(4.166664568298827e-2f));
    cosine = hn::MulAdd(hn::Mul(cosine, s), s, hn::NegMulAdd(set(0.5f), s, set(1.0f)));
    // A quarter turn swaps sine and cosine; the sign bits follow the quadrant.
    const auto one = hn::Set(kWords, 1u);
    const auto swap = hn::RebindMask(kFloats, hn::Eq(hn::And(quarter, one), one));
    const V x = hn::IfThenElse(swap, sine, cosine);
    const V y = hn::IfThenElse(swap, cosine, sine);
    const V x_sign = hn::BitCast(kFloats, hn::ShiftLeft<30>(hn::And(hn::Add(quarter, one), hn::Set(kWords, 2u))));
    const V y_sign = hn::BitCast(kFloats, hn::ShiftLeft<30>(hn::And(quarter, hn::Set(kWords, 2u))));
    *even = hn::Mul(radius, hn::Xor(x, x_sign));
    *odd = hn::Mul(radius, hn::Xor(y, y_sign));
  }

  HWY_INLINE Values operator()(const Block& b) const {
    Values values;
    pair(b.word[0], b.word[1], &values.v[0], &values.v[1]);
    pair(b.word[2], b.word[3], &values.v[2], &values.v[3]);
    return values;
  }
};

template <class Distribution>
HWY_INLINE void fill_with(const PhiloxCounter& counter, PhiloxKey key, size_t n, float* out) {
  const Distribution distribution;
  for (size_t i = 0; i < n; i += 4 * kLanes) {
    const Values x = distribution(philox_block(static_cast<uint32_t>(i / 4), counter, key));
    if (i + 4 * kLanes <= n) {
      hn::StoreInterleaved4(x.v[0], x.v[1], x.v[2], x.v[3], kFloats, out + i);
    } else {
      HWY_ALIGN float buffer[4 * kLanes];
      hn::StoreInterleaved4(x.v[0], x.v[1], x.v[2], x.v[3], kFloats, buffer);
      std::copy_n(buffer, n - i, out + i);
    }
  }
}

void do_fill_uniform(const PhiloxCounter& counter, PhiloxKey key, size_t n, float* out) {
  fill_with<Uniform>(counter, key, n, out);
}

void do_fill_normal(const PhiloxCounter& counter, PhiloxKey key, size_t n, float* out) {
  fill_with<Normal>(counter, key, n, out);
}

}  // namespace
}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace recur::exec {

HWY_EXPORT(do_fill_uniform);
HWY_EXPORT(do_fill_normal);

void fill_uniform(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, size_t n, float* out) {
  HWY_DYNAMIC_DISPATCH(do_fill_uniform)(noise_counter(update, stream, t, 0), noise_key(seed), n, out);
}

void fill_normal(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, size_t n, float* out) {
  HWY_DYNAMIC_DISPATCH(do_fill_normal)(noise_counter(update, stream, t, 0), noise_key(seed), n, out);
}

}  // namespace recur::exec
#endif
