// What a user writes for hyper-parameters is checked against the cell's description.
#include "recur/plugin/hypers.hpp"

#include <limits>

#include "scanning.hpp"

namespace recur::plugin {
namespace {

CellInfo cell() {
  CellInfo info;
  info.id = "x";
  const double open = std::numeric_limits<double>::infinity();
  info.hypers = {{"rate", "", RECUR_REAL, 0.1, 0, 1, {}},
                 {"heads", "", RECUR_INT, int64_t{2}, 1, open, {}},
                 {"tied", "", RECUR_BOOL, false, 0, 0, {}},
                 {"reset", "", RECUR_CHOICE, std::string("after"), 0, 0, {"after", "before"}},
                 {"title", "", RECUR_CHOICE, std::string("any"), 0, 0, {}}};
  return info;
}

std::string mistake(const std::string& name, const HyperValue& value) {
  const std::vector<HyperMistake> mistakes = check_hypers(cell(), {{name, value}});
  return mistakes.empty() ? "" : mistakes.at(0).message;
}

TEST(HypersTest, TakesDefaultsWhereNothingIsSaid) {
  EXPECT_EQ(resolve_hypers(cell(), {}),
            (std::vector<HyperValue>{0.1, int64_t{2}, false, std::string("after"), std::string("any")}));
}

TEST(HypersTest, ConvertsBetweenWholeAndRealNumbers) {
  EXPECT_EQ(resolve_hypers(cell(), {{"rate", int64_t{1}}, {"heads", 4.0}}),
            (std::vector<HyperValue>{1.0, int64_t{4}, false, std::string("after"), std::string("any")}));
}

TEST(HypersTest, SaysWhatWasExpected) {
  EXPECT_EQ(mistake("rate", 1.5), "1.5 is out of range; expected a number from 0 to 1");
  EXPECT_EQ(mistake("rate", std::numeric_limits<double>::quiet_NaN()), "nan is not a finite number");
  EXPECT_EQ(mistake("rate", std::string("high")), "expected a number, not 'high'");
  EXPECT_EQ(mistake("rate", true), "expected a number, not true");
  EXPECT_EQ(mistake("heads", int64_t{0}), "0 is out of range; expected a whole number at least 1");
  EXPECT_EQ(mistake("heads", 2.5), "expected a whole number, not 2.5");
  EXPECT_EQ(mistake("tied", int64_t{1}), "expected true or false, not 1");
  EXPECT_EQ(mistake("reset", std::string("befor")), "'befor' is none of after, before; did you mean 'before'?");
  EXPECT_EQ(mistake("reset", std::string("sideways")), "'sideways' is none of after, before");
  EXPECT_EQ(mistake("title", 3.0), "expected a text, not 3");
  EXPECT_EQ(mistake("title", std::string("whatever")), "");
  EXPECT_EQ(mistake("raet", 0.5), "unknown hyper-parameter; did you mean 'rate'?");
  EXPECT_EQ(mistake("zzzzzzzzz", 0.5), "unknown hyper-parameter; known: rate, heads, tied, reset, title");
}

TEST(HypersTest, SaysThatACellHasNone) {
  CellInfo bare;
  bare.id = "bare";
  EXPECT_EQ(check_hypers(bare, {{"rate", 1.0}}).at(0).message, "unknown hyper-parameter; bare has none");
}

TEST(HypersTest, TellsEveryMistakeAtOnce) {
  EXPECT_EQ(message_of([] { resolve_hypers(cell(), {{"rate", 2.0}, {"hads", int64_t{1}}}); }),
            "x.hads: unknown hyper-parameter; did you mean 'heads'?\nx.rate: 2 is out of range; expected a number from 0 to 1");
}

}  // namespace
}  // namespace recur::plugin
