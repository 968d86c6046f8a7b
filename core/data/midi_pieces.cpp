#include "midi_pieces.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "archive.hpp"
#include "file_contents.hpp"
#include "recur/data/midi.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

constexpr size_t kMessages = 10;  // of wrong files that are told of

const std::vector<std::string_view> kEndings{".mid", ".midi", ".MID", ".MIDI"};

// The files with the names by which messages call them.
std::vector<ArchiveFile> midi_files(const std::string& path) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(path, error);
  const bool single = std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return path.ends_with(ending); });
  if (single && !folder) return {{path, file_bytes(path)}};
  std::vector<ArchiveFile> files = read_archive(path, kEndings);
  for (ArchiveFile& file : files) file.name = path + (folder ? "/" : ":") + file.name;
  return files;
}

}  // namespace

std::string MidiPieces::left_out() const {
  std::string text;
  const auto add = [&](int64_t count, const char* what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(drums, "of drums");
  add(outside, "outside the piano's keys");
  add(between, "between the steps");
  return text;
}

MidiPieces read_midi_pieces(const std::string& path, int64_t steps_per_quarter) {
  MidiPieces result;
  std::vector<std::string> wrong;
  size_t not_told = 0;
  for (const ArchiveFile& file : midi_files(path)) {
    try {
      MidiPiece piece = midi_piece(file.bytes, file.name, steps_per_quarter);
      result.pieces.push_back(std::move(piece.piece));
      result.drums += piece.drums;
      result.outside += piece.outside;
      result.between += piece.between;
    } catch (const UserError& error) {
      if (wrong.size() < kMessages) wrong.push_back(error.what());
      else ++not_told;
    }
  }
  if (not_told > 0) wrong.push_back(fmt::format("{}: {} more files are wrong; correct these first", path, not_told));
  if (!wrong.empty()) throw UserError(wrong);
  return result;
}

}  // namespace recur::data
