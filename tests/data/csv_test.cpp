#include "recur/data/csv.hpp"

#include <gtest/gtest.h>

#include "scratch.hpp"

namespace recur::data {
namespace {

using Names = std::vector<std::string>;
using Values = std::vector<double>;

struct Understood {
  const char* what;
  const char* text;
  Names wanted;
  Names columns;
  Values values;
};

class CsvTest : public Scratch {
 protected:
  std::string error_in(const std::string& text, const Names& wanted = {}) const {
    const std::string csv = file("x.csv", text);
    return error_of([&] { read_csv(csv, wanted); });
  }
};

TEST_F(CsvTest, ReadsWhatIsFoundInTheWild) {
  const Understood cases[] = {
      {"commas", "a,b\n1,2\n3,4\n", {}, {"a", "b"}, {1, 2, 3, 4}},
      {"semicolons", "a;b\n1;2\n", {}, {"a", "b"}, {1, 2}},
      {"tabs", "a\tb\n1\t2\n", {}, {"a", "b"}, {1, 2}},
      {"a delimiter inside quotes", "\"a;b;c\",d\n1,2\n", {}, {"a;b;c", "d"}, {1, 2}},
      {"no header", "1,2\n3,4\n", {}, {"column1", "column2"}, {1, 2, 3, 4}},
      {"no header but a date", "2020-01,5\n2020-02,6\n", {}, {"column2"}, {5, 6}},
      {"an index without a name", ",a\n0,5\n", {"a"}, {"a"}, {5}},
      {"one column", "a\n1\n2\n", {}, {"a"}, {1, 2}},
      {"quotes", "\"Month\",\"Mean\"\n\"1749-01\",58.0\n\"1749-02\",\"62.6\"\n", {}, {"Mean"}, {58, 62.6}},
      {"doubled quotes", "\"a \"\"b\"\"\",c\n1,2\n", {"a \"b\""}, {"a \"b\""}, {1}},
      {"a line end inside quotes", "note,a\n\"one\ntwo\",7\n", {}, {"a"}, {7}},
      {"CRLF", "a,b\r\n1,2\r\n3,4\r\n", {}, {"a", "b"}, {1, 2, 3, 4}},
      {"CRLF after quotes", "\"a\"\r\n\"1\"\r\n", {}, {"a"}, {1}},
      {"no final line end", "a,b\n1,2\n3,4", {}, {"a", "b"}, {1, 2, 3, 4}},
      {"a byte order mark", "\xEF\xBB\xBF" "a,b\n1,2\n", {}, {"a", "b"}, {1, 2}},
      {"spaces around fields", " a , b\n 1 , \"2\" \n", {}, {"a", "b"}, {1, 2}},
      {"empty lines at the end", "a\n1\n\n\r\n", {}, {"a"}, {1}},
      {"signs and exponents", "a\n-1.5e2\n+3\n.5\n", {}, {"a"}, {-150, 3, .5}},
      {"the order asked for", "a,b,c\n1,2,3\n", {"c", "a"}, {"c", "a"}, {3, 1}},
      {"texts and gaps in other columns", "d,a,e\nx,1,NA\ny,2,\n", {"a"}, {"a"}, {1, 2}},
      {"a column of gaps", "a,b\n1,NA\n2,\n", {}, {"a"}, {1, 2}},
  };
  for (const Understood& c : cases) {
    SCOPED_TRACE(c.what);
    const NumericTable table = read_csv(file("x.csv", c.text), c.wanted);
    EXPECT_EQ(table.columns, c.columns);
    EXPECT_EQ(table.values, c.values);
    EXPECT_EQ(table.rows * static_cast<int64_t>(table.columns.size()), static_cast<int64_t>(table.values.size()));
  }
}

TEST_F(CsvTest, TellsOfAFileThatIsNotThereOrHoldsNothing) {
  EXPECT_EQ(error_of([&] { read_csv(path("none.csv")); }), "none.csv: cannot be read: No such file or directory");
  EXPECT_EQ(error_of([&] { read_csv(path("")); }).substr(0, 15), ": cannot be rea");
  EXPECT_EQ(error_in(""), "x.csv: is empty; give a file that holds data");
  EXPECT_EQ(error_in("\n \r\n"), "x.csv: is empty; give a file that holds data");
  EXPECT_EQ(error_in("a,b\n"), "x.csv: has a header but no rows; give a file that holds data");
}

TEST_F(CsvTest, TellsWhereARowIsRagged) {
  EXPECT_EQ(error_in("a,b,c\n1,2,3\n4,5\n"), "x.csv:3:1: expected 3 fields as in the first line, found 2");
  EXPECT_EQ(error_in("a,b\n1,2,3\n"), "x.csv:2:1: expected 2 fields as in the first line, found 3");
  EXPECT_EQ(error_in("note,a\n\"one\ntwo\",7\n1\n"), "x.csv:4:1: expected 2 fields as in the first line, found 1");
}

TEST_F(CsvTest, TellsWhereATextStandsForANumber) {
  EXPECT_EQ(error_in("d,a\nx,1\ny,abc\n"),
            "x.csv:3:3: 'abc' in column 'a' is not a number; correct it, or name only columns of numbers in "
            "task.data.columns");
  EXPECT_EQ(error_in("d,a\nx,1\n", {"d"}).substr(0, 36), "x.csv:2:1: 'x' in column 'd' is not ");
  EXPECT_EQ(error_in("a;b\n1,5;2\n", {"a"}),
            "x.csv:2:1: '1,5' in column 'a' is not a number; write 1.5 with a decimal point");
  EXPECT_EQ(error_in("a\n1\ninf\n").substr(0, 19), "x.csv:3:1: 'inf' in");
  EXPECT_EQ(error_in("a\n1\n12-3\n").substr(0, 20), "x.csv:3:1: '12-3' in");
  EXPECT_EQ(error_in("a\n1\n+-3\n").substr(0, 19), "x.csv:3:1: '+-3' in");
}

TEST_F(CsvTest, CountsColumnsInCharactersNotBytes) {
  EXPECT_EQ(error_in("d,a\nz\xC3\xBCrich,x\n", {"a"}).substr(0, 15), "x.csv:2:8: 'x' ");
}

TEST_F(CsvTest, TellsWhereAGapIs) {
  const std::string remedy = " has a gap here; fill it in, or cut the series so that it has none";
  EXPECT_EQ(error_in("a,b\n1,2\n3,\n"), "x.csv:3:3: column 'b'" + remedy);
  for (const char* gap : {"NA", "NaN", "nan", "N/A", "null", "?", "\"\"", " "}) {
    EXPECT_EQ(error_in("a,b\n1,2\n" + std::string(gap) + ",4\n", {"a"}).substr(10), " column 'a'" + remedy) << gap;
  }
  EXPECT_EQ(error_in("a,b\n1,NA\n2,NA\n3,4\n"), "x.csv:2:3: column 'b'" + remedy) << "before the first number";
  EXPECT_EQ(error_in("a,b\n1,2\n\n3,4\n"), "x.csv:3:1: empty line; remove it, or write the value that is missing");
}

TEST_F(CsvTest, TellsOfNumbersThatADoubleCannotHold) {
  EXPECT_EQ(error_in("a\n1e400\n2\n"), "x.csv:2:1: '1e400' in column 'a' is beyond the range of a double; scale the column");
}

TEST_F(CsvTest, TellsOfQuotesThatDoNotPair) {
  EXPECT_EQ(error_in("a,b\n1,\"2\n3,4\n"), "x.csv:2:3: this quote is not closed; add a closing quote");
  EXPECT_EQ(error_in("a,b\n1,\"2\"x\n"),
            "x.csv:2:6: text after a closing quote; write a quote inside a field as two quotes");
}

TEST_F(CsvTest, SuggestsTheNearestColumn) {
  EXPECT_EQ(error_in("month,mean\nx,1\n", {"maen"}), "x.csv:1: no column 'maen'; did you mean 'mean'?");
  EXPECT_EQ(error_in("1,2\n", {"mean"}), "x.csv:1: no column 'mean' (the file has no header); known: column1, column2");
}

TEST_F(CsvTest, TellsOfNamesGivenTwice) {
  EXPECT_EQ(error_in("a,b,a\n1,2,3\n"), "x.csv:1:5: column name 'a' stands here a second time; rename one");
  EXPECT_EQ(error_in("a\n1\n", {"a", "a"}), "task.data.columns: 'a' is named twice; name each column once");
}

TEST_F(CsvTest, TellsOfAFileWithoutNumbers) {
  EXPECT_EQ(error_in("a,b\nx,y\n"), "x.csv: no column of numbers among a, b");
}

}  // namespace
}  // namespace recur::data
