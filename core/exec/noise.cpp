#include "recur/exec/noise.hpp"

#include <cmath>
#include <numbers>

namespace recur::exec {

PhiloxCounter noise_counter(uint64_t update, uint64_t stream, uint32_t t, uint64_t i) {
  const auto fold = [](uint64_t wide) { return static_cast<uint32_t>(wide) ^ static_cast<uint32_t>(wide >> 32); };
  return {static_cast<uint32_t>(i / 4), t, fold(stream), fold(update)};
}

PhiloxKey noise_key(uint64_t seed) { return {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)}; }

double uniform_at(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, uint64_t i) {
  return unit_interval(philox(noise_counter(update, stream, t, i), noise_key(seed))[i % 4]);
}

double normal_at(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, uint64_t i) {
  const PhiloxCounter words = philox(noise_counter(update, stream, t, i), noise_key(seed));
  const uint64_t pair = i % 4 / 2 * 2;
  const double radius = std::sqrt(-2.0 * std::log(1.0 - unit_interval(words[pair])));
  const double angle = 2.0 * std::numbers::pi * unit_interval(words[pair + 1]);
  return radius * (i % 2 == 0 ? std::cos(angle) : std::sin(angle));
}

}  // namespace recur::exec
