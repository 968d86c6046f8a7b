// The innermost part of a matrix product: tiles of c that stay in registers while k goes by.
//
// c [m, n] = a [m, k] b [k, n] + d. Every element has one accumulator, which begins from d and takes one fused
// multiply-add for each k in rising order; where k is cut into blocks the partial sum waits in c. So an element
// has the same bits whichever tile it falls into.
#if defined(RECUR_EXEC_TILE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RECUR_EXEC_TILE_INL_HPP
#undef RECUR_EXEC_TILE_INL_HPP
#else
#define RECUR_EXEC_TILE_INL_HPP
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {

// Accumulators, one row of b and one broadcast element of a fill the registers: 6 x 4 + 4 + 1 of 32 with AVX-512,
// 6 x 2 + 2 + 1 of 16 otherwise.
inline constexpr size_t kPanelVectors = HWY_TARGET <= HWY_AVX3 ? 4 : 2;
inline constexpr size_t kPanelWidth = kPanelVectors * kLanes;
inline constexpr size_t kTileRows = 6;
// Rows of b that a panel passes through the first-level cache at once: 32 KB of floats.
inline constexpr size_t kBlockDepth = 8192 / kPanelWidth;

constexpr size_t round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

struct Sizes {
  size_t m, n, k;
};

// One tile's operands. a[r * a_row + kk * a_step]; b: rows of `kVectors` vectors; d may be null (zero) or c.
struct TileArguments {
  size_t k;
  const float* a;
  size_t a_row, a_step;
  const float* b;
  const float* d;
  size_t ld_d;
  float* c;
  size_t ldc;
  size_t last;  // columns in the last vector, 1 ... kLanes
};

template <size_t kRows, size_t kVectors>
void multiply_tile(const TileArguments& t) {
  V sum[kRows][kVectors];
  const size_t last = t.last;
  const float* d = t.d;
  if (d == nullptr) {
    HWY_UNROLL(8)
    for (size_t r = 0; r < kRows; ++r) {
      HWY_UNROLL(8)
      for (size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(kFloats);
    }
  } else {
    HWY_UNROLL(8)
    for (size_t r = 0; r < kRows; ++r) {
      HWY_UNROLL(8)
      for (size_t v = 0; v + 1 < kVectors; ++v) sum[r][v] = load(d + r * t.ld_d + v * kLanes);
      const float* p = d + r * t.ld_d + (kVectors - 1) * kLanes;
      sum[r][kVectors - 1] = last == kLanes ? load(p) : load_first(p, last);
    }
  }

  const float* HWY_RESTRICT a = t.a;
  const float* HWY_RESTRICT b = t.b;
  const size_t a_row = t.a_row;
  const size_t a_step = t.a_step;
  for (size_t k = t.k; k != 0; --k) {
    V row_of_b[kVectors];
    HWY_UNROLL(8)
    for (size_t v = 0; v < kVectors; ++v) row_of_b[v] = load(b + v * kLanes);
    HWY_UNROLL(8)
    for (size_t r = 0; r < kRows; ++r) {
      const V element = set(a[r * a_row]);
      HWY_UNROLL(8)
      for (size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(element, row_of_b[v], sum[r][v]);
    }
    a += a_step;
    b += kVectors * kLanes;
  }

  float* c = t.c;
  HWY_UNROLL(8)
  for (size_t r = 0; r < kRows; ++r) {
    HWY_UNROLL(8)
    for (size_t v = 0; v + 1 < kVectors; ++v) store(sum[r][v], c + r * t.ldc + v * kLanes);
    float* p = c + r * t.ldc + (kVectors - 1) * kLanes;
    if (last == kLanes) store(sum[r][kVectors - 1], p);
    else store_first(sum[r][kVectors - 1], p, last);
  }
}

using Tile = void (*)(const TileArguments&);

template <size_t kVectors>
inline constexpr Tile kTiles[kTileRows] = {multiply_tile<1, kVectors>, multiply_tile<2, kVectors>,
                                           multiply_tile<3, kVectors>, multiply_tile<4, kVectors>,
                                           multiply_tile<5, kVectors>, multiply_tile<6, kVectors>};

// kTiles of a panel of `vectors` vectors: [rows - 1].
HWY_INLINE const Tile* tiles_for(size_t vectors) {
  if constexpr (kPanelVectors == 4) {
    if (vectors == 4) return kTiles<4>;
    if (vectors == 3) return kTiles<3>;
  }
  return vectors == 2 ? kTiles<2> : kTiles<1>;
}

// b [k, n] with row stride ld (or [n, k] where transposed) into panels of kPanelWidth columns.
inline void pack_panels(const float* b, size_t k, size_t n, size_t ld, bool transposed, float* packed) {
  for (size_t j = 0; j < n; j += kPanelWidth) {
    const size_t used = std::min(kPanelWidth, n - j);
    const size_t width = round_up(used, kLanes);
    for (size_t kk = 0; kk < k; ++kk) {
      float* out = packed + kk * width;
      if (transposed) {
        for (size_t c = 0; c < used; ++c) out[c] = b[(j + c) * ld + kk];
      } else {
        std::copy_n(b + kk * ld + j, used, out);
      }
      std::fill(out + used, out + width, 0.0f);
    }
    packed += k * width;
  }
}

inline void multiply_panels(Sizes size, const float* a, size_t lda, const float* packed, const float* d, size_t ld_d,
                            float* c, size_t ldc) {
  if (size.m == 0) return;
  const size_t tile_count = (size.m + kTileRows - 1) / kTileRows;
  const size_t base = size.m / tile_count;
  const size_t larger = size.m % tile_count;  // so many tiles have a row more
  for (size_t j = 0; j < size.n; j += kPanelWidth) {
    const size_t used = std::min(kPanelWidth, size.n - j);
    const size_t width = round_up(used, kLanes);
    const Tile* tiles = tiles_for(width / kLanes);
    TileArguments t{};
    t.a_row = lda;
    t.a_step = 1;
    t.ldc = ldc;
    t.last = used - (width - kLanes);
    size_t k = 0;
    do {
      t.k = std::min(kBlockDepth, size.k - k);
      t.b = packed + k * width;
      const float* from = k == 0 ? d : c;
      t.ld_d = k == 0 ? ld_d : ldc;
      size_t i = 0;
      for (size_t tile = 0; tile < tile_count; ++tile) {
        const size_t rows = base + (tile < larger ? 1 : 0);
        t.a = a + i * lda + k;
        t.c = c + i * ldc + j;
        t.d = from == nullptr ? nullptr : from + i * t.ld_d + j;
        tiles[rows - 1](t);
        i += rows;
      }
      k += t.k;
    } while (k < size.k);
    packed += size.k * width;
  }
}

}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
