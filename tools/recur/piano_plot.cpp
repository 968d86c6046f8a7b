#include "piano_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace recur::tool {
namespace {

constexpr size_t kLabel = 5, kFewestSteps = 8, kTick = 8;  // columns before the steps; steps of a block; steps from number to number
constexpr const char *kStruck = "█", *kHeld = "▒", *kSilent = "·";

// Scientific pitch notation: C4 is MIDI's 60.
std::string name_of(size_t key) {
  constexpr std::array<const char*, 12> kNames{"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};
  const size_t pitch = key + static_cast<size_t>(data::kLowestPitch);
  return fmt::format("{}{}", kNames[pitch % 12], static_cast<int>(pitch / 12) - 1);
}

bool sounds(const data::Piece& piece, size_t step, size_t key) { return std::binary_search(piece[step].begin(), piece[step].end(), key); }

std::string numbers(size_t begin, size_t end) {
  std::string line(kLabel, ' ');
  for (size_t step = begin; step < end; step += kTick) line += fmt::format("{:<{}}", step + 1, kTick);
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::string plot_piece(const data::Piece& piece, int width) {
  const size_t room = width > static_cast<int>(kLabel) ? static_cast<size_t>(width) - kLabel : 0;
  const size_t block = std::max(kFewestSteps, room / kTick * kTick);
  std::string text;
  for (size_t begin = 0; begin < piece.size(); begin += block) {
    const size_t end = std::min(begin + block, piece.size());
    size_t lowest = data::kKeys, highest = 0;
    for (size_t step = begin; step < end; ++step) {
      if (piece[step].empty()) continue;
      lowest = std::min<size_t>(lowest, piece[step].front());
      highest = std::max<size_t>(highest, piece[step].back());
    }
    if (begin > 0) text += "\n";
    for (size_t key = highest + 1; key-- > lowest;) {
      text += fmt::format("{:<{}}", name_of(key), kLabel);
      for (size_t step = begin; step < end; ++step) {
        const bool held = step > 0 && sounds(piece, step - 1, key);
        text += !sounds(piece, step, key) ? kSilent : held ? kHeld : kStruck;
      }
      text += "\n";
    }
    text += numbers(begin, end);
  }
  return text;
}

}  // namespace recur::tool
