// What a definition was read from: kept, so that trials are made by changing the tree and reading it again.
#pragma once

#include <memory>
#include <string>

#include "recur/config/value.hpp"
#include "recur/sweep/definition.hpp"

namespace recur::sweep {

struct Source {
  config::Value tree;  // bases merged, overrides applied, shorthands written out, paths as written
  std::string file;
  std::shared_ptr<const Cells> cells;
  bool look_up_files = true;
};

}  // namespace recur::sweep
