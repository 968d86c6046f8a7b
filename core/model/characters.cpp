#include "characters.hpp"

#include <string>

#include "recur/error/error.hpp"
#include "recur/model/network.hpp"

namespace recur::model {

using ir::Op;
using ir::ValueId;

CharacterOutputs record_characters(ir::Builder& builder, const std::vector<plugin::CellInstance>& cells, const CharacterInputs& inputs) {
  RECUR_CHECK(cells.size() == std::size(kDirections), "{} cells for characters", cells.size());
  const ValueId spellings = builder.input("spellings", {kLetters, kSpellings});
  const ValueId lengths = builder.input("spelling_lengths", {kSpellings});
  const ValueId spelled = builder.input("spelled", inputs.positions);
  const ValueId x = builder.emit(Op::kGather, {inputs.characters, spellings});

  CharacterOutputs out;
  std::vector<ValueId> ends;
  for (size_t direction = 0; direction < cells.size(); ++direction) {
    const plugin::WeightValues weights = [&](const std::string& name) { return inputs.weights(std::string(kDirections[direction]) + name); };
    plugin::LayerOutputs layer = cells[direction].record_layer(
        builder, {.x = x, .initial = {}, .lengths = lengths, .reverse = direction == 1, .phase = inputs.phase, .weights = weights, .updates = inputs.updates});
    const ValueId end = direction == 0 ? builder.reshape(builder.sub(lengths, builder.constant(1)), {1, kSpellings}) : builder.constant(0, {1, kSpellings});
    ends.push_back(builder.emit(Op::kGatherTime, {layer.y, end}));
    for (plugin::AuxiliaryLoss& loss : layer.losses) out.losses.push_back(std::move(loss));
  }
  const ValueId both = builder.emit(Op::kConcat, ends, {2});
  const ValueId table = builder.reshape(both, {kSpellings, builder.shape(both).back()});
  out.words = builder.emit(Op::kGather, {table, spelled});
  return out;
}

}  // namespace recur::model
