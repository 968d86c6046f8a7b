// The numbers behind the noise operators, shared by the reference and the native executor.
//
// Element i of a noise node at time step t is word i % 4 of philox(counter {i / 4, t, stream, update}, key seed)
// (normal: Box-Muller over the pair of words of which i is a member), so it depends neither on how many elements,
// steps or sequences there are nor on who computes it. A noise node outside any scan has t = 0; inside, the scan's own t.
//
// Threading: pure functions.
#pragma once

#include <cstdint>

namespace recur::exec {

// [0, 1), 24 bits.
double uniform_at(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, uint64_t i);
double normal_at(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, uint64_t i);

}  // namespace recur::exec
