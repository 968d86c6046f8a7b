// Piano rolls in JSON: {"train": [piece, ...], "valid": ..., "test": ...}, a piece a list of steps, a step a list of MIDI pitches.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/task.hpp"

namespace recur::data {

inline constexpr int64_t kLowestPitch = 21, kHighestPitch = 108;  // A0 and C8
inline constexpr int64_t kKeys = kHighestPitch - kLowestPitch + 1;

// The keys held at a step, counted from 0 for the lowest.
using Chord = std::vector<uint8_t>;
using Piece = std::vector<Chord>;
using PianoRolls = std::array<std::vector<Piece>, kParts.size()>;

// Throws UserError: no JSON (with line and column), another structure, a pitch that the piano lacks or that stands twice in a step, a
// piece without steps, no piece to train on.
PianoRolls read_piano_rolls(const std::string& path);

}  // namespace recur::data
