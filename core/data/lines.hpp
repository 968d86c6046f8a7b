// The lines of a text, one after the other, without their ends (LF or CRLF).
#pragma once

#include <algorithm>
#include <string_view>

namespace recur::data {

class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // Reads the next line; false at the end of the text.
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const size_t end = std::min(rest_.find('\n'), rest_.size());
    line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number_;
    return true;
  }
  // Of the line read last, counted from 1.
  int number() const { return number_; }

 private:
  std::string_view rest_;
  int number_ = 0;
};

}  // namespace recur::data
