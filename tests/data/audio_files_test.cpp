// Recordings as a classification task.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "filled.hpp"
#include "recordings.hpp"
#include "recur/data/classification.hpp"
#include "recur/data/task_cache.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AudioFilesTest : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    std::filesystem::create_directory(path("set"));
  }
  void put(const std::string& name, const std::string& bytes) const { std::ofstream(path("set/" + name), std::ios::binary) << bytes; }

  // A low and a high tone, by two speakers, three times each: 400 to 560 samples, so 3 to 5 frames.
  ClassificationOptions tones() const {
    for (int index = 0; index < 3; ++index)
      for (const char* speaker : {"ann", "bob"}) {
        const size_t samples = 400 + 80 * static_cast<size_t>(index);
        put(fmt::format("low_{}_{}.wav", speaker, index), wav(tone(300 + 10 * index, samples)));
        put(fmt::format("high_{}_{}.wav", speaker, index), wav(tone(2000 + 10 * index, samples)));
      }
    ClassificationOptions options;
    options.format = "audio";
    options.file = path("set");
    options.name = "{label}_{speaker}_{index}";
    options.features.filters = 8;
    options.valid = 0;
    options.test_where = "index=0";
    return options;
  }
  std::string wrong(const ClassificationOptions& options) const {
    return error_of([&] { ClassificationTask task(options); });
  }
};

TEST_F(AudioFilesTest, TakeClassesAndPartsFromTheNames) {
  put("README.txt", "no recording");
  const ClassificationTask task(tones());
  EXPECT_THAT(task.classes(), ElementsAre("high", "low"));
  EXPECT_THAT(task.rows(Part::test), ElementsAre(0, 3, 6, 9)) << "by name, the first of each speaker";
  EXPECT_EQ(task.rows(Part::train).size(), 8u);
  const TaskSpec spec = task.spec();
  EXPECT_EQ(spec.input.kind, InputSpec::Kind::continuous);
  EXPECT_EQ(spec.input.width, 8);
  EXPECT_EQ(spec.output.width, 2);
  EXPECT_TRUE(spec.has_lengths);
  EXPECT_EQ(spec.levels, 0);
  const Filled batch(task, *task.batches(Part::test, 4), 0);
  EXPECT_THAT(batch.lengths, Each(3));
  EXPECT_THAT(batch.labels, ElementsAre(0, 0, 1, 1));
}

TEST_F(AudioFilesTest, StandardiseEachColumnByTheTrainingPart) {
  const ClassificationTask task(tones());
  const Sequences& sequences = task.sequences(Part::train);
  for (int64_t c = 0; c < 8; ++c) {
    double sum = 0, squares = 0, frames = 0;
    for (const uint32_t row : task.rows(Part::train))
      for (int64_t t = sequences.begin[row]; t < sequences.begin[row + 1]; ++t, ++frames) {
        const double value = sequences.values[static_cast<size_t>(t * 8 + c)];
        sum += value;
        squares += value * value;
      }
    EXPECT_NEAR(sum / frames, 0, 1e-5) << c;
    EXPECT_NEAR(squares / frames, 1, 1e-5) << c;
  }
  const Encoding encoding = task.encoding();
  EXPECT_THAT(encoding.columns, ElementsAre("mel1", "mel2", "mel3", "mel4", "mel5", "mel6", "mel7", "mel8"));
  EXPECT_EQ(encoding.mean.size(), 8u);
  EXPECT_NE(encoding.mean[0], encoding.mean[7]);
  EXPECT_EQ(encoding.window, 0);
}

TEST_F(AudioFilesTest, ABoundaryStandsEveryFewFrames) {
  ClassificationOptions options = tones();
  options.segment = 2;
  const ClassificationTask task(options);
  EXPECT_EQ(task.spec().levels, 1);
  EXPECT_EQ(task.encoding().levels, 1);
  const Filled batch(task, *task.batches(Part::test, 2), 0);
  EXPECT_EQ(batch.shape.time, 4);
  EXPECT_EQ(batch.shape.segments[0], 4) << "as batches of 3 frames are padded to 4";
  EXPECT_THAT(batch.levels[0].counts, ElementsAre(2, 2));
  EXPECT_THAT(batch.levels[0].ends, ElementsAre(1, 1, 2, 2, 2, 2, 2, 2));
  EXPECT_THAT(batch.levels[0].of, ElementsAre(0, 0, 0, 0, 1, 1, 1, 1));
}

