// What a plugin says with the extension recur.lowering/1, checked against the primitives that the host has.
#pragma once

#include <optional>
#include <string>

#include "recorder.hpp"

namespace recur::plugin {

struct DeclaredLowering {
  std::string primitive;  // "lstm"
  std::string weights_layer, weights_iter, bias;
};

// nullopt where the instance has none. Throws UserError: an unknown primitive, a weight or state that does not fit it.
std::optional<DeclaredLowering> read_lowering(const recur_cell_descriptor& descriptor, void* instance,
                                              const Declarations& declared, int64_t input, int64_t hidden);

}  // namespace recur::plugin
