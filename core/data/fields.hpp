// Pieces of a line of text.
#pragma once

#include <algorithm>
#include <string_view>

namespace recur::data {

// Without blanks at its ends.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

// Takes the next piece between separators, of which several in a row are one, off the rest of a line; "" at its end.
inline std::string_view next_field(std::string_view& rest, std::string_view separators) {
  rest.remove_prefix(std::min(rest.find_first_not_of(separators), rest.size()));
  const std::string_view field = rest.substr(0, rest.find_first_of(separators));
  rest.remove_prefix(field.size());
  return field;
}

}  // namespace recur::data
