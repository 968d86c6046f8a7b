#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace recur::tool {

bool stdout_is_terminal() { return isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

int terminal_width(int otherwise) {
  winsize size{};
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO})
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (const char* columns = std::getenv("COLUMNS"))
    if (const int value = std::atoi(columns); value > 0) return value;
  return otherwise;
}

bool wants_colour() {
  const char* none = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  const bool refused = (none != nullptr && *none != 0) || (kind != nullptr && std::string_view(kind) == "dumb");
  return stdout_is_terminal() && !refused;
}

report::Table::Style table_style(const std::string& indent) {
  return {.colour = wants_colour(), .width = stdout_is_terminal() ? terminal_width(120) : 0, .indent = indent};
}

report::Table::Style whole_lines(const std::string& indent) { return {.colour = wants_colour(), .width = 0, .indent = indent}; }

std::string indented(const std::string& lines) {
  std::string text;
  for (size_t at = 0, end = 0; at < lines.size(); at = end + 1) {
    end = std::min(lines.find('\n', at), lines.size());
    text += "  " + lines.substr(at, end - at) + "\n";
  }
  return text;
}

}  // namespace recur::tool
