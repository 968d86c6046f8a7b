// The data sets that the definitions in experiments/ name.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "../../core/data/piano_roll.hpp"
#include "recur/data/anomaly.hpp"
#include "recur/data/classification.hpp"
#include "recur/data/density.hpp"
#include "recur/data/forecast.hpp"
#include "recur/data/language_model.hpp"
#include "recur/data/midi.hpp"
#include "recur/data/music.hpp"
#include "recur/data/tagging.hpp"

namespace recur::data {
namespace {

// A file in one of the directories of RECUR_DATA or in ../shared/data; "" if it is in none.
std::string find_data(const std::string& name) {
  const char* const variable = std::getenv("RECUR_DATA");
  std::istringstream directories(variable ? variable : std::string(RECUR_SOURCE_DIR) + "/../shared/data");
  for (std::string directory; std::getline(directories, directory, ':');) {
    const auto path = std::filesystem::path(directory) / name;
    if (std::filesystem::exists(path)) return path.string();
  }
  return "";
}

ForecastOptions in_repository(const std::string& name, const std::string& column) {
  ForecastOptions options;
  options.csv = std::string(RECUR_SOURCE_DIR) + "/experiments/forecast/data/" + name;
  options.columns = {column};
  options.window = 24;
  options.season = 12;
  return options;
}

TEST(RealDataTest, SunspotsAreWholeAndInOrder) {
  const ForecastTask task(in_repository("sunspots.csv", "mean"));
  EXPECT_EQ(task.rows(), 2820);
  EXPECT_EQ(task.examples(Part::train), (Range{24, 1974}));
  for (const Baseline& baseline : task.baselines()) {
    for (const double value : baseline.values) EXPECT_GT(value, 0) << baseline.name;
  }
}

TEST(RealDataTest, AirlinePassengersRepeatByTheYear) {
  const ForecastTask task(in_repository("airline.csv", "passengers"));
  EXPECT_EQ(task.rows(), 144);
  ASSERT_EQ(task.baselines().size(), 4u);
  EXPECT_EQ(task.baselines()[3].name, "seasonal_naive");
}

TEST(RealDataTest, TinyShakespeareHasItsKnownSize) {
  LanguageModelOptions options;
  options.text = find_data("tiny_shakespeare/input.txt");
  if (options.text.empty()) GTEST_SKIP() << "tiny_shakespeare/input.txt is in no directory of RECUR_DATA";
  const LanguageModelTask task(options);
  EXPECT_EQ(task.tokens().size(), 1115394u);
  EXPECT_EQ(task.vocabulary().size(), 65 + 1);
  const std::vector<Baseline> baselines = task.baselines();
  EXPECT_NEAR(baselines[0].values[0], 4.8, 0.1);
  EXPECT_NEAR(baselines[1].values[0], 3.5, 0.1);
  const auto batches = task.batches(Part::valid, 32);
  int64_t counted = 0;
  for (int64_t b = 0; b < batches->size(); ++b) counted += batches->shape(b).counted;
  EXPECT_EQ(counted, task.parts()[Part::valid].size());
}

// A file of the data sets that are not in the repository; without it the test is skipped.
#define RECUR_FIND_DATA(variable, name)          \
  const std::string variable = find_data(name);  \
  if (variable.empty()) GTEST_SKIP() << name << " is in no directory of RECUR_DATA"

TEST(RealDataTest, SpliceJunctionsHaveTheStatLogSplit) {
  RECUR_FIND_DATA(file, "dna/splice_statlog.csv.gz");
  ClassificationOptions options;
  options.file = file;
  options.sequence = "seq";
  options.alphabet = "ACGT";
  options.train_rows = 2000;
  const ClassificationTask task(options);
  EXPECT_EQ(task.rows(Part::train).size(), 1800u);
  EXPECT_EQ(task.rows(Part::valid).size(), 200u);
  EXPECT_EQ(task.rows(Part::test).size(), 1186u);
  EXPECT_FALSE(task.spec().has_lengths);
  EXPECT_EQ(task.batches(Part::test, 32)->shape(0).time, 60);
  const std::vector<Baseline> baselines = task.baselines();
  EXPECT_NEAR(baselines[1].values[1], 100 - 100 * 603.0 / 1186, 1e-9);  // majority, error of test
  EXPECT_LT(baselines[3].values[1], 6);                                 // naive Bayes is strong here
}

ClassificationOptions ucr(const std::string& train, const std::string& test) {
  ClassificationOptions options;
  options.format = "ucr";
  options.train = train;
  options.test = test;
  options.valid = 0;
  return options;
}

TEST(RealDataTest, Ecg5000HasTheArchivesSplit) {
  RECUR_FIND_DATA(train, "ucr/ECG5000_TRAIN.tsv.gz");
  RECUR_FIND_DATA(test, "ucr/ECG5000_TEST.tsv.gz");
  const ClassificationTask task(ucr(train, test));
  EXPECT_EQ(task.classes().size(), 5u);
  EXPECT_EQ(task.rows(Part::train).size(), 500u);
  EXPECT_EQ(task.rows(Part::test).size(), 4500u);
  EXPECT_EQ(task.batches(Part::test, 32)->shape(0).time, 140);
}

TEST(RealDataTest, JapaneseVowelsHaveTwelveDimensionsAndManyLengths) {
  RECUR_FIND_DATA(train, "ucr/JapaneseVowels_TRAIN.ts.gz");
  RECUR_FIND_DATA(test, "ucr/JapaneseVowels_TEST.ts.gz");
  const ClassificationTask task(ucr(train, test));
  EXPECT_EQ(task.classes().size(), 9u);
  EXPECT_EQ(task.spec().input.width, 12);
  EXPECT_TRUE(task.spec().has_lengths);
  EXPECT_EQ(task.rows(Part::train).size(), 270u);
  EXPECT_EQ(task.rows(Part::test).size(), 370u);
}

TEST(RealDataTest, MnistHasItsKnownMeanAndDeviation) {
  RECUR_FIND_DATA(images, "mnist/t10k-images-idx3-ubyte.gz");
  RECUR_FIND_DATA(labels, "mnist/t10k-labels-idx1-ubyte.gz");
  ClassificationOptions options;
  options.format = "idx";
  options.train = options.test = images;
  options.train_labels = options.test_labels = labels;
  options.valid = 0;
  const ClassificationTask task(options);
  EXPECT_EQ(task.rows(Part::test).size(), 10000u);
  EXPECT_EQ(task.classes().size(), 10u);
  EXPECT_NEAR(task.encoding().mean[0] / 255, 0.1325, 0.0001);
  EXPECT_NEAR(task.encoding().deviation[0] / 255, 0.3105, 0.0001);
}

TEST(RealDataTest, CnnpromHasItsCounts) {
  RECUR_FIND_DATA(positive, "dna/cnnprom/Arabidopsis_tata.fa.gz");
  RECUR_FIND_DATA(negative, "dna/cnnprom/Arabidopsis_non_prom.fa.gz");
  ClassificationOptions options;
  options.format = "fasta";
  options.positive = positive;
  options.negative = negative;
  options.folds = 5;
  const ClassificationTask task(options);
  EXPECT_EQ(task.sequences(Part::train).size(), 1497 + 2879);
  EXPECT_EQ(task.sequences(Part::train).length(0), 251);
}

TEST(RealDataTest, SpokenDigitsHaveTheirOwnSplit) {
  RECUR_FIND_DATA(file, "fsdd/recordings.tar.gz");
  ClassificationOptions options;
  options.format = "audio";
  options.file = file;
  options.name = "{label}_{speaker}_{index}";
  options.test_where = "index=0-4";
  options.segment = 8;
  const ClassificationTask task(options);
  EXPECT_EQ(task.classes().size(), 10u);
  EXPECT_EQ(task.rows(Part::train).size(), 2430u);
  EXPECT_EQ(task.rows(Part::valid).size(), 270u);
  EXPECT_EQ(task.rows(Part::test).size(), 300u);
  EXPECT_EQ(task.facts()[1].value, "3000, 1312.3 s in all, 8000 samples a second");
  // 1,148 to 18,262 samples, a frame of 200 every 80
  int64_t shortest = 1000, longest = 0;
  const Sequences& sequences = task.sequences(Part::train);
  for (int64_t s = 0; s < sequences.size(); ++s) {
    shortest = std::min(shortest, sequences.length(s));
    longest = std::max(longest, sequences.length(s));
  }
  EXPECT_EQ(shortest, 12);
  EXPECT_EQ(longest, 226);
  EXPECT_EQ(sequences.levels[0].count(0), (sequences.length(0) + 7) / 8);
  EXPECT_DOUBLE_EQ(task.baselines()[1].values[0], 0.1);  // majority, accuracy of test
}

TEST(RealDataTest, MovieReviewsHaveTheirPublishedCountsAndFolds) {
  RECUR_FIND_DATA(file, "movie_polarity/review_polarity.tar.gz");
  ClassificationOptions options;
  options.format = "documents";
  options.file = file;
  options.fold_pattern = "/cv(.)";
  options.folds = 10;
  options.fold = 10;
  const ClassificationTask task(options);
  EXPECT_EQ(task.sequences(Part::train).size(), 2000);
  EXPECT_EQ(task.sequences(Part::train).tokens.size(), 1492681u);
  ASSERT_EQ(task.sequences(Part::train).levels.size(), 1u);
  EXPECT_EQ(task.sequences(Part::train).levels[0].ends.size(), 64720u);
  const std::vector<uint32_t>& test = task.rows(Part::test);
  ASSERT_EQ(test.size(), 200u);
  EXPECT_EQ(test.front(), 900u);   // neg/cv900
  EXPECT_EQ(test.back(), 1999u);   // pos/cv999
  EXPECT_EQ(task.rows(Part::valid).size(), 180u);
  EXPECT_GT(task.baselines()[3].values[0], 0.75);  // naive Bayes; 82.8 percent over all folds (Pang and Lee 2004)
}

TEST(RealDataTest, EnglishEwtHasItsPublishedCounts) {
  RECUR_FIND_DATA(train, "ud_english_ewt/en_ewt-ud-train.conllu.gz");
  RECUR_FIND_DATA(valid, "ud_english_ewt/en_ewt-ud-dev.conllu.gz");
  RECUR_FIND_DATA(test, "ud_english_ewt/en_ewt-ud-test.conllu.gz");
  TaggingOptions options;
  options.train = train;
  options.valid = valid;
  options.test = test;
  const TaggingTask task(options);
  EXPECT_EQ(task.tags().size(), 17u);
  EXPECT_EQ(task.sequences(Part::train).size(), 12544);
  EXPECT_EQ(task.sequences(Part::train).tokens.size(), 204577u);
  EXPECT_EQ(task.sequences(Part::valid).tokens.size(), 25147u);
  EXPECT_EQ(task.sequences(Part::test).tokens.size(), 25094u);
  EXPECT_GT(task.baselines()[1].values[0], 0.8);
}

TEST(RealDataTest, Wnut17HasItsPublishedCounts) {
  RECUR_FIND_DATA(train, "wnut17/wnut17train.conll");
  RECUR_FIND_DATA(valid, "wnut17/emerging.dev.conll");
  RECUR_FIND_DATA(test, "wnut17/emerging.test.annotated");
  TaggingOptions options;
  options.format = "columns";
  options.train = train;
  options.valid = valid;
  options.test = test;
  options.entities = true;
  const TaggingTask task(options);
  EXPECT_EQ(task.sequences(Part::train).size(), 3394);
  EXPECT_EQ(task.sequences(Part::train).tokens.size(), 62730u);
  EXPECT_EQ(task.sequences(Part::valid).size(), 1009);
  EXPECT_EQ(task.sequences(Part::test).size(), 1287);
  EXPECT_EQ(task.sequences(Part::test).tokens.size(), 23394u);
  EXPECT_EQ(task.tags().size(), 13u);
}

TEST(RealDataTest, JsbChoralesHaveTheirCounts) {
  RECUR_FIND_DATA(file, "polyphonic_music/jsb_chorales.json.gz");
  MusicOptions options;
  options.json = file;
  const MusicTask task(options);
  const std::array<int64_t, 3> pieces{229, 76, 77}, steps{13807, 4602, 4725};
  for (const Part part : kParts) {
    const Sequences& sequences = task.sequences(part);
    EXPECT_EQ(sequences.size(), pieces[static_cast<size_t>(part)]);
    EXPECT_EQ(sequences.begin.back(), steps[static_cast<size_t>(part)]);
  }
  // Keys on their own are far from what a network reaches (8.4 nats a step); what sounds now helps.
  const std::vector<Baseline> baselines = task.baselines();
  EXPECT_GT(baselines[0].values[0], 9);
  EXPECT_LT(baselines[2].values[0], baselines[0].values[0]);
}

TEST(RealDataTest, ChoralesAreMoreProbableWithWhatSoundedBefore) {
  RECUR_FIND_DATA(file, "polyphonic_music/jsb_chorales.json.gz");
  DensityOptions options;
  options.format = "music";
  options.json = file;
  const DensityTask task(options);
  EXPECT_EQ(task.sequences(Part::test).begin.back(), 4725);
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 4u);
  EXPECT_LT(baselines[3].values[0], baselines[1].values[0]);
}

TEST(RealDataTest, FramesOfSpokenDigitsAreMoreProbableAfterThoseBefore) {
  RECUR_FIND_DATA(file, "fsdd/recordings.tar.gz");
  DensityOptions options;
  options.format = "audio";
  options.file = file;
  options.name = "{label}_{speaker}_{index}";
  options.features.filters = 24;
  options.test_where = "index=0-4";
  options.valid_share = 0.1;
  const DensityTask task(options);
  EXPECT_EQ(task.sequences(Part::train).size(), 2430);
  EXPECT_EQ(task.sequences(Part::valid).size(), 270);
  EXPECT_EQ(task.sequences(Part::test).size(), 300);
  int64_t frames = 0;
  for (const Part part : kParts) frames += task.sequences(part).begin.back();
  EXPECT_EQ(frames, 125237);
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 4u);
  EXPECT_LT(baselines[3].values[0], baselines[1].values[0]);
}

