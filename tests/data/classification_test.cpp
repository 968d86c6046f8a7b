#include "recur/data/classification.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "filled.hpp"
#include "recur/data/class_score.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ClassificationTest : public Scratch {
 protected:
  // 8 rows; the class is the last letter.
  ClassificationOptions letters() const {
    ClassificationOptions options;
    options.file = file("x.tsv", "id\tseq\tlabel\na\tACA\tA\nb\tCAC\tC\nc\tCCA\tA\nd\tAAC\tC\ne\tAAA\tA\nf\tCCC\tC\ng\tGCA\tA\nh\tAGC\tC\n");
    options.sequence = "seq";
    options.train_rows = 6;
    options.valid = 0;
    return options;
  }
  ClassificationOptions series(const std::string& train, const std::string& test) const {
    ClassificationOptions options;
    options.format = "ucr";
    options.train = file("a_TRAIN.tsv", train);
    options.test = file("a_TEST.tsv", test);
    options.valid = 0;
    return options;
  }
};

TEST_F(ClassificationTest, TakesTheFirstRowsForTrainingAndTheRestForTesting) {
  const ClassificationTask task(letters());
  EXPECT_THAT(task.classes(), ElementsAre("A", "C"));
  EXPECT_EQ(task.spec().input.width, 3);  // <unk>, A, C; G does not occur in training
  EXPECT_EQ(task.spec().output.width, 2);
  EXPECT_FALSE(task.spec().has_lengths);
  EXPECT_THAT(task.rows(Part::train), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(task.rows(Part::test), ElementsAre(6, 7));
  EXPECT_EQ(task.unseen(Part::test), 2);
  const Filled batch(task, *task.batches(Part::test, 4), 0);
  EXPECT_EQ(batch.shape, (BatchShape{.time = 3, .batch = 2, .counted = 2}));
  const std::vector<std::string> v = task.encoding().vocabulary;
  const auto id = [&](const char* letter) { return static_cast<int32_t>(std::find(v.begin(), v.end(), letter) - v.begin()); };
  EXPECT_THAT(batch.tokens, ElementsAre(0, id("A"), id("C"), 0, id("A"), id("C")));  // GCA and AGC, time first
  EXPECT_THAT(batch.labels, ElementsAre(0, 1));
}

TEST_F(ClassificationTest, AnAlphabetDecidesTheVocabulary) {
  ClassificationOptions options = letters();
  options.alphabet = "ACGT";
  EXPECT_THAT(ClassificationTask(options).encoding().vocabulary, ElementsAre("<unk>", "A", "C", "G", "T"));
  options.alphabet = "ACA";
  EXPECT_EQ(error_of([&] { ClassificationTask task(options); }), "task.data.alphabet: 'A' stands there twice; name each letter once");
}

TEST_F(ClassificationTest, NaiveBayesSeesTheLastLetter) {
  const ClassificationTask task(letters());
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 2u);
  EXPECT_EQ(baselines[0].name, "majority");
  EXPECT_DOUBLE_EQ(baselines[0].values[0], 0.5);
  EXPECT_DOUBLE_EQ(baselines[0].values[1], 50);
  EXPECT_EQ(baselines[1].name, "naive_bayes");
  EXPECT_DOUBLE_EQ(baselines[1].values[0], 1);
}

