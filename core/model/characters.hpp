// Words as they are spelled: a cell reads the characters of each different word of a batch forwards and one backwards, and what they give at
// the word's end and beginning, side by side, stands for the word wherever it occurs (Ling et al. 2015, arXiv:1508.02096, section 3; Lample et
// al. 2016, arXiv:1603.01360, section 4.1).
//
//   spellings [L, M] -> characters/W [A, E] -> [L, M, E] -> forwards, backwards -> [M, 2 O] -> by spelled -> [T, N, 2 O]
//
// Errors: what the cell refuses is a UserError. Threading: as the builder.
#pragma once

#include <string_view>
#include <vector>

#include "recur/ir/builder.hpp"
#include "recur/plugin/cell_instance.hpp"

namespace recur::model {

// Names of the two cells' parameters begin with "characters/" and this.
inline constexpr std::string_view kDirections[] = {"forwards.", "backwards."};

struct CharacterInputs {
  ir::ValueId characters = ir::kNone;  // characters/W [A, E]
  ir::Shape positions;                 // [T, N], or [N] of one step
  recur_phase phase = RECUR_TRAIN;
  plugin::WeightValues weights;  // by the direction and the cell's own name: "forwards.W"
  ir::ValueId updates = ir::kNone;
};

struct CharacterOutputs {
  ir::ValueId words = ir::kNone;  // [T, N, 2 O]
  std::vector<plugin::AuxiliaryLoss> losses;
};

// cells: forwards and backwards. Makes the program's inputs "spellings", "spelling_lengths" and "spelled".
CharacterOutputs record_characters(ir::Builder& builder, const std::vector<plugin::CellInstance>& cells, const CharacterInputs& inputs);

}  // namespace recur::model