TEST(RealDataTest, SkabHasItsCounts) {
  RECUR_FIND_DATA(file, "skab/skab_data.tar.gz");
  AnomalyOptions options;
  options.format = "skab";
  options.archive = file;
  const AnomalyTask task(options);
  EXPECT_EQ(task.encoding().columns.size(), 8u);
  EXPECT_EQ(task.targets().begin.size(), 36u);            // 34 labelled files, one without labels, which has nothing to test
  EXPECT_EQ(task.targets().begin.back(), 37401 - 34 * 400);
  const auto anomalous = std::count(task.targets().anomalous.begin(), task.targets().anomalous.end(), uint8_t{1});
  EXPECT_LE(anomalous, 13067);                            // one file has an anomaly within its first 400 rows
  EXPECT_GT(anomalous, 12700);
}

TEST(RealDataTest, NabHasItsCounts) {
  RECUR_FIND_DATA(file, "nab/nab_data_labels.tar.gz");
  AnomalyOptions options;
  options.format = "nab";
  options.archive = file;
  const AnomalyTask task(options);
  EXPECT_EQ(task.targets().begin.size(), 59u);
  int64_t windows = 0;
  for (size_t s = 0; s + 1 < task.targets().begin.size(); ++s)
    for (int64_t i = task.targets().begin[s]; i < task.targets().begin[s + 1]; ++i)
      windows += task.targets().anomalous[static_cast<size_t>(i)] && (i == task.targets().begin[s] || !task.targets().anomalous[static_cast<size_t>(i) - 1]);
  EXPECT_GE(windows, 115);  // 116 labelled ones, none of them in a probation; windows may touch, and one series has its clock put back
  EXPECT_LE(windows, 118);
}

