// Values of sequences brought to mean 0 and deviation 1 by those of the training part, in place: of MNIST a copy would be 376 MB.
//
// Named columns each have a scale of their own, others one in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/sequences.hpp"
#include "recur/data/standardizer.hpp"

namespace recur::data {

// columns: [C], or empty. Throws UserError, with file as the place, for values that are the same in all of these rows: they have no scale.
// Requires at least one row, none of them empty.
Standardizer scale_of(const Sequences& sequences, const std::vector<uint32_t>& rows, const std::vector<std::string>& columns, const std::string& file);

// Appends rows [T, C] of values to a part. Requires as many columns in both.
void append_rows(const Sequences& from, const std::vector<uint32_t>& rows, Sequences& into);

// Requires a scale of each of the C columns, or one of all.
void apply_scale(const Standardizer& scale, Sequences& sequences);

}  // namespace recur::data
