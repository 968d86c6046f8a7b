#include <gtest/gtest.h>

#include <filesystem>

#include "compress.hpp"
#include "recur/data/csv.hpp"
#include "recur/data/text.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

class GzipTest : public Scratch {};

TEST_F(GzipTest, ACompressedFileReadsAsItsContents) {
  const NumericTable table = read_csv(file("x.csv.gz", compressed("a,b\n1,2\n3,4\n")));
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.values, (std::vector<double>{1, 2, 3, 4}));
}

TEST_F(GzipTest, ContentsDecideNotTheName) {
  EXPECT_EQ(read_text(file("plain.gz", "not compressed")), "not compressed");
  EXPECT_EQ(read_text(file("packed.txt", compressed("packed"))), "packed");
}

TEST_F(GzipTest, MembersAreReadOneAfterTheOtherAndPaddingIsLeftOut) {
  EXPECT_EQ(read_text(file("two.gz", compressed("one ") + compressed("two") + std::string(512, '\0'))), "one two");
}

TEST_F(GzipTest, ALongFileThatPacksWellIsReadWhole) {
  const std::string text(3'000'000, 'a');
  EXPECT_EQ(read_text(file("long.gz", compressed(text))), text);
}

TEST_F(GzipTest, APathFindsNothingButTheFileThatItNames) {
  file("x.csv.gz", compressed("a\n1\n"));
  EXPECT_EQ(error_of([&] { read_csv(path("x.csv")); }), "x.csv: cannot be read: No such file or directory");
}

TEST_F(GzipTest, TellsWhatIsWrong) {
  const std::string good = compressed("some words that are long enough to be cut");
  std::string damaged = good;
  damaged[good.size() - 8] = static_cast<char>(damaged[good.size() - 8] ^ 1);  // in the checksum
  EXPECT_EQ(error_of([&] { read_text(file("cut.gz", good.substr(0, 20))); }),
            "cut.gz: is cut short: the gzip data end after 20 bytes; fetch the file again");
  EXPECT_EQ(error_of([&] { read_text(file("bad.gz", damaged)); }),
            "bad.gz: is damaged near byte 56 (incorrect data check); fetch the file again");
  EXPECT_EQ(error_of([&] { read_text(file("tail.gz", good + "xyz")); }),
            "tail.gz: is damaged near byte 62 (incorrect header check); fetch the file again");
  EXPECT_EQ(error_of([&] { read_text(file("empty.gz", compressed(" \n"))); }), "empty.gz: is empty; give a file that holds data");
}

}  // namespace
}  // namespace recur::data
