// Standard MIDI files (Standard MIDI Files 1.0, RP-001, MIDI Manufacturers Association) to piano rolls and back.
//
// Threading: reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "recur/data/piece.hpp"

namespace recur::data {

struct MidiPiece {
  Piece piece;
  double tempo = 120;   // quarter notes a minute where the piece begins
  // Notes that are not in the piece:
  int64_t drums = 0;    // on channel 10
  int64_t outside = 0;  // below A0 or above C8
  int64_t between = 0;  // that no step hears
};

// All tracks and channels together. Of formats 0 and 1, with ticks of a quarter note as the unit of time; tempo changes then move no
// note to another step. Step k hears the keys that are held an eighth of a step after its beginning: what is played a little late or
// long does not matter, and what is shorter than the rest may fall between the steps. A note ends with its first note-off, or note-on
// of velocity 0, or with its track. The piece begins at tick 0 and ends with its last note.
// Throws UserError: a file that cannot be read, is no MIDI file, is cut short or damaged; SMPTE time code; format 2; a piece without a
// step or with more than 100,000.
MidiPiece read_midi(const std::string& path, int64_t steps_per_quarter);
// The same of a file's bytes. name: for messages.
MidiPiece midi_piece(std::string_view bytes, const std::string& name, int64_t steps_per_quarter);

// One track on channel 1. A key that is held over several steps is one note. tempo: quarter notes a minute.
// The file is written whole or not at all. Throws UserError: a tempo outside 4 ... 1000, a file that cannot be written.
void write_midi(const std::string& path, const Piece& piece, int64_t steps_per_quarter, double tempo);

}  // namespace recur::data
