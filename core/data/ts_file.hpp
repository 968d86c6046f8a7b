// Labelled series in the text form of the UEA archive (.ts; Bagnall et al. 2018, arXiv:1811.00075): a header of lines that begin with @, comments with #,
// and below @data a sequence a line, its dimensions parted by colons, their values by commas, its class at the end.
//
// Threading: reentrant.
#pragma once

#include <string>
#include <string_view>

#include "labelled_files.hpp"

namespace recur::data {

// Whether a text begins as such a file does.
bool is_ts(std::string_view text);

// Sequences [T, C], of several dimensions with a column's name for each. path: for messages. Throws UserError: no @data, time stamps, no classes,
// another number of dimensions than in the first sequence, dimensions of unequal length, an empty one, a missing value, what is no number.
LabelledSequences read_ts(const std::string& path, std::string_view text);

}  // namespace recur::data
