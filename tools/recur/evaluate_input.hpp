// Trained weights on a file that they have never seen.
#pragma once

#include <map>
#include <string>

#include "recur/exec/engine.hpp"
#include "trained.hpp"

namespace recur::tool {

using Metrics = std::map<std::string, double>;

// A series: every window of the file, with the scales of the training; rmse and mae in the data's own units (mase needs a
// training part of the same series, so it is left out). A text: every token but the first, read in one go with the training's
// vocabulary. Throws UserError for what read_csv and read_text name, and for a file that is too short.
Metrics evaluate_input(const std::string& file, const Trained& trained, exec::PathMemory& paths);

}  // namespace recur::tool
