#include "midi_notes.hpp"

#include <algorithm>
#include <array>

#include "recur/error/error.hpp"

namespace recur::data {
namespace {

constexpr uint8_t kSystemExclusive = 0xF0, kSystemExclusiveGoesOn = 0xF7, kMeta = 0xFF;
constexpr int64_t kLastTick = int64_t{1} << 32;
constexpr uint8_t kEndOfTrack = 0x2F, kTempo = 0x51;

// A part of the file, read from front to back.
class Bytes {
 public:
  Bytes(std::string_view bytes, size_t offset, const std::string& path) : bytes_(bytes), offset_(offset), path_(path) {}

  bool empty() const { return at_ == bytes_.size(); }
  size_t rest() const { return bytes_.size() - at_; }

  std::string_view take(size_t count) {
    if (count > rest()) damaged("an event reaches beyond the end of its track");
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  uint8_t byte() { return static_cast<uint8_t>(take(1)[0]); }
  uint8_t peek() {
    const uint8_t next = byte();
    --at_;
    return next;
  }
  int64_t number(size_t count) {
    int64_t value = 0;
    for (const char each : take(count)) value = value << 8 | static_cast<uint8_t>(each);
    return value;
  }
  // Seven bits a byte, the highest bit set on all but the last; at most four bytes.
  int64_t variable_length() {
    int64_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const uint8_t next = byte();
      value = value << 7 | (next & 0x7F);
      if (next < 0x80) return value;
    }
    damaged("a number of more than four bytes");
  }
  uint8_t data_byte() {
    const uint8_t next = byte();
    if (next >= 0x80) damaged("an event without all of its bytes");
    return next;
  }
  // The next chunk of the file: its type, and what it holds.
  std::pair<std::string_view, Bytes> chunk() {
    if (rest() < 8) cut_short();
    const std::string_view type = take(4);
    const auto length = static_cast<size_t>(number(4));
    if (length > rest()) cut_short();
    const size_t offset = offset_ + at_;
    return {type, Bytes(take(length), offset, path_)};
  }

  [[noreturn]] void damaged(std::string_view what) const {
    throw UserError(Place{path_}, fmt::format("is damaged at byte {}: {}; fetch it again or leave it out", offset_ + at_, what));
  }
  [[noreturn]] void cut_short() const {
    throw UserError(Place{path_}, fmt::format("is cut short: it ends at byte {} amid its tracks; fetch it again or leave it out",
                                              offset_ + bytes_.size()));
  }

 private:
  std::string_view bytes_;
  size_t offset_;  // of the part in the file
  const std::string& path_;
  size_t at_ = 0;
};

class Track {
 public:
  Track(Bytes bytes, MidiNotes& into, int64_t& tempo_tick) : bytes_(bytes), into_(into), tempo_tick_(tempo_tick) {}

  void read() {
    // Where a track does not say that it ends, it ends with its bytes.
    while (!bytes_.empty() && event()) {
    }
    for (size_t channel = 0; channel < held_.size(); ++channel)
      for (size_t pitch = 0; pitch < held_[channel].size(); ++pitch) release(channel, pitch);
  }

 private:
  // False where the track ends.
  bool event() {
    tick_ += bytes_.variable_length();
    if (tick_ > kLastTick) bytes_.damaged("a time that no piece lasts");
    if (bytes_.peek() >= 0x80) status_ = bytes_.byte();
    else if (status_ = running_; status_ == 0) bytes_.damaged("no event begins with this byte");
    if (status_ == kMeta) return meta();
    if (status_ == kSystemExclusive || status_ == kSystemExclusiveGoesOn) {
      bytes_.take(static_cast<size_t>(bytes_.variable_length()));
      return true;
    }
    if (status_ > kSystemExclusive) bytes_.damaged("no event of a file begins with this byte");
    // Meta events should end the running status, but there are files that go on with it.
    running_ = status_;
    message();
    return true;
  }

  bool meta() {
    const uint8_t type = bytes_.byte();
    const auto length = static_cast<size_t>(bytes_.variable_length());
    if (type == kTempo && length == 3) {
      const int64_t microseconds = bytes_.number(3);  // a quarter note
      if (microseconds > 0 && tick_ < tempo_tick_) {
        into_.tempo = 60e6 / static_cast<double>(microseconds);
        tempo_tick_ = tick_;
      }
    } else {
      bytes_.take(length);
    }
    return type != kEndOfTrack;
  }

  void message() {
    const size_t channel = status_ & 0x0F;
    const int kind = status_ >> 4;
    const uint8_t first = bytes_.data_byte();
    const bool has_one = kind == 0xC || kind == 0xD;  // program change, channel pressure
    const uint8_t second = has_one ? uint8_t{0} : bytes_.data_byte();
    if (kind == 0x9 && second > 0) held_[channel][first].push_back(tick_);
    else if (kind == 0x9 || kind == 0x8) release(channel, first);
  }

  // A key that was struck several times is released once: most synthesizers do so, and a note that hung would sound to the end.
  void release(size_t channel, size_t pitch) {
    for (const int64_t begin : held_[channel][pitch])
      into_.notes.push_back({begin, tick_, static_cast<uint8_t>(channel), static_cast<uint8_t>(pitch)});
    held_[channel][pitch].clear();
  }

  Bytes bytes_;
  MidiNotes& into_;
  int64_t& tempo_tick_;  // of the tempo that is known
  int64_t tick_ = 0;
  uint8_t status_ = 0, running_ = 0;
  std::array<std::array<std::vector<int64_t>, 128>, 16> held_;  // since when
};

}  // namespace

MidiNotes parse_midi(std::string_view bytes, const std::string& path) {
  if (!bytes.starts_with("MThd")) throw UserError(Place{path}, "is no MIDI file: it does not begin with MThd; give a standard MIDI file");
  Bytes file(bytes, 0, path);
  Bytes header = file.chunk().second;
  if (header.rest() < 6) header.damaged("a header of less than six bytes");
  const int64_t format = header.number(2), tracks = header.number(2), division = header.number(2);
  if (format == 2) throw UserError(Place{path}, "is of format 2, independent sequences; save each as a file of format 0 or 1");
  if (format > 2) header.damaged(fmt::format("there is no format {}", format));
  if (division >= 0x8000)
    throw UserError(Place{path},
                    "counts time in frames (SMPTE), which says nothing of quarter notes; save it with ticks of a quarter note");
  if (division == 0) header.damaged("a quarter note has no ticks");

  MidiNotes notes;
  notes.ticks_per_quarter = division;
  int64_t tempo_tick = INT64_MAX;
  for (int64_t track = 0; track < tracks;) {
    auto [type, chunk] = file.chunk();
    if (type != "MTrk") continue;  // other chunks are to be passed over
    Track(chunk, notes, tempo_tick).read();
    ++track;
  }
  std::stable_sort(notes.notes.begin(), notes.notes.end(), [](const MidiNote& a, const MidiNote& b) { return a.begin < b.begin; });
  return notes;
}

}  // namespace recur::data
