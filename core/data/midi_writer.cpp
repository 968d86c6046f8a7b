// By libsmf: https://libsmf.sourceforge.net
#include <glib.h>  // before smf.h, which would include its C++ parts as C
#include <smf.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <mutex>

#include "recur/data/midi.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

constexpr int kNoteOff = 0x80, kNoteOn = 0x90, kVelocity = 80;
constexpr int64_t kTicksPerQuarter = 480;  // or the nearest below that the steps divide
constexpr double kSlowest = 4, kFastest = 1000;

// What libsmf cannot do is told by what it returns; its own words would go to stderr.
void keep_quiet() {
  static std::once_flag once;
  std::call_once(once, [] {
    g_log_set_handler("libsmf", G_LOG_LEVEL_MASK, [](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
  });
}

class Writer {
 public:
  Writer() : file_(smf_new(), &smf_delete), track_(smf_track_new()) {
    RECUR_CHECK(file_ != nullptr && track_ != nullptr, "no memory for a MIDI file");
    smf_add_track(file_.get(), track_);
  }

  void ticks_per_quarter(int64_t ticks) {
    RECUR_CHECK(smf_set_ppqn(file_.get(), static_cast<int>(ticks)) == 0, "{} ticks a quarter note", ticks);
  }
  void tempo(double quarters_per_minute) {
    const auto microseconds = static_cast<uint32_t>(std::lround(60e6 / quarters_per_minute));
    unsigned char bytes[] = {0xFF, 0x51, 3, static_cast<unsigned char>(microseconds >> 16), static_cast<unsigned char>(microseconds >> 8),
                             static_cast<unsigned char>(microseconds)};
    add(smf_event_new_from_pointer(bytes, sizeof bytes), 0);
  }
  void note(int kind, int64_t key, int64_t tick) {
    add(smf_event_new_from_bytes(kind, static_cast<int>(key + kLowestPitch), kVelocity), tick);
  }
  void end(int64_t tick) { RECUR_CHECK(smf_track_add_eot_pulses(track_, static_cast<int>(tick)) == 0, "tick {}", tick); }
  bool save(const std::string& path) { return smf_save(file_.get(), path.c_str()) == 0; }

 private:
  void add(smf_event_t* event, int64_t tick) {
    RECUR_CHECK(event != nullptr, "no event at tick {}", tick);
    smf_track_add_event_pulses(track_, event, static_cast<int>(tick));
  }

  std::unique_ptr<smf_t, decltype(&smf_delete)> file_;
  smf_track_t* track_;  // the file's
};

}  // namespace

void write_midi(const std::string& path, const Piece& piece, int64_t steps_per_quarter, double tempo) {
  if (!(tempo >= kSlowest && tempo <= kFastest))
    throw UserError(fmt::format("the tempo is {}; it must be {} to {} quarter notes a minute", tempo, kSlowest, kFastest));
  const int64_t step = std::max<int64_t>(1, kTicksPerQuarter / steps_per_quarter);
  RECUR_CHECK(steps_per_quarter > 0 && step * steps_per_quarter < 0x8000, "{} steps a quarter note", steps_per_quarter);
  RECUR_CHECK(static_cast<int64_t>(piece.size()) <= INT32_MAX / step, "{} steps", piece.size());
  keep_quiet();
  Writer writer;
  writer.ticks_per_quarter(step * steps_per_quarter);
  writer.tempo(tempo);
  const Chord silence;
  for (size_t t = 0; t <= piece.size(); ++t) {
    const Chord &before = t == 0 ? silence : piece[t - 1], &now = t == piece.size() ? silence : piece[t];
    const auto tick = static_cast<int64_t>(t) * step;
    for (const uint8_t key : before)
      if (!std::binary_search(now.begin(), now.end(), key)) writer.note(kNoteOff, key, tick);
    for (const uint8_t key : now)
      if (!std::binary_search(before.begin(), before.end(), key)) writer.note(kNoteOn, key, tick);
  }
  writer.end(static_cast<int64_t>(piece.size()) * step);

  const std::string temporary = path + ".tmp";
  if (writer.save(temporary) && std::rename(temporary.c_str(), path.c_str()) == 0) return;
  std::remove(temporary.c_str());
  throw UserError(Place{path}, "cannot be written; give another file");
}

}  // namespace recur::data
