// Cells of this build by id, without a registry.
#pragma once

#include "recur/plugin/cell_instance.hpp"
#include "recur/plugin/loaded_cell.hpp"

namespace recur::testing_cells {

// vanilla, lstm, gru, vrnn, hrnn; mgu, bidirectional, zoneout, penalized. Throws UserError for another.
const plugin::LoadedCell& find_cell(std::string_view id);

}  // namespace recur::testing_cells
