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
#include <array>
#include <cstddef>
#include <utility>

#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {

// A panel is as many columns of b as a tile is wide: four vectors where there are 32 registers, else two.
inline constexpr size_t kRegisters = HWY_TARGET <= HWY_AVX3 ? 32 : 16;
inline constexpr size_t kPanelVectors = kRegisters / 8;
inline constexpr size_t kPanelWidth = kPanelVectors * kLanes;
// Rows of b that a panel passes through the first-level cache at once: 32 KB of floats.
inline constexpr size_t kBlockDepth = 8192 / kPanelWidth;

// Products with many rows are cut into blocks of kBlockRows x kBlockColumns of c, which stay in the second-level cache (768 KB)
// while k goes by in steps of kBlockDepth.
inline constexpr size_t kBlockRows = 384;
inline constexpr size_t kBlockColumns = 512;

// The highest tile whose accumulators, row of b and broadcast element of a fit the registers. Narrow tiles are
// higher, so that there are always enough independent sums to hide the latency of a multiply-add.
template <size_t kVectors>
inline constexpr size_t kMaxRows = std::min<size_t>(12, (kRegisters - 1 - kVectors) / kVectors);

// What is read ahead where one tile is all there is to a block: about eight thousand bytes.
inline constexpr size_t kReadAhead = 2048;

constexpr size_t round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

// One tile's operands: a[r * a_row + kk * a_step], b[kk * b_step + column], d null (zero) or a matrix or c.
struct TileArguments {
  size_t k;
  const float* a;
  size_t a_row, a_step;
  const float* b;
  size_t b_step;
  const float* d;
  size_t ld_d;
  float* c;
  size_t ldc;
  size_t last;        // columns in the last vector, 1 ... kLanes
  const float* next;  // brought into the cache on the way
  size_t next_step;
  size_t next_share;  // from where one tile begins to fetch to where the one after it does
  float* copy;        // where a copying tile leaves the panel of b that it reads
};

