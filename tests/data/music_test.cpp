#include "recur/data/music.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "filled.hpp"
#include "midi_bytes.hpp"
#include "recur/data/midi.hpp"
#include "recur/data/music_score.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

class MusicTest : public Scratch {
 protected:
  MusicTask task(const std::string& json) const {
    MusicOptions options;
    options.json = file("x.json", json);
    return MusicTask(options);
  }
  // Folders that are there are parts.
  MusicTask midi_task(int64_t steps_per_quarter = 1) const {
    MusicOptions options;
    options.format = "midi";
    options.train = path("train");
    if (std::filesystem::exists(path("valid"))) options.valid = path("valid");
    options.steps_per_quarter = steps_per_quarter;
    return MusicTask(options);
  }
  void midi(const std::string& name, const std::string& track) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    file(name, midi_file({track}));
  }
};

TEST_F(MusicTest, PredictsEveryStepButTheFirst) {
  const MusicTask music = task(R"({"train": [[[21], [108, 22], []]], "valid": [], "test": [[[60], [60]], [[60], [], [61], [62], [63], [64]]]})");
  EXPECT_EQ(music.spec().input.width, 88);
  EXPECT_EQ(music.spec().output.kind, OutputSpec::Kind::binary);
  const Filled batch(music, *music.batches(Part::train, 1), 0);
  EXPECT_EQ(batch.shape, (BatchShape{.time = 4, .batch = 1, .counted = 2}));
  EXPECT_THAT(batch.lengths, ElementsAre(2));
  EXPECT_EQ(batch.x[0], 1);            // A0 in step 1
  EXPECT_EQ(batch.x[88 + 87], 1);      // C8 in step 2
  EXPECT_EQ(batch.y[1], 1);            // step 2 follows step 1
  EXPECT_EQ(batch.y[87], 1);
  EXPECT_EQ(std::accumulate(batch.x.begin(), batch.x.end(), 0.0f), 3);
  EXPECT_EQ(std::accumulate(batch.y.begin(), batch.y.end(), 0.0f), 2);
  EXPECT_EQ(music.batches(Part::valid, 1)->size(), 0);
  const Filled test(music, *music.batches(Part::test, 2), 0);
  EXPECT_EQ(test.shape, (BatchShape{.time = 8, .batch = 2, .counted = 6}));
}

TEST_F(MusicTest, VoicesInUnisonAreOneKey) {
  const MusicTask music = task(R"({"train": [[[22, 21.0, 22], [21]]]})");
  EXPECT_EQ(std::accumulate(music.sequences(Part::train).values.begin(), music.sequences(Part::train).values.end(), 0.0f), 3);
}

TEST_F(MusicTest, APieceOfOneStepIsLeftOutAndCounted) {
  const MusicTask music = task(R"({"train": [[[21]], [[21], [22]]]})");
  EXPECT_EQ(music.sequences(Part::train).size(), 1);
  EXPECT_EQ(music.left_out(Part::train), 1);
  EXPECT_EQ(music.facts()[1].value, "1 pieces, 1 steps predicted; 1 pieces of one step left out");
}

TEST_F(MusicTest, BaselinesAreThoseOfEachKey) {
  // Predicted in training: key 0 sounds in 1 of 2 steps, no other key does.
  const MusicTask music = task(R"({"train": [[[21], [21], []]], "test": [[[21], [21]]]})");
  const std::vector<Baseline> baselines = music.baselines();
  ASSERT_EQ(baselines.size(), 2u);
  EXPECT_EQ(baselines[0].name, "key_frequencies");
  const double others = 87 * -std::log(3.0 / 4);  // (0 + 1) / (2 + 2) that it sounds
  EXPECT_THAT(baselines[0].values, ElementsAre(DoubleEq(-std::log(2.0 / 4) + others), 0));
  EXPECT_EQ(baselines[1].name, "key_transitions");
  EXPECT_NEAR(baselines[1].values[0], -std::log(2.0 / 4) + others, 1e-12);
}

TEST_F(MusicTest, TakesTheMidiFilesOfFoldersInTheOrderOfTheirPaths) {
  midi("train/b.MID", midi_note(62, 96) + midi_note(62, 96));
  midi("train/a/c.mid", midi_note(61, 96) + midi_note(61, 96) + midi_note(61, 96));
  midi("train/notes.txt", "not looked at");
  midi("valid/a.mid", midi_note(64, 48) + midi_note(65, 48) + midi_note(36, 96, 0, 9) + midi_note(20, 96) + midi_note(64, 96));
  const MusicTask music = midi_task();
  ASSERT_EQ(music.sequences(Part::train).size(), 2);
  EXPECT_EQ(music.sequences(Part::train).begin, (std::vector<int64_t>{0, 3, 5}));
  EXPECT_EQ(music.sequences(Part::train).values[61 - 21], 1);
  EXPECT_EQ(music.sequences(Part::train).values[3 * 88 + 62 - 21], 1);
  EXPECT_EQ(music.sequences(Part::test).size(), 0);
  const std::vector<Fact> facts = music.facts();
  ASSERT_EQ(facts.size(), 5u);
  EXPECT_EQ(facts[0].value, path("train"));
  EXPECT_EQ(facts[3].value, "1 pieces, 3 steps predicted; notes left out: 1 of drums, 1 outside the piano's keys, 1 between the steps");
  EXPECT_EQ(midi_task(2).sequences(Part::train).begin, (std::vector<int64_t>{0, 6, 10}));
}

