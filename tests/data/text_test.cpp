#include "recur/data/text.hpp"

#include <gtest/gtest.h>

#include "scratch.hpp"

namespace recur::data {
namespace {

class TextTest : public Scratch {};

using Ids = std::vector<int32_t>;
using Entries = std::vector<std::string>;

TEST_F(TextTest, ReadsAFileWithoutItsByteOrderMark) {
  EXPECT_EQ(read_text(file("x.txt", "\xEF\xBB\xBFgr\xC3\xBC\xC3\x9F")), "gr\xC3\xBC\xC3\x9F");
}

TEST_F(TextTest, TellsOfAFileThatIsNotThereOrEmpty) {
  EXPECT_EQ(error_of([&] { read_text(path("none.txt")); }), "none.txt: cannot be read: No such file or directory");
  EXPECT_EQ(error_of([&] { read_text(file("x.txt", "")); }), "x.txt: is empty; give a file that holds data");
}

TEST_F(TextTest, TellsWhereBytesAreNotUtf8) {
  const std::string remedy = " is not UTF-8 here; convert the text, for example with iconv -t UTF-8";
  const std::pair<std::string, std::string> cases[] = {
      {"one\ngr\xFC\xDF", "2:3: byte 0xFC"},                      // Latin-1
      {"\xC3\xBC\xC3", "1:2: byte 0xC3"},                         // cut off
      {"a\xC0\xAF", "1:2: byte 0xC0"},                            // overlong
      {"a\xE0\x80\xAF", "1:2: byte 0xE0"},                        // overlong
      {"a\xF0\x80\x80\xAF", "1:2: byte 0xF0"},                    // overlong
      {"a\xED\xA0\x80", "1:2: byte 0xED"},                        // a surrogate
      {"a\xF4\x90\x80\x80", "1:2: byte 0xF4"},                    // above U+10FFFF
      {"a\xE2\x82" "b", "1:2: byte 0xE2"},                        // a byte is missing
      {"a\x80", "1:2: byte 0x80"},                                // a byte too many
  };
  for (const auto& [text, place] : cases) {
    EXPECT_EQ(error_of([&, &t = text] { read_text(file("x.txt", t)); }), "x.txt:" + place + remedy);
  }
}

TEST_F(TextTest, AVocabularyHasTheMostFrequentFirst) {
  const Vocabulary vocabulary =
      Vocabulary::from_counts(TextUnit::word, {{"b", 2}, {"never", 0}, {"c", 5}, {"a", 2}, {"rare", 1}}, 2);
  EXPECT_EQ(vocabulary.entries(), (Entries{"<unk>", "c", "a", "b"}));
  EXPECT_EQ(vocabulary.id("c"), 1);
  EXPECT_EQ(vocabulary.id("rare"), Vocabulary::kUnknown);
  EXPECT_FALSE(vocabulary.contains("never"));
}

TEST_F(TextTest, CharactersAreCodePoints) {
  const Vocabulary vocabulary(TextUnit::character, {"<unk>", "g", "\xC3\xBC", "\xF0\x9F\x8E\xB5", "\n"});
  const std::string text = "g\xC3\xBC\xF0\x9F\x8E\xB5\n\xC3\x9F";
  EXPECT_EQ(vocabulary.encode(text), (Ids{1, 2, 3, 4, Vocabulary::kUnknown}));
  EXPECT_EQ(vocabulary.decode(Ids{1, 2, 3, 4, 0}), "g\xC3\xBC\xF0\x9F\x8E\xB5\n<unk>");
}

TEST_F(TextTest, WordsAreSeparatedByWhiteSpaceAndLinesEnd) {
  const Vocabulary vocabulary(TextUnit::word, {"<unk>", "<eos>", "the", "cat,"});
  EXPECT_EQ(vocabulary.encode("  the\tcat, \r\n\nthe dog"), (Ids{2, 3, 1, 1, 2, 0}));
  EXPECT_EQ(vocabulary.decode(Ids{2, 3, 1, 1, 2, 0}), "the cat,\n\nthe <unk>");
}

TEST_F(TextTest, UnknownWordsThatATextMarksItselfAreUnknown) {
  const Vocabulary vocabulary = Vocabulary::from_counts(TextUnit::word, {{"<unk>", 9}, {"a", 1}});
  EXPECT_EQ(vocabulary.entries(), (Entries{"<unk>", "a"}));
  EXPECT_EQ(vocabulary.encode("a <unk>"), (Ids{1, 0}));
}

TEST_F(TextTest, AVocabularyIsRestoredFromItsEntries) {
  const Vocabulary vocabulary = Vocabulary::from_counts(TextUnit::character, {{"b", 2}, {"a", 1}});
  const Vocabulary restored(TextUnit::character, vocabulary.entries());
  EXPECT_EQ(restored.encode("abc"), vocabulary.encode("abc"));
  EXPECT_EQ(error_of([] { Vocabulary(TextUnit::character, {"a"}); }),
            "vocabulary: the first entry is 'a', but has to be <unk>; give the list that was saved");
  EXPECT_EQ(error_of([] { Vocabulary(TextUnit::character, {"<unk>", "a", "a"}); }),
            "vocabulary: 'a' stands there twice; give the list that was saved");
}

TEST_F(TextTest, APromptThatIsNotUtf8IsRefused) {
  const Vocabulary vocabulary(TextUnit::character, {"<unk>", "a"});
  EXPECT_EQ(error_of([&] { vocabulary.encode("a\xFF", "--prompt"); }).substr(0, 23), "--prompt:1:2: byte 0xFF");
}

TEST_F(TextTest, UnitsAreKnownByName) {
  EXPECT_EQ(text_unit("word"), TextUnit::word);
  EXPECT_EQ(text_unit(to_string(TextUnit::character)), TextUnit::character);
  EXPECT_EQ(error_of([] { text_unit("charcter"); }), "task.unit: unknown unit 'charcter'; did you mean 'character'?");
}

}  // namespace
}  // namespace recur::data
