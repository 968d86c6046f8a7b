#include "../../core/data/name_pattern.hpp"

#include <gmock/gmock.h>

#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

class NamePatternTest : public Scratch {};

TEST_F(NamePatternTest, TakesANameApart) {
  const NamePattern pattern("{label}_{speaker}_{index}");
  EXPECT_THAT(pattern.fields(), ElementsAre("label", "speaker", "index"));
  EXPECT_THAT(pattern.match("recordings/7_theo_32.wav"), Optional(ElementsAre("7", "theo", "32")));
  EXPECT_THAT(pattern.match("7_theo_32"), Optional(ElementsAre("7", "theo", "32")));
  EXPECT_EQ(pattern.match("7_theo.wav"), std::nullopt);
  EXPECT_EQ(pattern.match("7__32.wav"), std::nullopt);
  EXPECT_EQ(pattern.match("7_theo_32_a.wav"), std::nullopt) << "which underscore would part which?";
  EXPECT_THAT(NamePattern("take-{label}.old").match("take-a.old.wav"), Optional(ElementsAre("a")));
  EXPECT_EQ(NamePattern("take-{label}.old").match("take-a.olds.wav"), std::nullopt);
  EXPECT_EQ(NamePattern("take-{label}.old").match("tape-a.old.wav"), std::nullopt);
}

TEST_F(NamePatternTest, CoversFoldersWhereItHasThem) {
  const NamePattern pattern("{label}/{speaker}_nohash_{index}");
  EXPECT_THAT(pattern.match("set/v1.2/yes/0a7c_nohash_1.wav"), Optional(ElementsAre("yes", "0a7c", "1")));
  EXPECT_EQ(pattern.match("0a7c_nohash_1.wav"), std::nullopt);
}

TEST_F(NamePatternTest, SaysWhatIsNoPattern) {
  const auto wrong = [&](const char* text) { return error_of([&] { NamePattern{text}; }); };
  const std::string like = "; write it like '{label}_{speaker}_{index}'";
  EXPECT_EQ(wrong("{label"), "'{label' has a { without a }" + like);
  EXPECT_EQ(wrong("label}"), "'label}' has a } without a {" + like);
  EXPECT_EQ(wrong("{}_{label}"), "'{}_{label}' has a field without a name" + like);
  EXPECT_EQ(wrong("{label}_{label}"), "'{label}_{label}' has the field label twice" + like);
  EXPECT_EQ(wrong("{label}{x}"), "'{label}{x}' has nothing between label and x, so that one cannot be told from the other" + like);
  EXPECT_EQ(wrong("{speaker}_1"), "'{speaker}_1' does not say where the class stands, {label}" + like);
  EXPECT_THAT(NamePattern("{speaker}_1", false).match("theo_1.wav"), Optional(ElementsAre("theo"))) << "where the class need not be told";
}

TEST_F(NamePatternTest, ARulePicksByRangeOrByName) {
  const NamePattern pattern("{label}_{index}");
  FieldRule numbers("index=0-4,12", pattern);
  EXPECT_EQ(numbers.field(), "index");
  EXPECT_TRUE(numbers.picks({"a", "0"}));
  EXPECT_TRUE(numbers.picks({"a", "04"}));
  EXPECT_FALSE(numbers.picks({"a", "5"}));
  EXPECT_FALSE(numbers.picks({"a", "x"}));
  EXPECT_EQ(error_of([&] { numbers.require_all_seen("task.split.test_where"); }), "task.split.test_where: no file has index 12; known: 0, 04, 5, x");
  EXPECT_TRUE(numbers.picks({"a", "12"}));
  numbers.require_all_seen("task.split.test_where");
  FieldRule names("label=left-hand", pattern);
  EXPECT_TRUE(names.picks({"left-hand", "1"}));
}

TEST_F(NamePatternTest, SaysWhatIsNoRule) {
  const NamePattern pattern("{label}_{index}");
  const auto wrong = [&](const char* text) { return error_of([&] { FieldRule(text, pattern); }); };
  EXPECT_EQ(wrong("index"), "'index' is no rule; write it like index=0-4 or label=a,b");
  EXPECT_EQ(wrong("index="), "'index=' is no rule; write it like index=0-4 or label=a,b");
  EXPECT_EQ(wrong("index=1,"), "'index=1,' has an empty value; write it like index=0-4 or label=a,b");
  EXPECT_EQ(wrong("indx=1"), "task.data.name has no field 'indx'; did you mean 'index'?");
}

}  // namespace
}  // namespace recur::data
