// Standard MIDI files, byte by byte.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace recur::data {

inline std::string bytes_of(std::initializer_list<int> bytes) {
  std::string text;
  for (const int each : bytes) text += static_cast<char>(each);
  return text;
}

inline std::string midi_chunk(const std::string& type, const std::string& holds) {
  const int n = static_cast<int>(holds.size());
  return type + bytes_of({n >> 24 & 255, n >> 16 & 255, n >> 8 & 255, n & 255}) + holds;
}

inline const std::string kEndOfTrackEvent = bytes_of({0, 0xFF, 0x2F, 0});

inline std::string midi_header(int format, int tracks, int division) {
  return midi_chunk("MThd", bytes_of({0, format, tracks >> 8, tracks & 255, division >> 8, division & 255}));
}

// Tracks without their ends; 96 ticks a quarter note.
inline std::string midi_file(const std::vector<std::string>& tracks, int division = 96) {
  std::string file = midi_header(tracks.size() == 1 ? 0 : 1, static_cast<int>(tracks.size()), division);
  for (const std::string& track : tracks) file += midi_chunk("MTrk", track + kEndOfTrackEvent);
  return file;
}

// A note of `length` ticks below 128 that begins `wait` ticks after what is before it.
inline std::string midi_note(int pitch, int length, int wait = 0, int channel = 0) {
  return bytes_of({wait, 0x90 + channel, pitch, 64, length, 0x80 + channel, pitch, 0});
}

}  // namespace recur::data
