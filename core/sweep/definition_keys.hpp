// The keys of a definition, with the hyper-parameters of every cell that is known.
#pragma once

#include <string>
#include <vector>

#include "recur/config/field.hpp"
#include "recur/sweep/definition.hpp"

namespace recur::sweep {

// Bound to definition. cells: null leaves model.cell and model.hyper open. With them model.cell selects which
// hyper-parameters model.hyper has, and reading fills in the defaults of those that are not written.
std::vector<config::Key> definition_keys(Definition& definition, const Cells* cells);

// A description without a definition that matters: keys of the defaults, for looking names up.
class Description {
 public:
  explicit Description(const Cells* cells) : keys_(definition_keys(definition_, cells)) {}
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;
  const std::vector<config::Key>& keys() const { return keys_; }

 private:
  Definition definition_;
  std::vector<config::Key> keys_;
};

}  // namespace recur::sweep
