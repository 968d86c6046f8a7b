// A piece of music as a piano roll: the keys that sound at each of its steps, all of one length.
#pragma once

#include <cstdint>
#include <vector>

namespace recur::data {

inline constexpr int64_t kLowestPitch = 21, kHighestPitch = 108;  // MIDI's numbers of the piano's keys: A0 and C8
inline constexpr int64_t kKeys = kHighestPitch - kLowestPitch + 1;

// The keys held at a step in ascending order, counted from 0 for the lowest.
using Chord = std::vector<uint8_t>;
using Piece = std::vector<Chord>;

}  // namespace recur::data
