#include "recur/config/value.hpp"

#include <gmock/gmock.h>

#include "recur/config/document.hpp"

namespace recur::config {
namespace {

Value quoted(const std::string& text) {
  Value value = Value::scalar(text);
  value.quoted = true;
  return value;
}

TEST(ScalarTest, ReadsPlainTextsByWhatTheyLookLike) {
  const std::pair<const char*, Scalar> cases[] = {
      {"true", true},        {"False", false},       {"12", int64_t{12}},       {"-3", int64_t{-3}}, {"+4", int64_t{4}},
      {"1.5", 1.5},          {"1e-3", 1e-3},         {"3e3", 3e3},              {".5", .5},          {"gru", std::string("gru")},
      {"yes", std::string("yes")}, {"nan", std::string("nan")}, {"1e999", std::string("1e999")}, {"+-1", std::string("+-1")},
      {"0x10", std::string("0x10")}, {"1 2", std::string("1 2")}, {"", std::string()}};
  for (const auto& [text, scalar] : cases) EXPECT_EQ(as_scalar(Value::scalar(text)), scalar) << text;
  EXPECT_EQ(as_scalar(quoted("12")), Scalar(std::string("12")));
}

TEST(ScalarTest, TakesAWholeNumberInAnyNotationForAnInteger) {
  EXPECT_EQ(as_integer(Value::scalar("1e4")), 10000);
  EXPECT_EQ(as_integer(Value::scalar("2.0")), 2);
  EXPECT_EQ(as_integer(Value::scalar("-9223372036854775808")), INT64_MIN);
  EXPECT_EQ(as_integer(Value::scalar("2.5")), std::nullopt);
  EXPECT_EQ(as_integer(Value::scalar("1e300")), std::nullopt);
  EXPECT_EQ(as_integer(quoted("2")), std::nullopt);
}

TEST(TextTest, NumbersAreShortAndReadBackTheSame) {
  const std::pair<double, const char*> cases[] = {{0.003, "0.003"}, {1, "1"}, {1e-8, "1.0e-08"}, {0.1 + 0.2, "0.30000000000000004"}, {-2.5e20, "-2.5e+20"}};
  for (const auto& [number, text] : cases) {
    EXPECT_EQ(number_text(number), text);
    EXPECT_EQ(as_number(Value::scalar(text)), number);
  }
}

TEST(TextTest, TextsAreQuotedWhereTheyWouldMeanSomethingElse) {
  const std::pair<const char*, const char*> cases[] = {
      {"gru", "gru"},           {"data/x.csv", "data/x.csv"}, {"two words", "two words"}, {"", "\"\""},       {"true", "\"true\""},
      {"12", "\"12\""},         {"null", "\"null\""},         {"a: b", "\"a: b\""},       {"#x", "\"#x\""},   {"a\"b", "\"a\\\"b\""},
      {"line\nend", "\"line\\nend\""}, {"yes", "\"yes\""},    {"- a", "\"- a\""},         {"é", "\"é\""},     {"\x01", "\"\\x01\""}};
  for (const auto& [text, yaml] : cases) {
    EXPECT_EQ(yaml_text(text), yaml);
    Mistakes mistakes;
    EXPECT_EQ(parse_yaml(yaml, "x", mistakes).text, text);
  }
}

TEST(TextTest, AScalarKeepsItsType) {
  for (const Scalar& scalar : {Scalar(true), Scalar(int64_t{3}), Scalar(3.0), Scalar(1e-9), Scalar(std::string("3"))}) {
    Mistakes mistakes;
    EXPECT_EQ(as_scalar(parse_yaml(to_string(scalar), "x", mistakes)), scalar) << to_string(scalar);
  }
}

TEST(ValueTest, FindsEntriesByPathAlsoUnderNamesWithDots) {
  Mistakes mistakes;
  const Value tree = parse_yaml("{a: {b: 1}, space: {x.y: {z: 2}, x: {w: 3}}}", "x", mistakes);
  ASSERT_NE(tree.at("a.b"), nullptr);
  EXPECT_EQ(tree.at("a.b")->value.text, "1");
  EXPECT_EQ(tree.at("space.x.y.z")->value.text, "2");
  EXPECT_EQ(tree.at("space.x.w")->value.text, "3");
  for (const char* missing : {"", "b", "a.c", "a.b.c", "a.", ".a"}) EXPECT_EQ(tree.at(missing), nullptr) << missing;
}

TEST(MistakesTest, TellsEachOnceByFileLineAndColumn) {
  Mistakes mistakes;
  EXPECT_NO_THROW(mistakes.raise());
  mistakes.add(Place{"b", 2, 1}, "k", "late");
  mistakes.add(Place{"a", 1, 1}, "k", "other file");
  mistakes.add(Place{"b", 1, 9}, "k", "first");
  mistakes.add(Place{"b", 1, 9}, "k", "the same key again");
  mistakes.add(Place{"b", 1, 9}, "l", "another key");
  mistakes.add(UserError("thrown"), Place{"b", 9, 9});
  try {
    mistakes.raise();
    FAIL() << "did not throw";
  } catch (const UserError& error) {
    EXPECT_THAT(error.messages(), ::testing::ElementsAre("b:1:9: k: first", "b:1:9: l: another key", "b:2:1: k: late", "thrown",
                                                         "a:1:1: k: other file"));
  }
}

}  // namespace
}  // namespace recur::config
