// Files are told from plugins by reading them.
#include "elf_stamp.hpp"

#include "scanning.hpp"

namespace recur::plugin {
namespace {

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(StampTest, IsFoundInAPlugin) {
  EXPECT_EQ(stamp_problem(kFixtures / "mgu.so"), "");
  EXPECT_EQ(stamp_problem(kHostile / "wrong_major.so"), "") << "the symbol is right, the description is not";
}

TEST(StampTest, IsMissedInOtherFiles) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "x.so";
  EXPECT_EQ(stamp_problem(file), "cannot be read: No such file or directory");
  write(file, "");
  EXPECT_EQ(stamp_problem(file), "is no shared library");
  write(file, "#!/bin/sh\nexit 0\n");
  EXPECT_EQ(stamp_problem(file), "is no shared library");
  EXPECT_EQ(stamp_problem(directory.path()), "is no shared library");
}

TEST(StampTest, SurvivesFilesThatAreCutOrGarbled) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "x.so";
  const std::string whole = contents(kFixtures / "mgu.so");
  for (const size_t part : {whole.size() / 2, size_t{64}, size_t{63}, size_t{4}}) {
    write(file, whole.substr(0, part));
    EXPECT_NE(stamp_problem(file), "") << part;
  }
  for (size_t at = 16; at < 64; ++at) {
    std::string garbled = whole;
    garbled[at] = static_cast<char>(garbled[at] ^ 0x55);
    write(file, garbled);
    stamp_problem(file);  // any answer will do
  }
}

TEST(StampTest, TellsAnotherProcessorAndAnotherMajor) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "x.so";
  std::string other = contents(kFixtures / "mgu.so");
  other[18] = 0x28;  // e_machine: 32-bit ARM
  write(file, other);
  EXPECT_EQ(stamp_problem(file), "was built for another kind of processor");

  std::string newer = contents(kFixtures / "mgu.so");
  const std::string symbol = "recur_plugin_entry_v1";
  for (size_t at = newer.find(symbol); at != std::string::npos; at = newer.find(symbol, at + 1)) newer[at + symbol.size() - 1] = '2';
  write(file, newer);
  EXPECT_EQ(stamp_problem(file), "made for plugin ABI 2, this recur has 1: build the plugin again against this recur's SDK");
}

}  // namespace
}  // namespace recur::plugin