TEST_F(ClassificationTest, FoldsCoverEveryRowOnceAndKeepTheClasses) {
  ClassificationOptions options = letters();
  options.train_rows = 0;
  options.folds = 4;
  options.file = file("y.tsv", "seq\tlabel\nACA\tA\nCAC\tC\nCCA\tA\nAAC\tC\nAAA\tA\nCCC\tC\nCAA\tA\nACC\tC\n");
  std::multiset<uint32_t> tested;
  for (options.fold = 1; options.fold <= 4; ++options.fold) {
    const ClassificationTask task(options);
    EXPECT_EQ(task.rows(Part::test).size(), 2u);
    EXPECT_EQ(task.rows(Part::train).size(), 6u);
    tested.insert(task.rows(Part::test).begin(), task.rows(Part::test).end());
    EXPECT_DOUBLE_EQ(task.baselines()[0].values[0], 0.5) << "one of each class";
  }
  EXPECT_THAT(tested, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST_F(ClassificationTest, TheValidationPartIsTakenFromTheTrainingPartByClass) {
  ClassificationOptions options = letters();
  options.valid = 1.0 / 3;
  const ClassificationTask task(options);
  EXPECT_EQ(task.rows(Part::train).size(), 4u);
  ASSERT_EQ(task.rows(Part::valid).size(), 2u);
  const auto& labels = task.sequences(Part::valid).labels;
  EXPECT_NE(labels[task.rows(Part::valid)[0]], labels[task.rows(Part::valid)[1]]);
}

TEST_F(ClassificationTest, SeriesAreStandardisedByTheTrainingPart) {
  const ClassificationTask task(series("1\t1\t3\n-1\t3\t1\n", "1\t5\t2\n"));
  EXPECT_THAT(task.classes(), ElementsAre("-1", "1"));
  EXPECT_EQ(task.spec().input.kind, InputSpec::Kind::continuous);
  EXPECT_THAT(task.encoding().mean, ElementsAre(2.0));
  const Filled batch(task, *task.batches(Part::test, 1), 0);
  EXPECT_THAT(batch.x, ElementsAre(3.0f, 0.0f));
  EXPECT_THAT(batch.labels, ElementsAre(1));
}

TEST_F(ClassificationTest, SequencesOfDifferentLengthHaveLengths) {
  const ClassificationTask task(series("a 1 2\nb 2 1\n", "a 1 2 3\n"));
  ASSERT_TRUE(task.spec().has_lengths);
  const Filled batch(task, *task.batches(Part::test, 1), 0);
  EXPECT_EQ(batch.shape.time, 4);
  EXPECT_THAT(batch.lengths, ElementsAre(3));
  EXPECT_EQ(batch.x[3], 0);
}

TEST_F(ClassificationTest, ReadsFastaByClassAndOnlyAtTheStartOfALine) {
  ClassificationOptions options;
  options.format = "fasta";
  options.positive = file("p.fa", ">one > more\nacgt\nAC\n>two\nACGTGT\n");
  options.negative = file("n.fa", ">\nTTTTTT\n>\nTTTTTA\n");
  options.folds = 2;
  options.valid = 0;
  const ClassificationTask task(options);
  EXPECT_EQ(task.sequences(Part::train).size(), 4);
  EXPECT_EQ(task.sequences(Part::train).length(0), 6);
  EXPECT_THAT(task.classes(), ElementsAre("negative", "positive"));
  options.negative = file("n.fa", ">\nTT\n>\n>\nTT\n");
  EXPECT_EQ(error_of([&] { ClassificationTask t(options); }),
            "n.fa:3:1: a record without letters, a sequence of length zero; remove it or add its letters");
  options.negative = file("n.fa", "TT\n");
  EXPECT_EQ(error_of([&] { ClassificationTask t(options); }), "n.fa:1:1: letters before the first record; a record begins with a line '>name'");
}

TEST_F(ClassificationTest, TellsWhatIsWrongWithRows) {
  ClassificationOptions options = letters();
  options.train_rows = 5;
  options.file = file("z.csv", "seq,label\nAC,A\nCA,B\nAA,A\nCC,B\nAC,A\nCA,Z\n");
  EXPECT_EQ(error_of([&] { ClassificationTask t(options); }),
            "z.csv:7: class 'Z' of the test part is not in the training part, which has A, B; correct it, or split so that every class is learned");
  options.train_rows = 1;
  EXPECT_EQ(error_of([&] { ClassificationTask t(options); }),
            "z.csv: the training part has only the class 'A'; give one with at least two, or another split");
  options.train_rows = 7;
  EXPECT_EQ(error_of([&] { ClassificationTask t(options); }), "z.csv: task.split.train_rows is 7, but the file has 6 rows; ask for fewer");
  options.train_rows = 5;
  options.test_rows = 2;
  EXPECT_EQ(error_of([&] { ClassificationTask t(options); }),
            "z.csv: task.split.test_rows is 2, but 1 rows are left for the test part; ask for fewer");
  options.file = file("z.csv", "seq,label\nAC,A\n,B\n");
  EXPECT_EQ(error_of([&] { ClassificationTask t(options); }), "z.csv:3: column 'seq' is empty; remove the row or fill it in");
  options.file = file("z.csv", "seq,label\nA C,A\n");
  EXPECT_EQ(error_of([&] { ClassificationTask t(options); }),
            "z.csv:2: letter 2 of the sequence is no visible ASCII character; write sequences as letters without spaces");
  options.file = file("z.csv", "seq,lable\nAC,A\n");
  EXPECT_EQ(error_of([&] { ClassificationTask t(options); }), "z.csv:1: no column 'label'; did you mean 'lable'?");
}

TEST_F(ClassificationTest, TellsWhatIsWrongWithSeries) {
  EXPECT_EQ(error_of([&] { ClassificationTask t(series("1\t1\t2\n2\t1\n", "1\t1\t2\n")); }), "a_TRAIN.tsv:2:1: expected 2 values as on the first line, found 1");
  EXPECT_EQ(error_of([&] { ClassificationTask t(series("1\t1\t2\n2\t1\tx\n", "1\t1\t2\n")); }),
            "a_TRAIN.tsv:2:5: 'x' is not a number; a line is a class and then the values of its sequence");
  EXPECT_EQ(error_of([&] { ClassificationTask t(series("1\n", "1\t1\n")); }),
            "a_TRAIN.tsv:1:1: a class without values; a line is a class and then the values of its sequence");
  EXPECT_EQ(error_of([&] { ClassificationTask t(series("1 2 2\n2 2 2\n", "1 1 1\n")); }),
            "a_TRAIN.tsv: all values of the training part are 2 and cannot be standardised; give series that vary");
}

TEST(ClassScoreTest, CountsByClass) {
  ClassScore score({"a", "b", "c"});
  // a: 2 right; b: 1 right, 1 taken for a; c never occurs and is never predicted
  score.add(0, 0);
  score.add(0, 0);
  score.add(1, 1);
  score.add(1, 0);
  EXPECT_THAT(score.values(), ElementsAre(0.75, 25.0, ::testing::DoubleEq((4.0 / 5 + 2.0 / 3) / 2)));
  EXPECT_THAT(score.confusion(), ElementsAre(2, 0, 0, 1, 1, 0, 0, 0, 0));
  EXPECT_THAT(score.details(), HasSubstr("        b          1          1          0\n"));
}

TEST(ClassScoreTest, TakesTheLargestLogitAndLeavesOutWhatIsIgnored) {
  ClassScore score({"a", "b"});
  const std::vector<float> logits{1, 2, 5, 4, 0, 9};
  const std::vector<int32_t> labels{1, 1, kIgnored};
  Outcome outcome;
  outcome.predictions = logits;
  outcome.labels = labels;
  score.add(outcome);
  EXPECT_THAT(score.confusion(), ElementsAre(0, 0, 1, 1));
}

}  // namespace
}  // namespace recur::data
