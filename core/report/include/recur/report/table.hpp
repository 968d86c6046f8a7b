// A plain-text table for a terminal.
//
// Threading: a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace recur::report {

enum class Align { left, right };

class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns);
  // Requires one cell a column.
  void add_row(std::vector<std::string> cells);
  // A thin line before the next row.
  void add_rule();
  size_t rows() const { return rows_.size(); }

  struct Style {
    bool colour = false;  // titles bold, rules dim; the caller decides (terminal, NO_COLOR)
    int width = 0;        // cells of the widest left-aligned column are cut with an ellipsis to fit; 0: no limit
    std::string indent;
  };
  // Lines ending with '\n'; columns are two spaces apart, no trailing blanks.
  std::string text() const { return text(Style{}); }
  std::string text(const Style& style) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // an empty row is a rule
};

// Columns that UTF-8 text takes on a terminal: combining marks 0, East Asian wide and emoji 2, the rest 1.
int display_width(std::string_view text);
// The text cut to at most `width` columns, ending in an ellipsis where something was cut.
std::string cut_to_width(std::string_view text, int width);

// 4 significant digits without noise: "0.01234", "21.43", "1.235e-07", "-" for NaN.
std::string format_number(double value);
// 1234567: "1.23M"; for parameters and FLOPs. 950: "950".
std::string format_count(double value);
// 75.3: "1m15s"; 4000: "1h07m"; 3.21: "3.2s"; 0.0451: "45.1ms".
std::string format_duration(double seconds);

}  // namespace recur::report