TEST_F(AudioFilesTest, TellHowManyThereAre) {
  ClassificationOptions options = tones();
  put("low_cat_1.wav", wav(tone(300, 800), 8000, 2));
  std::string text;
  for (const Fact& fact : ClassificationTask(options).facts()) text += fact.name + ": " + fact.value + "\n";
  EXPECT_THAT(text, HasSubstr("recordings: 13, 0.8 s in all, 8000 samples a second\nframes: 51 of 8 values\n"));
  EXPECT_THAT(text, HasSubstr("mixed down: 1 recordings of 2 channels, to their mean\n"));
}

TEST_F(AudioFilesTest, FoldsAreDrawnFromThemToo) {
  ClassificationOptions options = tones();
  options.test_where.clear();
  options.folds = 3;
  EXPECT_EQ(ClassificationTask(options).rows(Part::test).size(), 4u);
}

TEST_F(AudioFilesTest, AreTwoSetsWhereTheFeaturesDiffer) {
  TaskOptions a, b;
  a.kind = b.kind = "classification";
  a.classification = b.classification = tones();
  EXPECT_EQ(cache_key(a), cache_key(b));
  b.classification.features.hop_ms = 5;
  EXPECT_NE(cache_key(a), cache_key(b));
  b = a;
  b.classification.segment = 8;
  EXPECT_NE(cache_key(a), cache_key(b));
  b = a;
  b.classification.test_where = "index=1";
  EXPECT_NE(cache_key(a), cache_key(b));
}

TEST_F(AudioFilesTest, SayWhichRecordingIsWrong) {
  ClassificationOptions options = tones();
  put("low_cat_7.wav", wav(tone(300, 800), 16000));
  EXPECT_EQ(wrong(options), "set: low_cat_7.wav has 16000 samples a second, but high_ann_0.wav has 8000; bring all recordings to one rate");
  put("low_cat_7.wav", wav({}));
  EXPECT_EQ(wrong(options), "set: low_cat_7.wav holds no samples; remove it or get the file anew");
  put("low_cat_7.wav", wav(tone(300, 800)));
  put("nonsense.wav", wav(tone(300, 800)));
  EXPECT_EQ(wrong(options), "set: nonsense.wav is not named like task.data.name, '{label}_{speaker}_{index}'; rename it or correct the pattern");
  std::filesystem::remove(path("set/nonsense.wav"));
  put("mid_cat_0.wav", wav(tone(300, 800)));
  EXPECT_EQ(wrong(options), "set: class 'mid' of the test part is not in the training part, which has high, low; correct it, or split so that every class is learned");
}

TEST_F(AudioFilesTest, SayWhichOptionIsWrong) {
  ClassificationOptions options = tones();
  options.name = "{label}";
  EXPECT_EQ(wrong(options), "task.split.test_where: task.data.name has no field 'index'; known: label");
  options = tones();
  options.test_where = "speaker=anne";
  EXPECT_EQ(wrong(options), "task.split.test_where: no file has speaker anne; did you mean 'ann'?");
  options.folds = 2;
  EXPECT_EQ(wrong(options), "task.split.test_where: says what the test part is; leave out folds, train_rows and test_rows, or test_where");
  options = tones();
  options.features.kind = "mfcc";
  EXPECT_EQ(wrong(options), "task.data.features.coefficients: 13 of 8 filters; ask for at most as many as there are filters");
  options.features.coefficients = 1;
  for (const char* name : {"low_ann_1.wav", "low_ann_2.wav", "low_bob_1.wav", "low_bob_2.wav", "high_ann_1.wav", "high_ann_2.wav", "high_bob_1.wav", "high_bob_2.wav"})
    put(name, wav(std::vector<int16_t>(400, 0)));
  EXPECT_THAT(wrong(options), HasSubstr("set: value mfcc0 is "));
  options = tones();
  options.format = "ucr";
  EXPECT_EQ(wrong(options), "task.split.test_where: picks by the names of recordings, which ucr has not; leave it out");
}

}  // namespace
}  // namespace recur::data
