#include "recur/data/midi.hpp"

#include <algorithm>
#include <array>

#include "file_contents.hpp"
#include "midi_notes.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

constexpr int64_t kMostSteps = 100'000;
constexpr uint8_t kDrums = 9;  // channel 10, counted from 0 (General MIDI)

// The first step whose moment, an eighth of a step after its beginning, is not before the tick: of the steps k with
// (k + 1/8) * ticks_per_quarter / steps_per_quarter >= tick the smallest.
int64_t first_step_after(int64_t tick, int64_t ticks_per_quarter, int64_t steps_per_quarter) {
  const int64_t above = 8 * tick * steps_per_quarter - ticks_per_quarter, below = 8 * ticks_per_quarter;
  return above <= 0 ? 0 : (above + below - 1) / below;
}

}  // namespace

MidiPiece read_midi(const std::string& path, int64_t steps_per_quarter) { return midi_piece(file_bytes(path), path, steps_per_quarter); }

MidiPiece midi_piece(std::string_view bytes, const std::string& name, int64_t steps_per_quarter) {
  const MidiNotes from = parse_midi(bytes, name);
  MidiPiece result;
  result.tempo = from.tempo;
  std::array<int64_t, kKeys> filled{};  // the key is in the piece up to this step
  for (const MidiNote& note : from.notes) {
    if (note.channel == kDrums) {
      ++result.drums;
      continue;
    }
    if (note.pitch < kLowestPitch || note.pitch > kHighestPitch) {
      ++result.outside;
      continue;
    }
    const int64_t begin = first_step_after(note.begin, from.ticks_per_quarter, steps_per_quarter);
    const int64_t end = first_step_after(note.end, from.ticks_per_quarter, steps_per_quarter);
    if (begin == end) ++result.between;
    if (begin >= end) continue;
    if (end > kMostSteps)
      throw UserError(Place{name}, fmt::format("has {} steps at {} to a quarter note, but {} are the most; give shorter pieces", end,
                                               steps_per_quarter, kMostSteps));
    if (static_cast<size_t>(end) > result.piece.size()) result.piece.resize(static_cast<size_t>(end));
    const auto key = static_cast<uint8_t>(note.pitch - kLowestPitch);
    int64_t& until = filled[key];
    for (int64_t step = std::max(begin, until); step < end; ++step) result.piece[static_cast<size_t>(step)].push_back(key);
    until = std::max(until, end);
  }
  if (result.piece.empty())
    throw UserError(Place{name}, fmt::format("has no note for a piano ({} of drums, {} outside {} ... {}, {} between the steps); leave it out",
                                             result.drums, result.outside, kLowestPitch, kHighestPitch, result.between));
  for (Chord& chord : result.piece) std::sort(chord.begin(), chord.end());
  return result;
}

}  // namespace recur::data
