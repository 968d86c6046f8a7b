#include "recur/data/midi.hpp"

#include <glib.h>  // before smf.h, which would include its C++ parts as C
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <smf.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include "../../core/data/midi_notes.hpp"
#include "midi_bytes.hpp"
#include "recur/random/stream.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::HasSubstr;

constexpr uint8_t kC4 = 60 - kLowestPitch, kE4 = 64 - kLowestPitch, kG4 = 67 - kLowestPitch;

class MidiTest : public Scratch {
 protected:
  MidiPiece read(const std::string& bytes, int64_t steps_per_quarter = 1) const { return read_midi(file("x.mid", bytes), steps_per_quarter); }
};

// ---- Reading -------------------------------------------------------------------------------------------------

TEST_F(MidiTest, ReadsNotesAsStepsOfTheLengthThatIsAskedFor) {
  const std::string notes = midi_file({midi_note(60, 96) + midi_note(64, 48) + midi_note(67, 48)});
  EXPECT_EQ(read(notes, 1).piece, (Piece{{kC4}, {kE4}}));
  EXPECT_EQ(read(notes, 2).piece, (Piece{{kC4}, {kC4}, {kE4}, {kG4}}));
  EXPECT_EQ(read(notes, 1).between, 1);  // G4 falls between the quarters
  EXPECT_EQ(read(notes, 2).between, 0);
}

TEST_F(MidiTest, HearsEachStepAnEighthOfAStepAfterItsBeginning) {
  // 96 ticks a step: heard at tick 12 and at tick 108.
  EXPECT_EQ(read(midi_file({midi_note(60, 100, 12)})).piece, (Piece{{kC4}, {kC4}}));
  EXPECT_EQ(read(midi_file({midi_note(60, 100, 13)})).piece, (Piece{{}, {kC4}}));
  EXPECT_EQ(read(midi_file({midi_note(60, 108)})).piece, (Piece{{kC4}}));
  EXPECT_EQ(read(midi_file({midi_note(60, 109)})).piece, (Piece{{kC4}, {kC4}}));
}

TEST_F(MidiTest, PutsTracksAndChannelsTogether) {
  const std::string one = midi_note(67, 96, 0, 3) + midi_note(60, 96, 0, 1), two = midi_note(60, 96, 0, 15), three = midi_note(60, 96) + midi_note(64, 96);
  const MidiPiece piece = read(midi_file({one, two, three}));
  EXPECT_EQ(piece.piece, (Piece{{kC4, kG4}, {kC4, kE4}}));
}

TEST_F(MidiTest, LeavesOutDrumsAndKeysThatThePianoLacksAndCountsThem) {
  const std::string drum = midi_note(36, 96, 0, 9), others = midi_note(20, 48) + midi_note(109, 48) + midi_note(21, 48) + midi_note(108, 48);
  const MidiPiece piece = read(midi_file({drum + others}), 2);
  EXPECT_EQ(piece.piece, (Piece{{}, {}, {}, {}, {0}, {87}}));
  EXPECT_EQ(piece.drums, 1);
  EXPECT_EQ(piece.outside, 2);
}

TEST_F(MidiTest, TakesANoteOnWithoutVelocityForANoteOffAlsoUnderRunningStatus) {
  EXPECT_EQ(read(midi_file({bytes_of({0, 0x90, 60, 64, 96, 60, 0, 0, 64, 1, 96, 64, 0})})).piece, (Piece{{kC4}, {kE4}}));
}

TEST_F(MidiTest, EndsANoteThatHangsWithItsTrack) {
  const std::string hanging = bytes_of({0, 0x90, 60, 64});
  const std::string end_at_192 = bytes_of({0x81, 0x40, 0xB0, 7, 100});  // a controller after 192 ticks
  EXPECT_EQ(read(midi_file({hanging + end_at_192, midi_note(64, 96)})).piece, (Piece{{kC4, kE4}, {kC4}}));
}

TEST_F(MidiTest, ReleasesAKeyThatWasStruckTwiceOnce) {
  EXPECT_EQ(read(midi_file({bytes_of({0, 0x90, 60, 64, 48, 0x90, 60, 64, 48, 0x80, 60, 0}) + midi_note(64, 96)})).piece, (Piece{{kC4}, {kE4}}));
}

TEST_F(MidiTest, KnowsTheTempoThatIsGivenFirst) {
  const std::string slow = bytes_of({0, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40}), fast = bytes_of({96, 0xFF, 0x51, 3, 0x03, 0xD0, 0x90});
  EXPECT_DOUBLE_EQ(read(midi_file({midi_note(60, 96)})).tempo, 120);
  EXPECT_DOUBLE_EQ(read(midi_file({fast, slow + midi_note(60, 96)})).tempo, 60);
}

