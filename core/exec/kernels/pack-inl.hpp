// Bringing b into panels: the order in which tiles read it.
//
// Packed layout of b [k, n]: its columns in panels of kPanelWidth, the last as narrow as whole vectors allow;
// within a panel the rows one after another, padded with zeros.
#if defined(RECUR_EXEC_PACK_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RECUR_EXEC_PACK_INL_HPP
#undef RECUR_EXEC_PACK_INL_HPP
#else
#define RECUR_EXEC_PACK_INL_HPP
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "kernels/tile-inl.hpp"
#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {

// out[c * width + r] = in[r * ld + c], 4 x 4.
HWY_INLINE void transpose_4x4(const float* in, size_t ld, float* out, size_t width) {
#if HWY_TARGET == HWY_SCALAR
  for (size_t r = 0; r < 4; ++r) {
    for (size_t c = 0; c < 4; ++c) out[c * width + r] = in[r * ld + c];
  }
#else
  const hn::FixedTag<float, 4> four;
  const hn::FixedTag<double, 2> pairs;
  const auto r0 = hn::LoadU(four, in), r1 = hn::LoadU(four, in + ld);
  const auto r2 = hn::LoadU(four, in + 2 * ld), r3 = hn::LoadU(four, in + 3 * ld);
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(four, r0, r1));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(four, r0, r1));
  const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(four, r2, r3));
  const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(four, r2, r3));
  hn::StoreU(hn::BitCast(four, hn::InterleaveLower(pairs, low01, low23)), four, out);
  hn::StoreU(hn::BitCast(four, hn::InterleaveUpper(pairs, low01, low23)), four, out + width);
  hn::StoreU(hn::BitCast(four, hn::InterleaveLower(pairs, high01, high23)), four, out + 2 * width);
  hn::StoreU(hn::BitCast(four, hn::InterleaveUpper(pairs, high01, high23)), four, out + 3 * width);
#endif
}

// One panel: k rows of `columns` columns of b, which is [k, n] with row stride ld or, transposed, [n, k].
inline void pack_panel(const float* b, size_t k, size_t columns, size_t ld, bool transposed, float* out) {
  const size_t width = round_up(columns, kLanes);
  if (!transposed) {
    const size_t whole = columns / kLanes * kLanes;
    for (size_t kk = 0; kk < k; ++kk, b += ld, out += width) {
      for (size_t c = 0; c < whole; c += kLanes) store(load(b + c), out + c);
      if (whole < columns) store(load_first(b + whole, columns - whole), out + whole);
    }
    return;
  }
  const size_t square_columns = columns / 4 * 4, square_k = k / 4 * 4;
  for (size_t c = 0; c < square_columns; c += 4) {
    const float* from = b + c * ld;
    for (size_t kk = 0; kk < square_k; kk += 4) transpose_4x4(from + kk, ld, out + kk * width + c, width);
    for (size_t kk = square_k; kk < k; ++kk) {
      for (size_t x = 0; x < 4; ++x) out[kk * width + c + x] = from[x * ld + kk];
    }
  }
  for (size_t c = square_columns; c < columns; ++c) {
    for (size_t kk = 0; kk < k; ++kk) out[kk * width + c] = b[c * ld + kk];
  }
  if (columns < width) {
    for (size_t kk = 0; kk < k; ++kk) std::fill(out + kk * width + columns, out + (kk + 1) * width, 0.0f);
  }
}

// The transposed rows of a tile as the tile reads them: a [k, rows] with row stride ld, to [k, rows] dense.
template <size_t kRows>
HWY_INLINE void pack_tile(const float* HWY_RESTRICT a, size_t ld, size_t k, float* HWY_RESTRICT out) {
  for (; k != 0; --k, a += ld, out += kRows) std::memcpy(out, a, kRows * sizeof(float));
}

// a [k, m] with row stride ld into the tiles of the cut, one after another: m * k floats.
inline void pack_rows(const float* a, size_t ld, size_t k, const Cut& cut, float* out) {
  for (size_t tile = 0; tile < cut.count; ++tile) {
    const size_t rows = cut.base + (tile < cut.larger ? 1 : 0);
    switch (rows) {
      case 6: pack_tile<6>(a, ld, k, out); break;
      case 5: pack_tile<5>(a, ld, k, out); break;
      case 4: pack_tile<4>(a, ld, k, out); break;
      case 3: pack_tile<3>(a, ld, k, out); break;
      case 2: pack_tile<2>(a, ld, k, out); break;
      default: pack_tile<1>(a, ld, k, out); break;
    }
    a += rows;
    out += rows * k;
  }
}

}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
