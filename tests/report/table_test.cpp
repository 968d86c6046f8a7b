#include "recur/report/table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "recur/error/error.hpp"
#include "recur/report/plot.hpp"

namespace recur::report {
namespace {

TEST(TableTest, AlignsByWhatIsSeenAndLeavesNoTrailingBlanks) {
  Table table({{"name"}, {"größe", Align::right}, {"note"}});
  table.add_row({"gru", "1", "ok"});
  table.add_rule();
  table.add_row({"再帰", "12.5", ""});
  EXPECT_EQ(table.text(),
            "name  größe  note\n"
            "gru       1  ok\n"
            "─────────────────\n"
            "再帰   12.5\n");
}

TEST(TableTest, CutsTextsAndNotNumbersToTheWidthOfTheTerminal) {
  Table table({{"variant"}, {"value", Align::right}});
  table.add_row({"a very long name of a variant", "123456789"});
  EXPECT_EQ(table.text({.colour = false, .width = 24, .indent = ""}),
            "variant            value\n"
            "a very long …  123456789\n");
}

TEST(TableTest, ColoursOnlyWhenAsked) {
  Table table({{"a"}});
  table.add_row({"b"});
  EXPECT_EQ(table.text({.colour = true, .width = 0, .indent = "  "}), "\x1b[1m  a\x1b[0m\n  b\n");
}

TEST(TableTest, RefusesARowOfAnotherLength) {
  Table table({{"a"}, {"b"}});
  EXPECT_THROW(table.add_row({"1"}), InvariantError);
}

TEST(TableTest, KnowsTheWidthOfWhatIsShown) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("größe"), 5);
  EXPECT_EQ(display_width("e\u0301"), 1);  // a letter and a combining accent
  EXPECT_EQ(display_width("再帰"), 4);
  EXPECT_EQ(display_width("\xff\xfe"), 2);  // not UTF-8
  EXPECT_EQ(cut_to_width("再帰的", 5), "再帰…");
  EXPECT_EQ(cut_to_width("再帰的", 4), "再…");
  EXPECT_EQ(cut_to_width("abc", 3), "abc");
}

TEST(FormatTest, NumbersForPeople) {
  EXPECT_EQ(format_number(21.4321), "21.43");
  EXPECT_EQ(format_number(1.2345e-7), "1.235e-07");
  EXPECT_EQ(format_number(-0.0), "0");
  EXPECT_EQ(format_number(std::nan("")), "-");
  EXPECT_EQ(format_number(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(format_count(950), "950");
  EXPECT_EQ(format_count(1234567), "1.23M");
  EXPECT_EQ(format_count(999999), "1M");
  EXPECT_EQ(format_duration(0.0451), "45.1ms");
  EXPECT_EQ(format_duration(3.21), "3.2s");
  EXPECT_EQ(format_duration(75.3), "1m15s");
  EXPECT_EQ(format_duration(59.97), "1m00s");
  EXPECT_EQ(format_duration(4000), "1h07m");
  EXPECT_EQ(format_duration(90000), "1d01h");
}

TEST(PlotTest, ASparklineGoesFromTheLowestToTheHighest) {
  EXPECT_EQ(sparkline(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline(std::vector<double>{1, std::nan(""), 2}), "▁ █");
  EXPECT_EQ(sparkline(std::vector<double>{0, 0, 7, 7}, 2), "▁█");
  EXPECT_EQ(sparkline(std::vector<double>{}), "");
  EXPECT_EQ(sparkline(std::vector<double>{5, 5}), "▅▅");
}

TEST(PlotTest, ACurveHasItsRangesAndItsDots) {
  const std::vector<double> x = {0, 1, 2, 3}, y = {4, 3, 2, 1};
  EXPECT_EQ(plot("valid/rmse", x, y, {.width = 13, .height = 2, .log_y = false, .x_label = ""}),
            "   valid/rmse\n"
            "4 │⠉⠑⠒⠤⢄⡀\n"
            "1 │     ⠈⠑⠒⠤⢄\n"
            "   0        3\n");
}

TEST(PlotTest, LeavesOutWhatWasNotMeasured) {
  const std::vector<double> nothing = {std::nan("")};
  EXPECT_EQ(plot("t", nothing, nothing), "");
  const std::vector<double> x = {0, 1, 2}, y = {1, std::nan(""), 100};
  EXPECT_NE(plot("t", x, y, {.width = 40, .height = 4, .log_y = true, .x_label = "epochs"}).find("(logarithmic)"),
            std::string::npos);
}

}  // namespace
}  // namespace recur::report
