#include "../../core/data/archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "compress.hpp"
#include "recur/error/error.hpp"
#include "scratch.hpp"
#include "write_archive.hpp"

namespace recur::data {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Files read(const std::string& path, std::string_view ending = "") {
  Files files;
  for (const ArchiveFile& file : read_archive(path, ending)) files.emplace_back(file.name, file.bytes);
  return files;
}

class ArchiveTest : public Scratch {};

const Files kWritten{{"./b/2.txt", "two\n"}, {"a/1.txt", "one"}, {"a/._1.txt", "hidden"}, {"read.me", ""}};
const Files kText{{"a/1.txt", "one"}, {"b/2.txt", "two\n"}};

TEST_F(ArchiveTest, GivesTheFilesOfTarAndZipByName) {
  for (const bool zip : {false, true}) {
    const std::string written = path(zip ? "x.zip" : "x.tar.gz");
    write_archive(written, zip, kWritten);
    EXPECT_EQ(read(written, ".txt"), kText) << written;
    EXPECT_EQ(read(written).size(), 3u) << written;
  }
}

TEST_F(ArchiveTest, GivesTheFilesOfAFolderDecompressed) {
  std::filesystem::create_directories(path("x/a"));
  std::filesystem::create_directories(path("x/b"));
  std::ofstream(path("x/a/1.txt")) << compressed("one");
  std::ofstream(path("x/b/2.txt")) << "two\n";
  std::ofstream(path("x/b/.hidden.txt")) << "hidden";
  EXPECT_EQ(read(path("x")), kText);
}

TEST_F(ArchiveTest, NamesTheFileThatIsNoArchiveOrIsCutShort) {
  std::ofstream(path("x.tar.gz")) << "no archive at all\n";
  EXPECT_THAT(error_of([&] { read_archive(path("x.tar.gz")); }), AllOf(HasSubstr("x.tar.gz"), HasSubstr("neither a folder nor an archive")));
  EXPECT_THAT(error_of([&] { read_archive(path("none.tar")); }), AllOf(HasSubstr("none.tar"), HasSubstr("No such file")));

  std::string noise;  // does not compress, so half of the file is not enough
  for (uint32_t i = 0, v = 1; i < 500000; ++i) noise.push_back(static_cast<char>((v = v * 1664525u + 1013904223u) >> 24));
  write_archive(path("cut.tar.gz"), false, {{"a/1.txt", noise}});
  std::filesystem::resize_file(path("cut.tar.gz"), std::filesystem::file_size(path("cut.tar.gz")) / 2);
  EXPECT_THAT(error_of([&] { read_archive(path("cut.tar.gz")); }), AllOf(HasSubstr("cut.tar.gz"), HasSubstr("cut short or damaged at a/1.txt")));
}

TEST_F(ArchiveTest, SaysThatNothingHasTheEnding) {
  write_archive(path("x.zip"), true, kWritten);
  EXPECT_THAT(error_of([&] { read_archive(path("x.zip"), ".wav"); }), HasSubstr("holds no file whose name ends in .wav"));
}

}  // namespace
}  // namespace recur::data
