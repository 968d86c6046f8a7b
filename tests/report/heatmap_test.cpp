#include "recur/report/heatmap.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace recur::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A weight of 1 that moves down by one row a step, over three rows and four steps.
Heatmap moving() { return {"w", 3, {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0.5f}}; }

TEST(Shades, ShowRowsDownAndStepsAcross) {
  EXPECT_EQ(shades(moving()),
            "w: blank 0, █ 1\n"
            "0 │█\n"
            "1 │ █\n"
            "2 │  █▒\n"
            "   1  4\n");
}

TEST(Shades, OfNegativeValuesRangeFromTheSmallestToTheLargest) {
  EXPECT_THAT(shades({"h", 2, {-1, 1, 0, -1}}), StartsWith("h: blank -1, █ 1\n0 │ ▒\n1 │█\n"));
}

TEST(Shades, WhereThereIsNoRoomShowTheValueFarthestFromZero) {
  Heatmap map{"w", 100, std::vector<float>(100 * 300)};
  map.values[150 * 100 + 57] = 1;
  const std::string text = shades(map, {.width = 34, .height = 10});
  EXPECT_THAT(text, StartsWith("w: blank 0, █ 1; 100 rows in 10 lines; 300 steps in 30 columns\n"));
  EXPECT_THAT(text, HasSubstr("\n50 │               █\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 12);
}

TEST(Shades, OfNothingAreNothing) {
  EXPECT_EQ(shades({"w", 0, {}}), "");
  EXPECT_THAT(shades({"w", 1, {0, 0}}), StartsWith("w: blank 0, █ 0\n0 │\n"));
  EXPECT_THAT(shades({"w", 1, {std::nanf(""), 2}}), StartsWith("w: blank 0, █ 2\n0 │ █\n"));
}

TEST(Svg, HasASquareForEachNumberAndItsTitleEscaped) {
  const Heatmap maps[] = {moving(), {"a < b", 1, {0.25f}}};
  const std::string text = svg(maps);
  EXPECT_THAT(text, StartsWith("<svg xmlns"));
  EXPECT_THAT(text, HasSubstr("a &lt; b (0 to 0.25)"));
  EXPECT_THAT(text, Not(HasSubstr("a < b")));
  size_t black = 0;
  for (size_t at = 0; (at = text.find("fill=\"#000000\"", at)) != std::string::npos; ++at) ++black;
  EXPECT_EQ(black, 4U);
  EXPECT_THAT(text, HasSubstr("fill=\"#808080\""));  // the half, at the last step
  EXPECT_TRUE(text.ends_with("</svg>\n"));
}

}  // namespace
}  // namespace recur::report