TEST_F(MidiTest, PassesOverWhatIsNoNote) {
  const std::string text = bytes_of({0, 0xFF, 1, 3, 0xF8, 0xFE, 0x90});
  const std::string packets = bytes_of({0, 0xF0, 2, 0x43, 0x12, 3, 0xF7, 2, 1, 0xF7});
  const std::string others = bytes_of({0, 0xA0, 60, 1, 0, 0xC0, 5, 0, 0xD0, 7, 0, 0xE0, 1, 2});
  EXPECT_EQ(read(midi_file({text + packets + others + midi_note(60, 93)})).piece, (Piece{{kC4}}));
  // Running status goes on after a meta event.
  EXPECT_EQ(read(midi_file({bytes_of({0, 0x90, 60, 64}) + text + bytes_of({96, 60, 0})})).piece, (Piece{{kC4}}));
  // A longer header, a chunk of another type, bytes after the last track, a track that does not say that it ends.
  const std::string header = midi_chunk("MThd", bytes_of({0, 0, 0, 1, 0, 96, 9, 9}));
  EXPECT_EQ(read(header + midi_chunk("XFIH", "abc") + midi_chunk("MTrk", midi_note(60, 96)) + "\r\n").piece, (Piece{{kC4}}));
}

struct Wrong {
  std::string what;
  std::string bytes;
  std::string says;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.what; }

std::string name_of(const testing::TestParamInfo<Wrong>& info) { return info.param.what; }

class WrongMidi : public MidiTest, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongMidi, IsToldWithTheFile) { EXPECT_THAT(error_of([&] { read(GetParam().bytes); }), HasSubstr("x.mid: " + GetParam().says)); }

INSTANTIATE_TEST_SUITE_P(
    Midi, WrongMidi,
    testing::Values(
        Wrong{"Empty", "", "is no MIDI file: it does not begin with MThd"},
        Wrong{"NoMidi", "RIFF....", "is no MIDI file"},
        Wrong{"Smpte", midi_file({midi_note(60, 96)}, 0xE728),
              "counts time in frames (SMPTE), which says nothing of quarter notes; save it with ticks of a quarter note"},
        Wrong{"NoTicks", midi_file({midi_note(60, 96)}, 0), "is damaged at byte 14: a quarter note has no ticks"},
        Wrong{"Format2", midi_header(2, 1, 96), "is of format 2, independent sequences; save each as a file of format 0 or 1"},
        Wrong{"Format3", midi_header(3, 1, 96), "is damaged at byte 14: there is no format 3"},
        Wrong{"ShortHeader", midi_chunk("MThd", "abc"), "is damaged at byte 8: a header of less than six bytes"},
        Wrong{"MissingTrack", midi_header(1, 2, 96) + midi_chunk("MTrk", midi_note(60, 96)),
              "is cut short: it ends at byte 30 amid its tracks; fetch it again"},
        Wrong{"NoStatus", midi_file({bytes_of({0, 60, 64})}), "is damaged at byte 23: no event begins with this byte"},
        Wrong{"RealTimeStatus", midi_file({bytes_of({0, 0xF8})}), "is damaged at byte 24: no event of a file begins with this byte"},
        Wrong{"StatusAmidAnEvent", midi_file({bytes_of({0, 0x90, 60, 0x80})}), "is damaged at byte 26: an event without all of its bytes"},
        Wrong{"LongNumber", midi_file({bytes_of({0x81, 0x81, 0x81, 0x81, 0})}), "is damaged at byte 26: a number of more than four bytes"},
        Wrong{"LongMeta", midi_file({bytes_of({0, 0xFF, 1, 100})}), "is damaged at byte 26: an event reaches beyond the end of its track"},
        Wrong{"NoNote", midi_file({midi_note(36, 96, 0, 9)}),
              "has no note for a piano (1 of drums, 0 outside 21 ... 108, 0 between the steps); leave it out"},
        Wrong{"TooLong", midi_file({bytes_of({0, 0x90, 60, 64, 0xFF, 0xFF, 0xFF, 0x7F, 60, 0})}),
              "has 2796203 steps at 1 to a quarter note, but 100000 are the most"}),
    name_of);

TEST_F(MidiTest, AFileThatIsCutShortAnywhereIsRefused) {
  const std::string whole = midi_file({midi_note(60, 96) + midi_note(64, 96), midi_note(48, 96)});
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_THAT(error_of([&] { read(whole.substr(0, length)); }), HasSubstr(length < 4 ? "is no MIDI file" : "is cut short")) << length;
}

