#include "lowering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "abi_struct.hpp"
#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::plugin {
namespace {

// Blocks of H along the last axis of the weights and of the bias, and the number of states, as abi.h has them.
struct Known {
  std::string_view name;
  int64_t gates, bias;
  size_t states;
};
constexpr Known kPrimitives[] = {
    {"onednn.lstm", 4, 4, 2},     {"onednn.gru", 3, 3, 1},      {"onednn.lbr_gru", 3, 4, 1},
    {"onednn.rnn_tanh", 1, 1, 1}, {"onednn.rnn_relu", 1, 1, 1},
};

void check_weight(const Declarations& declared, const char* name, const char* role, const ir::Shape& expected,
                  const std::string& primitive, std::string* to) {
  if (name == nullptr) throw UserError(fmt::format("lowers to {}, but names no {}", primitive, role));
  const auto found = std::find_if(declared.weights.begin(), declared.weights.end(), [&](const WeightInfo& weight) { return weight.name == name; });
  if (found == declared.weights.end()) throw UserError(fmt::format("lowers to {}, but its {} '{}' is no weight of the cell", primitive, role, name));
  if (found->dims != expected)
    throw UserError(fmt::format("lowers to {}, whose {} is {}, but '{}' is {}", primitive, role, ir::to_string(expected), name,
                                ir::to_string(found->dims)));
  *to = name;
}

}  // namespace

std::optional<DeclaredLowering> read_lowering(const recur_cell_descriptor& descriptor, void* instance,
                                              const Declarations& declared, int64_t input, int64_t hidden) {
  if (descriptor.get_extension == nullptr) return std::nullopt;
  const auto* extension = static_cast<const recur_lowering_extension*>(descriptor.get_extension(RECUR_EXTENSION_LOWERING));
  if (extension == nullptr || extension->lowering == nullptr) return std::nullopt;
  recur_lowering given{};
  given.struct_size = sizeof(given);
  if (extension->lowering(instance, &given) == 0) return std::nullopt;

  const std::string primitive = given.primitive == nullptr ? "" : given.primitive;
  const auto* known = std::find_if(std::begin(kPrimitives), std::end(kPrimitives), [&](const Known& entry) { return entry.name == primitive; });
  if (known == std::end(kPrimitives)) {
    std::vector<std::string> names;
    for (const Known& entry : kPrimitives) names.emplace_back(entry.name);
    throw UserError(fmt::format("lowers to the unknown primitive '{}'{}", primitive, suggestion(primitive, names)));
  }
  DeclaredLowering lowering;
  lowering.primitive = primitive.substr(primitive.find('.') + 1);
  check_weight(declared, given.weights_layer, "weights_layer", {input, known->gates * hidden}, primitive, &lowering.weights_layer);
  check_weight(declared, given.weights_iter, "weights_iter", {hidden, known->gates * hidden}, primitive, &lowering.weights_iter);
  check_weight(declared, given.bias, "bias", {known->bias * hidden}, primitive, &lowering.bias);
  const auto fits = [hidden](const StateInfo& state) { return state.dims == ir::Shape{hidden}; };
  if (declared.states.size() != known->states || !std::all_of(declared.states.begin(), declared.states.end(), fits))
    throw UserError(fmt::format("lowers to {}, which carries {} of [N, {}]; the cell's states differ", primitive,
                                known->states == 1 ? "one state" : "two states", hidden));
  return lowering;
}

}  // namespace recur::plugin
