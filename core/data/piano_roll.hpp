// Piano rolls in JSON: {"train": [piece, ...], "valid": ..., "test": ...}, a piece a list of steps, a step a list of MIDI pitches.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "recur/data/piece.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

using PianoRolls = std::array<std::vector<Piece>, kParts.size()>;

// A pitch that stands twice in a step, as of voices in unison, is one key. Throws UserError: no JSON (with line and column), another
// structure, a pitch that the piano lacks, a piece without steps, no piece to train on.
PianoRolls read_piano_rolls(const std::string& path);

}  // namespace recur::data