TEST(RealDataTest, HeartbeatsOfOtherClassesAreAnomalous) {
  RECUR_FIND_DATA(train, "ucr/ECG5000_TRAIN.tsv.gz");
  RECUR_FIND_DATA(test, "ucr/ECG5000_TEST.tsv.gz");
  AnomalyOptions options;
  options.format = "ucr";
  options.train = train;
  options.test = test;
  const AnomalyTask task(options);
  EXPECT_EQ(task.sequences(Part::train).size() + task.sequences(Part::valid).size(), 292);
  EXPECT_EQ(task.targets().anomalous.size(), 4500u);
  EXPECT_EQ(std::count(task.targets().anomalous.begin(), task.targets().anomalous.end(), uint8_t{0}), 2627);
  for (const Baseline& baseline : task.baselines())
    if (baseline.name == "position_zscore") { EXPECT_GT(baseline.values[1], 0.9); }
}

TEST(RealDataTest, JsbChoralesComeBackFromMidi) {
  RECUR_FIND_DATA(file, "polyphonic_music/jsb_chorales.json.gz");
  const std::string path = (std::filesystem::path(testing::TempDir()) / ("jsb-" + std::to_string(getpid()) + ".mid")).string();
  for (const std::vector<Piece>& part : read_piano_rolls(file)) {
    for (const Piece& piece : part) {
      write_midi(path, piece, 1, 100);
      ASSERT_EQ(read_midi(path, 1).piece, piece);
    }
  }
  std::filesystem::remove(path);
}

TEST(RealDataTest, JsbChoralesAtSixteenthsHaveTheirCounts) {
  RECUR_FIND_DATA(file, "polyphonic_music/jsb_chorales_16th.json.gz");
  MusicOptions options;
  options.json = file;
  const MusicTask task(options);
  EXPECT_EQ(task.sequences(Part::train).begin.back(), 55228);
  EXPECT_EQ(task.sequences(Part::valid).begin.back(), 18408);
  EXPECT_EQ(task.sequences(Part::test).begin.back(), 18900);
}

}  // namespace
}  // namespace recur::data
