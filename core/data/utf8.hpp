// UTF-8 as RFC 3629 has it: at most four bytes, the shortest form, no surrogates.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "recur/error/error.hpp"

namespace recur::data {

// Bytes of the code point at `at`; 0 if what stands there is not one. Requires at < text.size().
size_t utf8_length(std::string_view text, size_t at);

// Line and column, in code points, of a byte of a text.
Place place_in(const std::string& file, std::string_view text, size_t at);

// Throws UserError at the first byte that is not UTF-8.
void check_utf8(std::string_view text, const std::string& file);

}  // namespace recur::data
