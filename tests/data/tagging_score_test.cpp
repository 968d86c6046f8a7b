#include "recur/data/tagging_score.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "recur/error/error.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::string entities(const std::string& tags) {
  std::string out;
  for (const Entity& entity : entities_of(words(tags))) out += fmt::format("{}{}:{}-{}", out.empty() ? "" : " ", entity.type, entity.begin, entity.end);
  return out;
}

// The rules of conlleval's startOfChunk and endOfChunk, case by case.
TEST(EntitiesTest, BeginAndEndAsConllevalHasThem) {
  EXPECT_EQ(entities("O O"), "");
  EXPECT_EQ(entities("B-x"), "x:0-1");
  EXPECT_EQ(entities("B-x I-x O"), "x:0-2");
  EXPECT_EQ(entities("B-x B-x"), "x:0-1 x:1-2");          // B B: ends and begins
  EXPECT_EQ(entities("B-x I-x B-x"), "x:0-2 x:2-3");      // I B
  EXPECT_EQ(entities("O I-x I-x"), "x:1-3");              // O I begins
  EXPECT_EQ(entities("I-x"), "x:0-1");                    // before the first word is O
  EXPECT_EQ(entities("B-x I-y"), "x:0-1 y:1-2");          // another type ends and begins
  EXPECT_EQ(entities("I-x I-y I-y O I-y"), "x:0-1 y:1-3 y:4-5");
  EXPECT_EQ(entities("B-x-y I-x-y"), "x-y:0-2");          // a type may hold a hyphen
}

TEST(EntitiesTest, KnowsBioTags) {
  for (const char* good : {"O", "B-x", "I-x-y"}) EXPECT_TRUE(is_bio(good)) << good;
  for (const char* bad : {"", "o", "B", "B-", "I-", "E-x", "x", "OO"}) EXPECT_FALSE(is_bio(bad)) << bad;
}

class TaggingScoreTest : public ::testing::Test {
 protected:
  const std::vector<std::string> tags_{"B-x", "B-y", "I-x", "I-y", "O"};
  std::vector<int32_t> labels(const std::string& text) const {
    std::vector<int32_t> out;
    for (const std::string& word : words(text))
      out.push_back(word == "B-new" ? TaggingScore::unseen_label(0) : static_cast<int32_t>(std::find(tags_.begin(), tags_.end(), word) - tags_.begin()));
    return out;
  }
};

TEST_F(TaggingScoreTest, AnEntityIsRightIfBeginEndAndTypeAre) {
  TaggingScore score(tags_, {}, true);
  score.add(labels("B-x I-x O B-y"), labels("B-x I-x O B-y"));  // 2 there, 2 found, 2 right
  score.add(labels("B-x I-x O"), labels("B-x O O"));            // ends too early
  score.add(labels("B-x O"), labels("B-y O"));                  // another type
  score.add(labels("B-x O"), labels("I-x O"));                  // conlleval takes this for right
  const std::vector<double> values = score.values();
  ASSERT_EQ(values.size(), 4u);
  EXPECT_DOUBLE_EQ(values[0], 8.0 / 11);
  EXPECT_DOUBLE_EQ(values[1], 60);  // 3 of 5 found
  EXPECT_DOUBLE_EQ(values[2], 60);  // 3 of 5 there
  EXPECT_DOUBLE_EQ(values[3], 60);
  EXPECT_EQ(score.details(), "x: precision 66.67 %, recall 50.00 %, F1 57.14; 4 there, 3 found\ny: precision 50.00 %, recall 100.00 %, F1 66.67; 1 there, 2 found\n");
}

TEST_F(TaggingScoreTest, EntitiesEndWithTheirSentence) {
  TaggingScore score(tags_, {}, true);
  score.add(labels("O B-x"), labels("O B-x"));
  score.add(labels("I-x O"), labels("I-x O"));
  EXPECT_THAT(score.values(), ElementsAre(1, 100, 100, 100));
}

TEST_F(TaggingScoreTest, WithoutEntitiesFoundOrThereTheyAreZero) {
  TaggingScore score(tags_, {}, true);
  score.add(labels("B-x O"), labels("O O"));
  EXPECT_THAT(score.values(), ElementsAre(0.5, 0, 0, 0));
}

TEST_F(TaggingScoreTest, ATagThatTrainingLacksCountsAsWrong) {
  TaggingScore score(tags_, {"B-new"}, true);
  score.add(labels("B-new O"), labels("B-x O"));
  EXPECT_THAT(score.values(), ElementsAre(0.5, 0, 0, 0));
}

TEST_F(TaggingScoreTest, ReadsLogitsUpToEachLength) {
  TaggingScore score({"a", "b"}, {}, false);
  // T = 2, N = 2; the second sentence has one word
  const std::vector<float> logits{0, 1, 1, 0, 0, 1, 9, 0};
  const std::vector<int32_t> labels{1, 0, 0, kIgnored}, lengths{2, 1};
  Outcome outcome;
  outcome.predictions = logits;
  outcome.labels = labels;
  outcome.lengths = lengths;
  score.add(outcome);
  EXPECT_THAT(score.values(), ElementsAre(2.0 / 3));
}

}  // namespace
}  // namespace recur::data
