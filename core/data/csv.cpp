#include "recur/data/csv.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "file_contents.hpp"
#include "fields.hpp"
#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"
#include "utf8.hpp"

namespace recur::data {
namespace {

struct Field {
  std::string_view text;  // between the quotes or without the spaces around it; doubled quotes are still doubled
  size_t at = 0;          // where it begins in the file
};

enum class Content { number, gap, text, too_large };

// Reads a number into value, which stays as it is for all else.
Content content_of(std::string_view text, double& value) {
  if (text.empty()) return Content::gap;
  const std::string_view digits = text.front() == '+' ? text.substr(1) : text;
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = end == digits.data() + digits.size() && !text.starts_with("+-");
  if (whole && error == std::errc{} && std::isfinite(number)) {
    value = number;
    return Content::number;
  }
  constexpr std::array<std::string_view, 7> kGaps{"NA", "NaN", "nan", "N/A", "null", "NULL", "?"};
  if (std::find(kGaps.begin(), kGaps.end(), text) != kGaps.end()) return Content::gap;
  return whole && error == std::errc::result_out_of_range ? Content::too_large : Content::text;
}

// Records of a file, one after the other, without copying a field.
class Records {
 public:
  Records(const std::string& path, std::string_view text) : path_(path), text_(text), delimiter_(delimiter_of(text)) {}

  // Reads the next record into fields; false at the end of the file.
  bool next(std::vector<Field>& fields) {
    fields.clear();
    if (at_ >= text_.size()) return false;
    for (bool more = true; more;) fields.push_back(next_field(more));
    if (fields.size() > 1 || !fields[0].text.empty()) return true;
    if (text_.find_first_not_of(" \t\r\n", at_) == std::string_view::npos) return false;
    fail(fields[0].at, "empty line; remove it, or write the value that is missing");
  }

  // Line of a byte, counted from 1; for places that rise.
  int line_of(size_t at) {
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(line_at_), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    line_at_ = at;
    return line_;
  }

  [[noreturn]] void fail(size_t at, const std::string& message) const {
    throw UserError(place_in(path_, text_, at), message);
  }

 private:
  // The one that the first line holds most of.
  static char delimiter_of(std::string_view text) {
    std::array<std::pair<char, size_t>, 3> counts{{{',', 0}, {';', 0}, {'\t', 0}}};
    bool quoted = false;
    for (const char c : text) {
      if (c == '"') quoted = !quoted;
      if (c == '\n' && !quoted) break;
      for (auto& [delimiter, count] : counts) count += !quoted && c == delimiter;
    }
    const auto more = [](const auto& a, const auto& b) { return a.second < b.second; };
    return std::max_element(counts.begin(), counts.end(), more)->first;
  }

  // more: whether another field of the same record follows.
  Field next_field(bool& more) {
    size_t first = at_;
    while (first < text_.size() && (text_[first] == ' ' || (text_[first] == '\t' && delimiter_ != '\t'))) ++first;
    if (first < text_.size() && text_[first] == '"') return quoted_field(first, more);
    size_t end = first;
    while (end < text_.size() && text_[end] != delimiter_ && text_[end] != '\n') ++end;
    more = end < text_.size() && text_[end] == delimiter_;
    at_ = end + 1;
    return {trimmed(text_.substr(first, end - first)), first};
  }

  Field quoted_field(size_t open, bool& more) {
    size_t close = text_.find('"', open + 1);
    while (close < text_.size() && text_.substr(close + 1, 1) == "\"") close = text_.find('"', close + 2);
    if (close == std::string_view::npos) fail(open, "this quote is not closed; add a closing quote");
    size_t end = close + 1;
    while (end < text_.size() && text_[end] != delimiter_ && text_[end] != '\n') {
      if (trimmed(text_.substr(end, 1)).size() == 1) {
        fail(end, "text after a closing quote; write a quote inside a field as two quotes");
      }
      ++end;
    }
    more = end < text_.size() && text_[end] == delimiter_;
    at_ = end + 1;
    return {text_.substr(open + 1, close - open - 1), open};
  }

  const std::string& path_;
  std::string_view text_;
  char delimiter_;
  size_t at_ = 0;
  int line_ = 1;        // of the byte line_at_
  size_t line_at_ = 0;
};

std::string unescaped(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == '"') ++i;
  }
  return result;
}

bool is_header(const std::vector<Field>& fields) {
  double ignored = 0;
  bool any_text = false;
  for (const Field& field : fields) {
    const Content content = content_of(field.text, ignored);
    if (content == Content::number) return false;
    any_text |= content == Content::text;
  }
  return any_text;
}

std::vector<std::string> names_of(const Records& records, const std::vector<Field>& first, bool header) {
  std::vector<std::string> names;
  for (const Field& field : first) {
    std::string name = header ? unescaped(field.text) : "";
    if (name.empty()) name = fmt::format("column{}", names.size() + 1);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      records.fail(field.at, fmt::format("column name '{}' stands here a second time; rename one", name));
    }
    names.push_back(std::move(name));
  }
  return names;
}

// A column on its way into memory.
struct Column {
  std::string name;
  size_t field = 0;       // index in a record
  bool decided = false;   // must hold numbers: it was asked for by name, or has held one
  bool skipped = false;   // turned out to be a text
  size_t gap = std::string_view::npos;  // first gap, if it came before the first number
  std::vector<double> values{};
};

