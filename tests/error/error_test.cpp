#include "recur/error/error.hpp"

#include <gtest/gtest.h>

#include "recur/error/suggest.hpp"

namespace recur {
namespace {

TEST(UserErrorTest, PrintsThePlaceBeforeTheMessage) {
  EXPECT_STREQ(UserError(Place{"x.yaml", 12, 5}, "unknown key").what(), "x.yaml:12:5: unknown key");
  EXPECT_STREQ(UserError(Place{"x.csv", 3}, "ragged row").what(), "x.csv:3: ragged row");
  EXPECT_STREQ(UserError(Place{}, "no file").what(), "no file");
}

TEST(UserErrorTest, CarriesEveryMistakeAsALine) {
  const UserError error(std::vector<std::string>{"one", "two"});
  EXPECT_STREQ(error.what(), "one\ntwo");
  EXPECT_EQ(error.messages().size(), 2u);
}

TEST(RecurCheckTest, PrintsTheValues) {
  try {
    RECUR_CHECK(1 == 2, "left {} right {}", 1, 2);
    FAIL() << "did not throw";
  } catch (const InvariantError& error) {
    EXPECT_NE(std::string(error.what()).find("left 1 right 2"), std::string::npos);
  }
}

TEST(SuggestTest, FindsTheNearestName) {
  const std::vector<std::string> keys{"hidden", "layers", "cell"};
  EXPECT_EQ(nearest_name("hiden", keys), "hidden");
  EXPECT_EQ(nearest_name("clel", keys), "cell");
  EXPECT_EQ(nearest_name("optimizer", keys), "");
  EXPECT_EQ(suggestion("hiden", keys), "; did you mean 'hidden'?");
  EXPECT_EQ(suggestion("zzzzzz", keys), "; known: hidden, layers, cell");
}

}  // namespace
}  // namespace recur
