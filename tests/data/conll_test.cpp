#include "../../core/data/conll.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(const std::vector<TaggedSentence>& sentences) {
  std::vector<std::string> out;
  for (const TaggedSentence& sentence : sentences) {
    std::string text;
    for (const TaggedWord& word : sentence) text += (text.empty() ? "" : " ") + word.word + "/" + word.tag;
    out.push_back(text);
  }
  return out;
}

std::string token(const std::string& id, const std::string& form, const std::string& tag) {
  return id + "\t" + form + "\tlemma\t" + tag + "\t_\t_\t0\troot\t_\t_\n";
}

class ConllTest : public Scratch {};

TEST_F(ConllTest, ConlluLeavesOutRangesAndEmptyNodes) {
  const std::string text = "# sent_id = 1\n# text = du pain\n" + token("1-2", "du", "_") + token("1", "de", "ADP") + token("2", "le", "DET") +
                           token("3", "pain", "NOUN") + token("3.1", "elided", "VERB") + "\n\n# two\n" + token("1", "Oui", "INTJ");
  EXPECT_THAT(texts(read_conllu(file("a.conllu", text))), ElementsAre("de/ADP le/DET pain/NOUN", "Oui/INTJ"));
}

TEST_F(ConllTest, ConlluTellsWhatIsWrong) {
  EXPECT_EQ(error_of([&] { read_conllu(file("a", token("1", "a", "X") + "2\tb\tc\n")); }), "a:2:5: expected 10 columns separated by tabs, found 3");
  EXPECT_EQ(error_of([&] { read_conllu(file("a", token("1", "", "X"))); }), "a:1:3: a word is missing; write it, or remove the line");
  EXPECT_EQ(error_of([&] { read_conllu(file("a", token("1", "a", "X") + "\n# lost\n# more\n\n")); }),
            "a:3:1: a sentence of length zero: comments with no word after them; remove them or add the words");
  EXPECT_EQ(error_of([&] { read_conllu(file("a", "\n \n")); }), "a: is empty; give a file that holds data");
}

TEST_F(ConllTest, ColumnsAreSeparatedByTabsOrSpacesAndSentencesByBlankLines) {
  EXPECT_THAT(texts(read_columns(file("a", "a\tO\r\nb c\tB-x\r\n\t\r\n\r\nd\tO\r\n"), 1, 0)), ElementsAre("a/O b c/B-x", "d/O"));
  EXPECT_THAT(texts(read_columns(file("a", "-DOCSTART- -X- O\n\nEU NNP B-ORG\nsays  VBZ  O\n"), 1, 3)), ElementsAre("EU/B-ORG says/O"));
  EXPECT_THAT(texts(read_columns(file("a", "EU NNP B-ORG\n"), 1, 2)), ElementsAre("EU/NNP"));
}

TEST_F(ConllTest, ColumnsTellWhatIsWrong) {
  EXPECT_EQ(error_of([&] { read_columns(file("a", "a\tO\nb\n"), 1, 0); }), "a:2:1: expected 2 columns as on the first line, found 1");
  EXPECT_EQ(error_of([&] { read_columns(file("a", "a\tO\nb\tO\tO\n"), 1, 0); }), "a:2:5: expected 2 columns as on the first line, found 3");
  EXPECT_EQ(error_of([&] { read_columns(file("a", "a\tO\n"), 3, 0); }),
            "a:1:1: found 2 columns, but words are looked for in 3 and tags in the last; correct task.data.word and tag");
  EXPECT_EQ(error_of([&] { read_columns(file("a", "a\t\n"), 1, 0); }), "a:1:3: a tag is missing; write it, or remove the line");
  EXPECT_EQ(error_of([&] { read_columns(file("a", "\xff\tO\n"), 1, 0); }).substr(0, 6), "a:1:1:");
}

}  // namespace
}  // namespace recur::data
