// Kernels over the rows of a matrix: reductions, softmax, layer normalisation, cross-entropy. A row is summed in
// an order that depends on its length alone.
#include "kernels.hpp"
#include "kernels/targets.hpp"

#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/rows.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/functions-inl.hpp"
#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {
namespace {

HWY_INLINE float sum_lanes(V v) { return hn::GetLane(hn::SumOfLanes(kFloats, v)); }

// Sums term(c) over a row; term(c, count) is the value of the last `count` elements with 0 in the other lanes.
template <class Term>
HWY_INLINE float sum_row(size_t cols, const Term& term) {
  V even = hn::Zero(kFloats), odd = hn::Zero(kFloats);
  size_t c = 0;
  for (; c + 2 * kLanes <= cols; c += 2 * kLanes) {
    even = hn::Add(even, term(c));
    odd = hn::Add(odd, term(c + kLanes));
  }
  if (c + kLanes <= cols) {
    even = hn::Add(even, term(c));
    c += kLanes;
  }
  if (c < cols) odd = hn::Add(odd, term(c, cols - c));
  return sum_lanes(hn::Add(even, odd));
}

// out[c] = value(c) over a row.
template <class Value>
HWY_INLINE void map_row(size_t cols, float* out, const Value& value) {
  size_t c = 0;
  for (; c + kLanes <= cols; c += kLanes) store(value(c), out + c);
  if (c < cols) store_first(value(c, cols - c), out + c, cols - c);
}

HWY_INLINE V at(const float* x, size_t c) { return load(x + c); }
HWY_INLINE V at(const float* x, size_t c, size_t count) { return load_first(x + c, count); }
HWY_INLINE V keep(V v) { return v; }
HWY_INLINE V keep(V v, size_t count) { return hn::IfThenElseZero(hn::FirstN(kFloats, count), v); }

struct Element {
  const float* x;
  template <class... Count>
  HWY_INLINE V operator()(size_t c, Count... count) const {
    return at(x, c, count...);
  }
};

struct Centred {  // x - mean
  const float* x;
  float mean;
  template <class... Count>
  HWY_INLINE V operator()(size_t c, Count... count) const {
    return keep(hn::Sub(at(x, c, count...), set(mean)), count...);
  }
};

struct SquaredDistance {
  Centred centred;
  template <class... Count>
  HWY_INLINE V operator()(size_t c, Count... count) const {
    const V v = centred(c, count...);
    return hn::Mul(v, v);
  }
};

struct Scaled {  // (x - mean) * factor
  Centred centred;
  float factor;
  template <class... Count>
  HWY_INLINE V operator()(size_t c, Count... count) const {
    return hn::Mul(centred(c, count...), set(factor));
  }
};

struct Product {  // d * normalised
  const float* d;
  Scaled normalised;
  template <class... Count>
  HWY_INLINE V operator()(size_t c, Count... count) const {
    return hn::Mul(at(d, c, count...), normalised(c, count...));
  }
};

struct Exponential {  // exp(x - top)
  Centred shifted;
  template <class... Count>
  HWY_INLINE V operator()(size_t c, Count... count) const {
    return keep(exp_of(shifted(c, count...)), count...);
  }
};

struct Times {  // x * factor
  const float* x;
  float factor;
  template <class... Count>
  HWY_INLINE V operator()(size_t c, Count... count) const {
    return hn::Mul(at(x, c, count...), set(factor));
  }
};

float max_row(size_t cols, const float* x) {
  // NaN anywhere gives NaN: max_or_second drops a NaN that it has accumulated, so NaN is looked for beside it.
  float top = -std::numeric_limits<float>::infinity();
  V highest = set(top);
  auto nan = hn::IsNaN(highest);
  size_t c = 0;
  for (; c + kLanes <= cols; c += kLanes) {
    const V v = load(x + c);
    nan = hn::Or(nan, hn::IsNaN(v));
    highest = max_or_second(v, highest);
  }
  if (c < cols) {
    const V v = hn::IfThenElse(hn::FirstN(kFloats, cols - c), load_first(x + c, cols - c), set(top));
    nan = hn::Or(nan, hn::IsNaN(v));
    highest = max_or_second(v, highest);
  }
  if (!hn::AllFalse(kFloats, nan)) return std::numeric_limits<float>::quiet_NaN();
  return hn::GetLane(hn::MaxOfLanes(kFloats, highest));
}

void do_sum_rows(size_t rows, size_t cols, const float* x, size_t ld, float* out) {
  for (size_t r = 0; r < rows; ++r) out[r] = sum_row(cols, Element{x + r * ld});
}

void do_max_rows(size_t rows, size_t cols, const float* x, size_t ld, float* out) {
  for (size_t r = 0; r < rows; ++r) out[r] = max_row(cols, x + r * ld);
}

// Adds kRows rows to out, in their order.
template <size_t kRows>
HWY_INLINE void add_rows(size_t cols, const float* x, size_t ld, float* out) {
  size_t c = 0;
  for (; c + kLanes <= cols; c += kLanes) {
    V sum = load(out + c);
    for (size_t r = 0; r < kRows; ++r) sum = hn::Add(sum, load(x + r * ld + c));
    store(sum, out + c);
  }
  if (c < cols) {
    V sum = load_first(out + c, cols - c);
    for (size_t r = 0; r < kRows; ++r) sum = hn::Add(sum, load_first(x + r * ld + c, cols - c));
    store_first(sum, out + c, cols - c);
  }
}

void do_sum_columns(size_t rows, size_t cols, const float* x, size_t ld, float* out) {
  for (size_t c = 0; c < cols; ++c) out[c] = 0.0f;
  size_t r = 0;
  for (; r + 8 <= rows; r += 8) add_rows<8>(cols, x + r * ld, ld, out);
  for (; r < rows; ++r) add_rows<1>(cols, x + r * ld, ld, out);
}

void do_softmax_rows(size_t rows, size_t cols, const float* x, size_t ldx, float* out, size_t ldo) {
  for (size_t r = 0; r < rows; ++r, x += ldx, out += ldo) {
    map_row(cols, out, Exponential{{x, max_row(cols, x)}});
    map_row(cols, out, Times{out, 1.0f / sum_row(cols, Element{out})});
  }
}

// log(sum(exp(x - top))) of a row.
HWY_INLINE float log_sum(size_t cols, const float* x, float top) {
  return std::log(sum_row(cols, Exponential{{x, top}}));
}

void do_log_softmax_rows(size_t rows, size_t cols, const float* x, size_t ldx, float* out, size_t ldo) {
  for (size_t r = 0; r < rows; ++r, x += ldx, out += ldo) {
    const float top = max_row(cols, x);
    // Two subtractions: top + log_sum in one float would lose the small part where logits are large.
    const float rest = log_sum(cols, x, top);
    map_row(cols, out, Centred{x, top});
    map_row(cols, out, Centred{out, rest});
  }
}

struct Moments {
  float mean, inverse_deviation;
};

HWY_INLINE Moments moments_of_row(size_t cols, float epsilon, const float* x) {
  const float mean = sum_row(cols, Element{x}) / static_cast<float>(cols);
  const float variance = sum_row(cols, SquaredDistance{{x, mean}}) / static_cast<float>(cols);
  return {mean, 1.0f / std::sqrt(variance + epsilon)};
}

void do_layer_norm_rows(size_t rows, size_t cols, float epsilon, const float* x, size_t ldx, float* out, size_t ldo) {
  for (size_t r = 0; r < rows; ++r, x += ldx, out += ldo) {
    const Moments m = moments_of_row(cols, epsilon, x);
    map_row(cols, out, Scaled{{x, m.mean}, m.inverse_deviation});
  }
}

// With n = normalised x: dx = (d - mean(d) - n mean(d n)) * inverse_deviation.
struct LayerNormGradient {
  const float* d;
  Scaled normalised;
  float mean_d, mean_dn, factor;
  template <class... Count>
  HWY_INLINE V operator()(size_t c, Count... count) const {
    const V centred = hn::Sub(at(d, c, count...), set(mean_d));
    return hn::Mul(hn::NegMulAdd(normalised(c, count...), set(mean_dn), centred), set(factor));
  }
};

void do_layer_norm_gradient_rows(size_t rows, size_t cols, float epsilon, const float* x, size_t ldx, const float* d,
                                 size_t ldd, float* dx, size_t ldo) {
  for (size_t r = 0; r < rows; ++r, x += ldx, d += ldd, dx += ldo) {
    const Moments m = moments_of_row(cols, epsilon, x);
    const Scaled normalised{{x, m.mean}, m.inverse_deviation};
    const float count = static_cast<float>(cols);
    const float mean_d = sum_row(cols, Element{d}) / count;
    const float mean_dn = sum_row(cols, Product{d, normalised}) / count;
    map_row(cols, dx, LayerNormGradient{d, normalised, mean_d, mean_dn, m.inverse_deviation});
  }
}

// A class number kept as a float; false where it is none.
HWY_INLINE bool is_class(float index, size_t cols) { return index >= 0.0f && index < static_cast<float>(cols); }

void do_cross_entropy_rows(size_t rows, size_t cols, const float* x, size_t ldx, const float* index, float* out) {
  for (size_t r = 0; r < rows; ++r, x += ldx) {
    if (!is_class(index[r], cols)) {
      out[r] = std::numeric_limits<float>::quiet_NaN();
      continue;
    }
    const float top = max_row(cols, x);
    out[r] = log_sum(cols, x, top) - (x[static_cast<size_t>(index[r])] - top);
  }
}

void do_cross_entropy_gradient_rows(size_t rows, size_t cols, const float* x, size_t ldx, const float* index,
                                    const float* d, float* dx, size_t ldo) {
  for (size_t r = 0; r < rows; ++r, x += ldx, dx += ldo) {
    const bool valid = is_class(index[r], cols);
    const float scale = valid ? d[r] : std::numeric_limits<float>::quiet_NaN();
    const size_t target = valid ? static_cast<size_t>(index[r]) : 0;
    map_row(cols, dx, Exponential{{x, max_row(cols, x)}});
    map_row(cols, dx, Times{dx, scale / sum_row(cols, Element{dx})});
    dx[target] -= scale;
  }
}

}  // namespace
}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace recur::exec {

HWY_EXPORT(do_sum_rows);
HWY_EXPORT(do_sum_columns);
HWY_EXPORT(do_max_rows);
HWY_EXPORT(do_softmax_rows);
HWY_EXPORT(do_log_softmax_rows);
HWY_EXPORT(do_layer_norm_rows);
HWY_EXPORT(do_layer_norm_gradient_rows);
HWY_EXPORT(do_cross_entropy_rows);
HWY_EXPORT(do_cross_entropy_gradient_rows);

void sum_rows(size_t rows, size_t cols, const float* x, size_t ld, float* out) {
  HWY_DYNAMIC_DISPATCH(do_sum_rows)(rows, cols, x, ld, out);
}

void sum_columns(size_t rows, size_t cols, const float* x, size_t ld, float* out) {
  HWY_DYNAMIC_DISPATCH(do_sum_columns)(rows, cols, x, ld, out);
}

void max_rows(size_t rows, size_t cols, const float* x, size_t ld, float* out) {
  HWY_DYNAMIC_DISPATCH(do_max_rows)(rows, cols, x, ld, out);
}

void softmax_rows(size_t rows, size_t cols, const float* x, size_t ldx, float* out, size_t ldo) {
  HWY_DYNAMIC_DISPATCH(do_softmax_rows)(rows, cols, x, ldx, out, ldo);
}

void log_softmax_rows(size_t rows, size_t cols, const float* x, size_t ldx, float* out, size_t ldo) {
  HWY_DYNAMIC_DISPATCH(do_log_softmax_rows)(rows, cols, x, ldx, out, ldo);
}

void layer_norm_rows(size_t rows, size_t cols, float epsilon, const float* x, size_t ldx, float* out, size_t ldo) {
  HWY_DYNAMIC_DISPATCH(do_layer_norm_rows)(rows, cols, epsilon, x, ldx, out, ldo);
}

void layer_norm_gradient_rows(size_t rows, size_t cols, float epsilon, const float* x, size_t ldx, const float* d,
                              size_t ldd, float* dx, size_t ldo) {
  HWY_DYNAMIC_DISPATCH(do_layer_norm_gradient_rows)(rows, cols, epsilon, x, ldx, d, ldd, dx, ldo);
}

void cross_entropy_rows(size_t rows, size_t cols, const float* x, size_t ldx, const float* index, float* out) {
  HWY_DYNAMIC_DISPATCH(do_cross_entropy_rows)(rows, cols, x, ldx, index, out);
}

void cross_entropy_gradient_rows(size_t rows, size_t cols, const float* x, size_t ldx, const float* index,
                                 const float* d, float* dx, size_t ldo) {
  HWY_DYNAMIC_DISPATCH(do_cross_entropy_gradient_rows)(rows, cols, x, ldx, index, d, dx, ldo);
}

}  // namespace recur::exec
#endif
