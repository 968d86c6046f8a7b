#include "recur/random/stream.hpp"

#include <cmath>
#include <numbers>
#include <utility>

namespace recur {

uint64_t stream_key(uint64_t seed, uint64_t replicate, std::string_view purpose) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : purpose) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  const PhiloxCounter mixed =
      philox({static_cast<uint32_t>(hash), static_cast<uint32_t>(hash >> 32), static_cast<uint32_t>(replicate),
              static_cast<uint32_t>(replicate >> 32)},
             {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
  return (uint64_t{mixed[1]} << 32) | mixed[0];
}

Stream::Stream(uint64_t seed, uint64_t replicate, std::string_view purpose)
    : Stream(stream_key(seed, replicate, purpose)) {}

Stream::Stream(uint64_t key) : key_(key) {}

uint32_t Stream::bits() {
  const uint64_t at = position_++;
  if (at % 4 == 0) {
    const uint64_t number = at / 4;
    block_ = philox({static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32), 0, 0},
                    {static_cast<uint32_t>(key_), static_cast<uint32_t>(key_ >> 32)});
  }
  return block_[at % 4];
}

void Stream::seek(uint64_t position) {
  position_ = position - position % 4;
  while (position_ < position) bits();
}

double Stream::uniform() { return unit_interval(bits()); }

double Stream::uniform(double low, double high) { return low + (high - low) * uniform(); }

double Stream::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

uint64_t Stream::below(uint64_t bound) {
  const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  for (;;) {
    const uint64_t high = bits();
    const uint64_t value = (high << 32) | bits();
    if (value < limit) return value % bound;
  }
}

std::vector<uint32_t> Stream::permutation(uint32_t n) {
  std::vector<uint32_t> order(n);
  for (uint32_t i = 0; i < n; ++i) order[i] = i;
  for (uint32_t i = n; i > 1; --i) std::swap(order[i - 1], order[below(i)]);
  return order;
}

}  // namespace recur