TEST_F(MusicTest, TakesASingleMidiFileAndAnArchiveOfThem) {
  midi("a.mid", midi_note(62, 96) + midi_note(62, 96));
  MusicOptions options;
  options.format = "midi";
  options.train = path("a.mid");
  EXPECT_EQ(MusicTask(options).sequences(Part::train).begin, (std::vector<int64_t>{0, 2}));
  file("b.mid", "?");
  ASSERT_EQ(std::system(fmt::format("tar -C '{0}' -czf '{0}/x.tar.gz' a.mid b.mid", path("")).c_str()), 0);
  options.train = path("x.tar.gz");
  EXPECT_THAT(error_of([&] { MusicTask{options}; }), ::testing::StartsWith("x.tar.gz:b.mid: is no MIDI file"));
}

TEST_F(MusicTest, ReadsTheSamePiecesFromJsonAndFromMidi) {
  std::filesystem::create_directory(path("train"));
  write_midi(path("train/1.mid"), {{0, 87}, {39}, {39, 43}}, 1, 60);
  const MusicTask json = task(R"({"train": [[[21, 108], [60], [60, 64]]]})"), midi = midi_task();
  EXPECT_EQ(json.sequences(Part::train).values, midi.sequences(Part::train).values);
  EXPECT_EQ(json.encoding(), midi.encoding());
}

TEST_F(MusicTest, TellsOfAllMidiFilesThatAreWrong) {
  midi("train/a.mid", midi_note(60, 96) + midi_note(60, 96));
  for (int i = 0; i < 12; ++i) file("train/" + std::to_string(10 + i) + ".mid", "?");
  const std::string error = error_of([&] { midi_task(); });
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 10);
  EXPECT_THAT(error, ::testing::StartsWith("train/10.mid: is no MIDI file"));
  EXPECT_THAT(error, ::testing::EndsWith("train: 2 more files are wrong; correct these first"));
  std::filesystem::remove_all(path("train"));
  std::filesystem::create_directory(path("train"));
  EXPECT_EQ(error_of([&] { midi_task(); }), "train: holds no file whose name ends in .mid or .midi or .MID or .MIDI");
  midi("train/a.mid", midi_note(60, 96));
  EXPECT_EQ(error_of([&] { midi_task(); }), "train: train holds only pieces of one step, from which nothing can be predicted; give longer ones");
}

TEST_F(MusicTest, TellsWhatIsWrong) {
  EXPECT_EQ(error_of([&] { task("{\"train\": [[[21],\n  [22,]]]}"); }).substr(0, 30), "x.json:2:7: is no JSON here (s");
  EXPECT_EQ(error_of([&] { task("{\"train\": [[[21],[22]]]} x"); }).substr(0, 22), "x.json:1:26: is no JSO");
  EXPECT_EQ(error_of([&] { task("[1]"); }), "x.json:1:1: expected an object with train, valid and test; give a file of piano rolls");
  EXPECT_EQ(error_of([&] { task("{\"train\": []}"); }), "x.json: has no piece in train; give a file of piano rolls");
  EXPECT_EQ(error_of([&] { task("{\"train\": [[[21],[22]]], \"test\": [[[1]]]}"); }), "x.json: test[0][0]: pitch 1 is no key of the piano (21 ... 108); correct it");
  EXPECT_EQ(error_of([&] { task("{\"train\": [[[21],[2.5]]]}"); }), "x.json: train[0][1]: expected MIDI pitches as whole numbers");
  EXPECT_EQ(error_of([&] { task("{\"train\": [[21]]}"); }), "x.json: train[0][0]: expected a list");
  EXPECT_EQ(error_of([&] { task("{\"train\": [[]]}"); }), "x.json: train[0]: a piece of length zero; remove it");
  EXPECT_EQ(error_of([&] { task("{\"train\": [[[21]]]}"); }),
            "x.json: train holds only pieces of one step, from which nothing can be predicted; give longer ones");
}

TEST(MusicScoreTest, CountsKeysAsBayDoesAndNatsByTheStep) {
  MusicScore score(2);
  // T = 2, N = 2, K = 2; the second row has one step
  const std::vector<float> logits{1, -1, 1, 1, -1, -1, 9, 9}, y{1, 1, 1, 0, 0, 0, 1, 1};
  const std::vector<int32_t> lengths{2, 1};
  Outcome outcome;
  outcome.predictions = logits;
  outcome.y = y;
  outcome.lengths = lengths;
  outcome.nats = 6;
  outcome.counted = 3;
  score.add(outcome);
  EXPECT_THAT(score.values(), ElementsAre(2.0, 0.5));  // TP 2, FN 1, FP 1
}

}  // namespace
}  // namespace recur::data
