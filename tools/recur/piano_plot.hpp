// A piano roll in a terminal.
#pragma once

#include <string>

#include "recur/data/piece.hpp"

namespace recur::tool {

// A row a key, from the highest that sounds to the lowest, and a column a step: a key that is struck, and one that is held on. Cut into
// blocks that are at most `width` columns wide, each with the numbers of its steps, counted from 1, below it.
std::string plot_piece(const data::Piece& piece, int width);

}  // namespace recur::tool
