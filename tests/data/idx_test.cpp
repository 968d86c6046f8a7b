#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "recur/data/classification.hpp"
#include "filled.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;

std::string big_endian(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)};
}

// Images of 2 x 3 pixels: image i holds 10 i, 10 i + 1, ...
std::string images(uint32_t count) {
  std::string bytes = std::string("\0\0\x08\x03", 4) + big_endian(count) + big_endian(2) + big_endian(3);
  for (uint32_t i = 0; i < count; ++i)
    for (uint32_t p = 0; p < 6; ++p) bytes += static_cast<char>(10 * i + p);
  return bytes;
}

std::string classes(const std::string& digits) {
  std::string bytes = std::string("\0\0\x08\x01", 4) + big_endian(static_cast<uint32_t>(digits.size()));
  for (const char digit : digits) bytes += static_cast<char>(digit - '0');
  return bytes;
}

class IdxTest : public Scratch {
 protected:
  ClassificationOptions options() const {
    ClassificationOptions options;
    options.format = "idx";
    options.train = file("a", images(4));
    options.train_labels = file("b", classes("7171"));
    options.test = file("c", images(2));
    options.test_labels = file("d", classes("17"));
    options.valid = 0;
    return options;
  }
};

TEST_F(IdxTest, ReadsImagesPixelByPixel) {
  const ClassificationTask task(options());
  EXPECT_THAT(task.classes(), ElementsAre("1", "7"));
  EXPECT_EQ(task.spec().input.width, 1);
  const Filled batch(task, *task.batches(Part::test, 2), 0);
  EXPECT_EQ(batch.shape.time, 6);
  EXPECT_THAT(batch.labels, ElementsAre(0, 1));
  EXPECT_LT(batch.x[0], batch.x[2]);
  EXPECT_NEAR(batch.x[1] - batch.x[0], 10 * (batch.x[2] - batch.x[0]), 1e-5);  // the images are 10 apart, pixels 1
}

TEST_F(IdxTest, ReadsRowsOfImages) {
  ClassificationOptions by_rows = options();
  by_rows.read = "rows";
  const ClassificationTask task(by_rows);
  EXPECT_EQ(task.spec().input.width, 3);
  EXPECT_EQ(task.batches(Part::train, 2)->shape(0).time, 2);
}

TEST_F(IdxTest, PermutesThePixelsOfAllImagesAlike) {
  ClassificationOptions permuted = options();
  permuted.permute = true;
  const ClassificationTask task(permuted), again(permuted), plain(options());
  const auto train = task.sequences(Part::train).values, test = task.sequences(Part::test).values;
  EXPECT_EQ(train, again.sequences(Part::train).values);
  EXPECT_NE(train, plain.sequences(Part::train).values);
  EXPECT_TRUE(std::equal(test.begin(), test.end(), train.begin()));  // the test images are the first two
}

TEST_F(IdxTest, TakesTheFirstImagesWhereItIsAskedTo) {
  ClassificationOptions few = options();
  few.train_rows = 2;
  few.test_rows = 1;
  const ClassificationTask task(few);
  EXPECT_EQ(task.rows(Part::train).size(), 2u);
  EXPECT_EQ(task.rows(Part::test).size(), 1u);
}

TEST_F(IdxTest, TellsWhatIsWrong) {
  const auto error = [&](auto change) {
    ClassificationOptions changed = options();
    change(changed);
    return error_of([&] { ClassificationTask task(changed); });
  };
  EXPECT_EQ(error([&](auto& o) { o.train = file("a", images(4).substr(0, 30)); }), "a: holds 30 bytes, but its header (4 x 2 x 3) needs 40; fetch the file again");
  EXPECT_EQ(error([&](auto& o) { o.train = file("a", images(4) + "x"); }), "a: holds 41 bytes, but its header (4 x 2 x 3) needs 40; fetch the file again");
  EXPECT_EQ(error([&](auto& o) { o.train = o.train_labels; }),
            "b: is no IDX file of images: it does not begin with the bytes 0 0 8 3; give the file of images");
  EXPECT_EQ(error([&](auto& o) { o.train_labels = o.test_labels; }), "d: holds 2 classes for the 4 images of a; give the file that belongs to it");
  EXPECT_EQ(error([&](auto& o) { o.train = file("a", images(4).substr(0, 10)); }), "a: is cut short within its header; fetch the file again");
  EXPECT_EQ(error([&](auto& o) { o.train_rows = 5; }), "a: holds 4 images, but task.split asks for 5; ask for fewer");
}

}  // namespace
}  // namespace recur::data
