// What one key's type and range do not tell: rules that tie keys of a definition together, and its data files.
#pragma once

#include "recur/config/value.hpp"
#include "recur/sweep/definition.hpp"

namespace recur::sweep {

// Fills in what depends on other keys (objective.metric and its goal) and adds what is wrong to mistakes, at the
// places of the tree that the definition was read from.
void check(Definition& definition, const config::Value& tree, const std::string& file, const Cells* cells, config::Mistakes& mistakes);

// Replaces the paths of data files by absolute ones. file: of the definition.
void find_files(Definition& definition, const config::Value& tree, const std::string& file, config::Mistakes& mistakes);

// The place of a dotted path in a tree: of its value, else of the nearest group that is written, else the file.
Place place_in(const config::Value& tree, const std::string& file, const std::string& path);

}  // namespace recur::sweep
