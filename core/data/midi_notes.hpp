// The notes of a standard MIDI file (Standard MIDI Files 1.0, RP-001), read from its bytes.
//
// Not by libsmf, which writes them (midi_writer.cpp): version 1.3 ends the whole program at files that are damaged and at some that are
// not (system-exclusive messages in several packets), and leaves out tracks of files that are cut short without a word.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace recur::data {

struct MidiNote {
  int64_t begin = 0, end = 0;  // ticks
  uint8_t channel = 0;         // 0 ... 15
  uint8_t pitch = 0;           // 0 ... 127
};

struct MidiNotes {
  int64_t ticks_per_quarter = 0;
  double tempo = 120;           // quarter notes a minute, the first that is given
  std::vector<MidiNote> notes;  // of all tracks, by their beginning
};

// path: for messages. Throws UserError as read_midi says.
MidiNotes parse_midi(std::string_view bytes, const std::string& path);

}  // namespace recur::data
