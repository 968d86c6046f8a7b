// Columns of numbers or of texts from a CSV file, in one pass.
//
// Understood (RFC 4180 and what is found in the wild): comma, semicolon or tab, whichever the first line holds most
// of; quoted fields with doubled quotes; LF or CRLF; no line end after the last row; a UTF-8 byte order mark; spaces
// around fields; empty lines at the end. The first line is a header if it holds a text and no number; without a
// header the columns are called column1, column2, ...
// A number is a decimal number with a point, in full: 1749-01 is a text. A gap is an empty field, NA, NaN, N/A, null or ?.
//
// Threading: a function without state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace recur::data {

struct NumericTable {
  std::vector<std::string> columns;  // C names
  int64_t rows = 0;
  std::vector<double> values;  // [rows, C]
};

// Reads the named columns in the order asked for, or, for no names, every column whose first value that is no gap
// is a number. Other columns (dates, say) may hold anything.
// Throws UserError with file, line and column: no such file, empty file, no rows, a row with another number of fields
// than the first, a quote that is not closed, a text or a gap in a column that is read, a number that a double cannot hold, a name that
// the header lacks or has twice, no column of numbers.
NumericTable read_csv(const std::string& path, const std::vector<std::string>& columns = {});
// The same of what is in memory already, such as a member of an archive; path stands in messages.
NumericTable parse_csv(const std::string& path, std::string_view bytes, const std::vector<std::string>& columns = {});

struct TextTable {
  struct Row {
    int line = 0;                     // of the file, counted from 1
    std::vector<std::string> values;  // [C], in the order asked for
  };
  std::vector<Row> rows;
};

// Reads the named columns as they are written, without spaces around them and quotes; the file must have a header.
// Throws UserError with file, line and column: no such file, empty file, no rows, a row with another number of fields than
// the first, a quote that is not closed, a name that the header lacks or has twice.
TextTable read_csv_texts(const std::string& path, const std::vector<std::string>& columns);
TextTable parse_csv_texts(const std::string& path, std::string_view bytes, const std::vector<std::string>& columns);

}  // namespace recur::data
