// Series in the form of the UEA archive, as a classification reads them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filled.hpp"
#include "recur/data/anomaly.hpp"
#include "recur/data/classification.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kHeader = "#about\n@problemName Two\n@univariate false\n@classLabel true up down\n\n@data\n";

class TsFileTest : public Scratch {
 protected:
  ClassificationOptions options(const std::string& train, const std::string& test) const {
    ClassificationOptions options;
    options.format = "ucr";
    options.train = file("x_TRAIN.ts", train);
    options.test = file("x_TEST.ts", test);
    options.valid = 0;
    return options;
  }
  std::string mistake(const std::string& train) const {
    return error_of([&] { ClassificationTask task(options(train, std::string(kHeader) + "1:2:up\n")); });
  }
};

TEST_F(TsFileTest, ReadsDimensionsAsColumnsWithAScaleOfTheirOwn) {
  const std::string header = kHeader;
  const ClassificationTask task(options(header + "1,2,3:10,30,50:up\n3,2:50,10:down\n", header + "2:70:down\r\n"));
  EXPECT_THAT(task.classes(), ElementsAre("down", "up"));
  EXPECT_EQ(task.spec().input.width, 2);
  EXPECT_TRUE(task.spec().has_lengths);
  EXPECT_THAT(task.encoding().columns, ElementsAre("dimension 1", "dimension 2"));
  EXPECT_NEAR(task.encoding().mean[0], 2.2, 1e-6);
  EXPECT_NEAR(task.encoding().mean[1], 30, 1e-6);
  const Filled batch(task, *task.batches(Part::test, 1), 0);
  EXPECT_THAT(batch.lengths, ElementsAre(1));
  EXPECT_NEAR(batch.x[0], (2 - 2.2) / std::sqrt(0.56), 1e-5);
  EXPECT_NEAR(batch.x[1], 40 / std::sqrt(320.0), 1e-5);
}

TEST_F(TsFileTest, TellsWhatIsWrong) {
  const std::string header = kHeader;
  const struct {
    std::string text, message;
  } cases[] = {
      {"@problemName x\n", "x_TRAIN.ts: has no line @data; the sequences stand below it"},
      {"@timestamps true\n@data\n", "x_TRAIN.ts:1:1: sequences with time stamps are not read"},
      {"@classLabel false\n@data\n", "x_TRAIN.ts:1:1: sequences without classes"},
      {"#\nproblemName x\n@data\n", "x_TRAIN.ts:2:1: expected a line of the header"},
      {header + "1,2\n", "x_TRAIN.ts:7:1: expected the values of each dimension and then the class"},
      {header + "1,2:3,4:\n", "x_TRAIN.ts:7:1: expected the values of each dimension and then the class"},
      {"@dimensions 3\n@data\n1:2:up\n", "x_TRAIN.ts:3:1: expected 3 dimensions as the header says, found 2"},
      {header + "1:2:up\n1:2:3:down\n", "x_TRAIN.ts:8:1: expected 2 dimensions as in the first sequence, found 3"},
      {header + "1,2:3:up\n", "x_TRAIN.ts:7:5: dimension 2 has 1 values, the first has 2"},
      {header + "1,2::up\n", "x_TRAIN.ts:7:5: dimension 2 is empty, a sequence of length zero"},
      {header + "1,?:3,4:up\n", "x_TRAIN.ts:7:3: a missing value; fill it in or remove the sequence"},
      {header + "1,NaN:3,4:up\n", "x_TRAIN.ts:7:3: a missing value; fill it in or remove the sequence"},
      {header + "1,2:3,four:up\n", "x_TRAIN.ts:7:7: 'four' is not a number"},
  };
  for (const auto& each : cases) EXPECT_THAT(mistake(each.text), HasSubstr(each.message)) << each.text;
  EXPECT_THAT(mistake(header + "1:2:3:up\n3:2:1:down\n"), HasSubstr("x_TEST.ts: has 2 values a step, the training file 3; give files that belong together"));
}

TEST_F(TsFileTest, AnomaliesAreOfOneDimension) {
  AnomalyOptions options;
  options.format = "ucr";
  options.train = options.test = file("x.ts", std::string(kHeader) + "1:2:up\n");
  EXPECT_THAT(error_of([&] { AnomalyTask task(options); }), HasSubstr("x.ts: has 2 dimensions; give series of one, or with format: csv a column for each"));
}

}  // namespace
}  // namespace recur::data
