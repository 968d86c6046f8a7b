// What is known of the terminal.
#pragma once

#include <string>

#include "recur/report/table.hpp"

namespace recur::tool {

bool stdout_is_terminal();
bool stderr_is_terminal();
// Columns of the terminal, from the terminal itself or COLUMNS; `otherwise` where there is none.
int terminal_width(int otherwise);
// Of stdout; false where NO_COLOR is set (no-color.org) or TERM is dumb.
bool wants_colour();

// A table's style for stdout: cut to the terminal's width, whole where the output goes to a file.
report::Table::Style table_style(const std::string& indent = "");
// The same without cutting: for what is worth a long line.
report::Table::Style whole_lines(const std::string& indent = "");
// Every line of a text two columns to the right, and ended.
std::string indented(const std::string& lines);

}  // namespace recur::tool
