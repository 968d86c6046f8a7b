#include "recur/data/music.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "filled.hpp"
#include "recur/data/music_score.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

class MusicTest : public Scratch {
 protected:
  MusicTask task(const std::string& json) const { return MusicTask(MusicOptions{.json = file("x.json", json)}); }
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

TEST_F(MusicTest, TellsWhatIsWrong) {
  EXPECT_EQ(error_of([&] { task("{\"train\": [[[21],\n  [22,]]]}"); }).substr(0, 30), "x.json:2:7: is no JSON here (s");
  EXPECT_EQ(error_of([&] { task("{\"train\": [[[21],[22]]]} x"); }).substr(0, 22), "x.json:1:26: is no JSO");
  EXPECT_EQ(error_of([&] { task("[1]"); }), "x.json:1:1: expected an object with train, valid and test; give a file of piano rolls");
  EXPECT_EQ(error_of([&] { task("{\"train\": []}"); }), "x.json: has no piece in train; give a file of piano rolls");
  EXPECT_EQ(error_of([&] { task("{\"train\": [[[21],[22]]], \"test\": [[[1]]]}"); }), "x.json: test[0][0]: pitch 1 is no key of the piano (21 ... 108); correct it");
  EXPECT_EQ(error_of([&] { task("{\"train\": [[[21],[22, 22]]]}"); }), "x.json: train[0][1]: pitch 22 stands there twice; name each once");
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