std::vector<Column> columns_to_read(const std::string& path, const std::vector<std::string>& names,
                                    const std::vector<std::string>& wanted, bool header) {
  std::vector<Column> columns;
  if (wanted.empty()) {
    for (size_t i = 0; i < names.size(); ++i) columns.push_back({.name = names[i], .field = i});
    return columns;
  }
  for (const std::string& name : wanted) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      throw UserError(Place{path, 1}, fmt::format("no column '{}'{}{}", name, header ? "" : " (the file has no header)",
                                                  suggestion(name, names)));
    }
    const auto same = [&](const Column& column) { return column.name == name; };
    if (std::any_of(columns.begin(), columns.end(), same)) {
      throw UserError(fmt::format("task.data.columns: '{}' is named twice; name each column once", name));
    }
    columns.push_back({.name = name, .field = static_cast<size_t>(found - names.begin()), .decided = true});
  }
  return columns;
}

[[noreturn]] void fail_gap(const Records& records, const std::string& column, size_t at) {
  records.fail(at, fmt::format("column '{}' has a gap here; fill it in, or cut the series so that it has none", column));
}

[[noreturn]] void fail_text(const Records& records, const std::string& column, const Field& field) {
  std::string with_point(field.text);
  std::replace(with_point.begin(), with_point.end(), ',', '.');
  double ignored = 0;
  const bool decimal_comma = content_of(with_point, ignored) == Content::number;
  records.fail(field.at, fmt::format("'{}' in column '{}' is not a number; {}", field.text, column,
                                     decimal_comma ? fmt::format("write {} with a decimal point", with_point)
                                                   : "correct it, or name only columns of numbers in task.data.columns"));
}

void read_value(const Records& records, const Field& field, Column& column) {
  double value = 0;
  switch (content_of(field.text, value)) {
    case Content::number:
      if (column.gap != std::string_view::npos) fail_gap(records, column.name, column.gap);
      column.decided = true;
      column.values.push_back(value);
      return;
    case Content::gap:
      if (column.decided) fail_gap(records, column.name, field.at);
      if (column.gap == std::string_view::npos) column.gap = field.at;
      return;
    case Content::too_large:
      records.fail(field.at, fmt::format("'{}' in column '{}' is beyond the range of a double; scale the column",
                                         field.text, column.name));
    case Content::text:
      if (column.decided) fail_text(records, column.name, field);
      column.skipped = true;
      return;
  }
}

}  // namespace

NumericTable read_csv(const std::string& path, const std::vector<std::string>& wanted) { return parse_csv(path, file_contents(path), wanted); }

NumericTable parse_csv(const std::string& path, std::string_view bytes, const std::vector<std::string>& wanted) {
  const std::string_view text = text_of(path, bytes);
  Records records(path, text);
  std::vector<Field> fields;
  records.next(fields);
  const size_t width = fields.size();
  const bool header = is_header(fields);
  const std::vector<std::string> names = names_of(records, fields, header);
  std::vector<Column> columns = columns_to_read(path, names, wanted, header);

  NumericTable table;
  for (bool more = header ? records.next(fields) : true; more; more = records.next(fields)) {
    if (fields.size() != width) {
      records.fail(fields[0].at, fmt::format("expected {} fields as in the first line, found {}", width, fields.size()));
    }
    for (Column& column : columns) {
      if (!column.skipped) read_value(records, fields[column.field], column);
    }
    ++table.rows;
  }
  if (table.rows == 0) throw UserError(Place{path}, "has a header but no rows; give a file that holds data");

  std::erase_if(columns, [](const Column& column) { return column.skipped || column.values.empty(); });
  if (columns.empty()) {
    throw UserError(Place{path}, fmt::format("no column of numbers among {}", fmt::join(names, ", ")));
  }
  const size_t rows = static_cast<size_t>(table.rows);
  table.values.resize(rows * columns.size());
  for (size_t c = 0; c < columns.size(); ++c) {
    table.columns.push_back(columns[c].name);
    for (size_t r = 0; r < rows; ++r) table.values[r * columns.size() + c] = columns[c].values[r];
  }
  return table;
}

TextTable read_csv_texts(const std::string& path, const std::vector<std::string>& wanted) {
  return parse_csv_texts(path, file_contents(path), wanted);
}

TextTable parse_csv_texts(const std::string& path, std::string_view bytes, const std::vector<std::string>& wanted) {
  const std::string_view text = text_of(path, bytes);
  Records records(path, text);
  std::vector<Field> fields;
  records.next(fields);
  const size_t width = fields.size();
  const std::vector<Column> columns = columns_to_read(path, names_of(records, fields, true), wanted, true);

  TextTable table;
  while (records.next(fields)) {
    if (fields.size() != width) {
      records.fail(fields[0].at, fmt::format("expected {} fields as in the first line, found {}", width, fields.size()));
    }
    TextTable::Row row{records.line_of(fields[0].at), {}};
    for (const Column& column : columns) row.values.push_back(unescaped(fields[column.field].text));
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty()) throw UserError(Place{path}, "has a header but no rows; give a file that holds data");
  return table;
}

}  // namespace recur::data