// Whatever a file holds, it is read or refused.
TEST_F(MidiTest, ReadsOrRefusesWhatIsDamagedAnywhere) {
  std::string track = bytes_of({0, 0xFF, 0x51, 3, 7, 0xA1, 0x20, 0, 0xF0, 2, 0x43, 0xF7});
  for (int i = 0; i < 12; ++i) track += midi_note(48 + i, 60, i % 3, i % 4);
  const std::string whole = midi_file({track, midi_note(60, 96) + bytes_of({0, 0xFF, 3, 4, 'n', 'a', 'm', 'e'}), track});
  Stream random(5);
  int64_t refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = whole;
    for (uint64_t n = 1 + random.below(3); n > 0; --n) {
      const size_t at = random.below(3) == 0 ? random.below(30) : random.below(damaged.size());
      if (random.below(8) == 0) damaged.erase(at, 1 + random.below(4));
      else if (random.below(8) == 0) damaged.insert(at, 1, static_cast<char>(random.below(256)));
      else damaged[at] = static_cast<char>(random.below(256));
    }
    try {
      const MidiNotes notes = parse_midi(damaged, "x.mid");
      for (const MidiNote& note : notes.notes) EXPECT_LE(note.begin, note.end);
      if (i % 50 == 0) read(damaged);  // the steps of a piece that lasts for hours take a moment
    } catch (const UserError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 300);
  EXPECT_LT(refused, 2900);
}

// ---- Writing -------------------------------------------------------------------------------------------------

Piece random_piece(Stream& random, size_t steps) {
  Piece piece(steps);
  for (Chord& chord : piece)
    for (uint8_t key = 0; key < kKeys; ++key)
      if (random.below(15) == 0) chord.push_back(key);
  piece.back() = {0, 40, 87};  // a piece that is read ends with its last note
  return piece;
}

TEST_F(MidiTest, ReadsBackWhatItWrote) {
  Stream random(2);
  for (const int64_t steps_per_quarter : {1, 2, 3, 4, 7, 12, 24, 96}) {
    const Piece piece = random_piece(random, 1 + random.below(60));
    write_midi(path("y.mid"), piece, steps_per_quarter, 90);
    const MidiPiece read = read_midi(path("y.mid"), steps_per_quarter);
    EXPECT_EQ(read.piece, piece) << steps_per_quarter;
    EXPECT_NEAR(read.tempo, 90, 1e-4);
    EXPECT_EQ(read.between + read.drums + read.outside, 0);
  }
}

// Against libsmf's own reader.
TEST_F(MidiTest, AKeyThatIsHeldIsOneNoteAsOthersReadIt) {
  write_midi(path("y.mid"), {{kC4, kG4}, {kC4}, {kC4, kE4}, {}, {kC4}}, 4, 60);
  const std::unique_ptr<smf_t, decltype(&smf_delete)> file(smf_load(path("y.mid").c_str()), &smf_delete);
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->ppqn, 480);
  std::vector<std::vector<int>> events;
  while (const smf_event_t* const event = smf_get_next_event(file.get()))
    if (!smf_event_is_metadata(event)) events.push_back({event->time_pulses, event->midi_buffer[0], event->midi_buffer[1]});
  const std::vector<std::vector<int>> expected{{0, 0x90, 60},   {0, 0x90, 67},   {120, 0x80, 67}, {240, 0x90, 64},
                                               {360, 0x80, 60}, {360, 0x80, 64}, {480, 0x90, 60}, {600, 0x80, 60}};
  EXPECT_EQ(events, expected);
  EXPECT_DOUBLE_EQ(smf_get_length_seconds(file.get()), 1.25);
}

TEST_F(MidiTest, WritesTheWholeFileOrNothing) {
  const std::string before = file("y.mid", "before");
  EXPECT_EQ(error_of([&] { write_midi(before, {{kC4}}, 1, 3); }), "the tempo is 3; it must be 4 to 1000 quarter notes a minute");
  EXPECT_EQ(error_of([&] { write_midi(before + "/z.mid", {{kC4}}, 1, 60); }), "y.mid/z.mid: cannot be written; give another file");
  EXPECT_EQ(std::filesystem::file_size(before), 6u);
  write_midi(before, {{kC4}}, 1, 60);
  EXPECT_EQ(read_midi(before, 1).piece, (Piece{{kC4}}));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path("")), {}), 1);
}

}  // namespace
}  // namespace recur::data
