// The MIDI files of one part of a data set.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/piece.hpp"

namespace recur::data {

struct MidiPieces {
  std::vector<Piece> pieces;
  int64_t drums = 0, outside = 0, between = 0;  // notes, as MidiPiece counts them, of all pieces
  // What of these there is, as words; "" where there is none.
  std::string left_out() const;
};

// path: a MIDI file, or a folder or archive (archive.hpp), whose files named .mid or .midi are taken in the order of their names.
// Throws UserError: what read_midi names, of all files together; what read_archive names.
MidiPieces read_midi_pieces(const std::string& path, int64_t steps_per_quarter);

}  // namespace recur::data
