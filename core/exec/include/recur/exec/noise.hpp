// The numbers behind the noise operators, shared by the reference and the native executor.
//
// Element i of a noise node at time step t is word i % 4 of philox(counter {i / 4, t, stream, update}, key seed), so it
// depends neither on how many elements, steps or sequences there are nor on who computes it. Normal: Box-Muller over
// the pair of words u, v of which i is a member, sqrt(-2 log(1 - u)) times cos(2 pi v) for even i, sin(2 pi v) for odd.
// A noise node outside any scan has t = 0; inside, the scan's own t.
//
// Threading: pure functions.
#pragma once

#include <cstdint>

#include "recur/random/philox.hpp"

namespace recur::exec {

// The counter of the block of four words that element i belongs to. The 64-bit stream and update are folded to
// 32 bits (low half xor high half); elements are told apart below 2^34.
PhiloxCounter noise_counter(uint64_t update, uint64_t stream, uint32_t t, uint64_t i);
PhiloxKey noise_key(uint64_t seed);

// [0, 1), 24 bits.
double uniform_at(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, uint64_t i);
double normal_at(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, uint64_t i);

}  // namespace recur::exec
