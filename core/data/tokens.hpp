// The tokens of a text, one after the other, without a list of them: a text of a gigabyte has a lot.
#pragma once

#include <algorithm>
#include <string_view>

#include "recur/data/text.hpp"
#include "utf8.hpp"

namespace recur::data {

// Calls take(std::string_view) for each token in order. Requires valid UTF-8.
template <class Take>
void for_each_token(std::string_view text, TextUnit unit, Take take) {
  if (unit == TextUnit::character) {
    for (size_t at = 0; at < text.size();) {
      const size_t length = utf8_length(text, at);
      RECUR_CHECK(length > 0, "byte {} is not UTF-8", at);
      take(text.substr(at, length));
      at += length;
    }
    return;
  }
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  for (size_t at = 0; at < text.size();) {
    const size_t begin = text.find_first_not_of(" \t\r\v\f", at);
    if (begin == std::string_view::npos) return;
    if (text[begin] == '\n') {
      take(Vocabulary::kEndOfLine);
      at = begin + 1;
      continue;
    }
    at = std::min(text.find_first_of(kSpace, begin), text.size());
    take(text.substr(begin, at - begin));
  }
}

}  // namespace recur::data