// kFetch: vectors of `next` fetched for each k. kCopy: packs b on the way, which costs nothing beside the products.
template <size_t kRows, size_t kVectors, size_t kFetch, bool kCopy>
void multiply_tile(const TileArguments& t) {
  V sum[kRows][kVectors];
  const size_t last = t.last;
  if (t.d == nullptr) {
    HWY_UNROLL(16)
    for (size_t r = 0; r < kRows; ++r) {
      HWY_UNROLL(4)
      for (size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(kFloats);
    }
  } else {
    HWY_UNROLL(16)
    for (size_t r = 0; r < kRows; ++r) {
      const float* d = t.d + r * t.ld_d;
      HWY_UNROLL(4)
      for (size_t v = 0; v + 1 < kVectors; ++v) sum[r][v] = load(d + v * kLanes);
      d += (kVectors - 1) * kLanes;
      sum[r][kVectors - 1] = last == kLanes ? load(d) : load_first(d, last);
    }
  }

  const float* HWY_RESTRICT a = t.a;
  const float* HWY_RESTRICT b = t.b;
  const float* next = t.next;
  float* HWY_RESTRICT copy = t.copy;
  const size_t a_row = t.a_row, a_step = t.a_step, b_step = t.b_step, next_step = t.next_step;
  for (size_t k = t.k; k != 0; --k) {
    V row_of_b[kVectors];
    HWY_UNROLL(4)
    for (size_t v = 0; v < kVectors; ++v) row_of_b[v] = load(b + v * kLanes);
    HWY_UNROLL(4)
    for (size_t v = 0; v < kFetch; ++v) {
      // Tiles of one or two rows want b at once; the others pass by slowly enough for the second-level cache.
      __builtin_prefetch(next + v * kLanes, 0, kRows <= 2 ? 3 : 2);
    }
    HWY_UNROLL(16)
    for (size_t r = 0; r < kRows; ++r) {
      const V element = set(a[r * a_row]);
      HWY_UNROLL(4)
      for (size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(element, row_of_b[v], sum[r][v]);
    }
    if constexpr (kCopy) {
      HWY_UNROLL(4)
      for (size_t v = 0; v < kVectors; ++v) store(row_of_b[v], copy + v * kLanes);
      copy += kVectors * kLanes;
    }
    a += a_step;
    b += b_step;
    next += next_step;
  }

  HWY_UNROLL(16)
  for (size_t r = 0; r < kRows; ++r) {
    float* c = t.c + r * t.ldc;
    HWY_UNROLL(4)
    for (size_t v = 0; v + 1 < kVectors; ++v) store(sum[r][v], c + v * kLanes);
    c += (kVectors - 1) * kLanes;
    if (last == kLanes) store(sum[r][kVectors - 1], c);
    else store_first(sum[r][kVectors - 1], c, last);
  }
}

using Tile = void (*)(const TileArguments&);

template <size_t kVectors, size_t kFetch, bool kCopy, size_t... kRow>
constexpr std::array<Tile, sizeof...(kRow)> make_tiles(std::index_sequence<kRow...>) {
  return {multiply_tile<kRow + 1, kVectors, kFetch, kCopy>...};
}

// [rows - 1]
template <size_t kVectors, size_t kFetch, bool kCopy = false>
inline constexpr std::array<Tile, kMaxRows<kVectors>> kTiles =
    make_tiles<kVectors, kFetch, kCopy>(std::make_index_sequence<kMaxRows<kVectors>>());

// How a panel of one width is cut into tiles: `larger` tiles of base + 1 rows, the rest of base rows.
struct Cut {
  const Tile* tiles;
  size_t count, base, larger;
  size_t fetch;         // vectors fetched for each k by each tile
  const Tile* copying;  // like tiles, but packing b; of whole panels only
};

template <size_t kVectors>
HWY_INLINE Cut cut_rows(size_t m) {
  const size_t count = (m + kMaxRows<kVectors> - 1) / kMaxRows<kVectors>;
  Cut cut{kTiles<kVectors, 1>.data(), count, m / count, m % count, 1, nullptr};
  // Between them the tiles fetch the block of b that comes next; few tiles must fetch more each.
  if constexpr (kVectors == kPanelVectors) {
    if (count == 1) {
      cut.tiles = kTiles<kVectors, kVectors>.data();
      cut.fetch = kVectors;
    } else if (count == 2) {
      cut.tiles = kTiles<kVectors, kVectors / 2>.data();
      cut.copying = kTiles<kVectors, kVectors / 2, true>.data();
      cut.fetch = kVectors / 2;
    } else {
      cut.copying = kTiles<kVectors, 1, true>.data();
    }
  }
  return cut;
}

HWY_INLINE Cut cut_rows(size_t m, size_t vectors) {
  if constexpr (kPanelVectors == 4) {
    if (vectors == 4) return cut_rows<4>(m);
    if (vectors == 3) return cut_rows<3>(m);
  }
  return vectors == 2 ? cut_rows<2>(m) : cut_rows<1>(m);
}

// A panel of `vectors` vectors cut into the rows that a full panel would be cut into.
HWY_INLINE Cut cut_as_full_panel(size_t m, size_t vectors) {
  Cut cut = cut_rows<kPanelVectors>(m);
  if (vectors == kPanelVectors) return cut;
  cut.fetch = 1;
  cut.copying = nullptr;
  cut.tiles = kTiles<1, 1>.data();
  if constexpr (kPanelVectors == 4) {
    if (vectors == 3) cut.tiles = kTiles<3, 1>.data();
    if (vectors == 2) cut.tiles = kTiles<2, 1>.data();
  }
  return cut;
}

// One panel of c: all its rows, a block of k. t holds everything but the rows' places; t.next is the row of b that
// follows the block. Where packed_a, t.a is what pack_rows made. Where t.copy is not null, b is not packed yet: the
// first tile does it, for the others.
HWY_INLINE void multiply_panel(const Cut& cut, TileArguments t, bool packed_a = false) {
  const float* next = t.next;
  const size_t shares = kPanelVectors / cut.fetch;
  for (size_t tile = 0; tile < cut.count; ++tile) {
    const size_t rows = cut.base + (tile < cut.larger ? 1 : 0);
    t.next = next + tile % shares * t.next_share;
    if (packed_a) t.a_step = rows;
    if (t.copy != nullptr) {
      cut.copying[rows - 1](t);
      t.b = t.copy;
      t.b_step = kPanelWidth;
      t.copy = nullptr;
    } else {
      cut.tiles[rows - 1](t);
    }
    t.a += rows * (packed_a ? t.k : t.a_row);
    t.c += rows * t.ldc;
    if (t.d != nullptr) t.d += rows * t.ld_d;
  }
}

}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
