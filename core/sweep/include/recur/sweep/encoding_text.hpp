// A task's encoding as JSON text, as it is kept in a trial's file: the fields of data::Encoding that are not empty.
//
//   {"kind": "forecast", "columns": [...], "mean": [...], "deviation": [...], "window": 48, "horizon": 1}
//   {"kind": "language_model", "unit": "character", "vocabulary": ["<unk>", " ", "e", ...]}
//
// Threading: pure.
#pragma once

#include <string>

#include "recur/data/encoding.hpp"

namespace recur::sweep {

// Numbers keep every digit: reading the text gives an equal encoding.
std::string encoding_text(const data::Encoding& encoding);
// Throws UserError for a text that is none.
data::Encoding read_encoding(const std::string& text);

}  // namespace recur::sweep
