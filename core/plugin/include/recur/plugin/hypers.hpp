// Checks what a user wrote for a cell's hyper-parameters against what the cell offers.
//
// Threading: pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "recur/plugin/cell_info.hpp"

namespace recur::plugin {

using HyperValues = std::map<std::string, HyperValue>;

struct HyperMistake {
  std::string name;     // the key as written, so that a caller can say where it stands
  std::string message;  // "unknown hyper-parameter of lstm; did you mean 'forget_bias'?"
};

// Every mistake in values, by name. A whole number is accepted for a real one, and a real one without fraction for a
// whole one.
std::vector<HyperMistake> check_hypers(const CellInfo& cell, const HyperValues& values);

// The values in the order of cell.hypers, defaults where values says nothing. Throws UserError with every
// mistake: "lstm.forget_bais: unknown hyper-parameter; did you mean 'forget_bias'?"
std::vector<HyperValue> resolve_hypers(const CellInfo& cell, const HyperValues& values);

}  // namespace recur::plugin
