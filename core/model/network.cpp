#include "recur/model/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "characters.hpp"
#include "density.hpp"
#include "recur/data/algorithm.hpp"
#include "recur/error/error.hpp"
#include "recur/model/initial_values.hpp"

namespace recur::model {
namespace {

using data::InputSpec;
using data::OutputSpec;

std::string layer_name(size_t layer, const std::string& what) { return fmt::format("layer{}/{}", layer, what); }

bool has_embedding(const data::TaskSpec& spec) { return spec.input.kind == InputSpec::Kind::discrete; }

// Layouts of weights by name, as the registry's scan found them out.
std::map<std::string, std::string> layouts_of(const plugin::Registry& registry, const std::string& cell) {
  std::map<std::string, std::string> layouts;
  for (const plugin::WeightInfo& weight : registry.describe(cell).cell.weights) layouts[weight.name] = weight.layout;
  return layouts;
}

// Columns of the dense head; 0 where the last cell gives the density of its input itself.
int64_t head_width(const data::TaskSpec& spec, const plugin::CellInstance& last) {
  if (spec.output.kind != OutputSpec::Kind::density) return spec.output.width;
  return last.density() ? 0 : distribution_width(spec.output.distribution, spec.input.width);
}

// What the user wrote, and for a task of densities what makes a cell that can model its input do so.
plugin::HyperValues hypers_of(const ModelOptions& options, const data::TaskSpec& spec, const plugin::CellInfo& cell) {
  plugin::HyperValues hypers(options.hyper.begin(), options.hyper.end());
  if (spec.output.kind != OutputSpec::Kind::density) return hypers;
  for (const DensityHyper& wanted : density_hypers(spec.output.distribution))
    for (const plugin::HyperInfo& hyper : cell.hypers)
      if (wanted.offered_by(hyper.name, hyper.choices)) hypers.try_emplace(wanted.name, wanted.value);
  return hypers;
}

void check_density(const ModelOptions& options, const data::TaskSpec& spec, const plugin::CellInstance& last) {
  if (spec.output.kind != OutputSpec::Kind::density || !last.density()) return;
  if (options.layers > 1)
    throw UserError(fmt::format("model.layers: {} models its own input, so above another layer it would model that layer's output; set layers to 1", options.cell));
  const recur_distribution wanted = spec.output.distribution == OutputSpec::Distribution::gaussian ? RECUR_GAUSSIAN : RECUR_BERNOULLI;
  if (last.density()->distribution != wanted)
    throw UserError(fmt::format("model.hyper: {} gives another distribution than the task's, which is {}; leave out emission", options.cell,
                                wanted == RECUR_GAUSSIAN ? "gaussian" : "bernoulli"));
}

int64_t embedding_width(const ModelOptions& options) { return options.embedding > 0 ? options.embedding : options.hidden; }

void check_characters(const ModelOptions& options, const data::TaskSpec& spec, const plugin::CellInfo& cell) {
  if (spec.characters == 0)
    throw UserError("model.characters: the task does not tell how words are spelled; set task.characters where its kind has it, or leave model.characters out");
  if (cell.kind != RECUR_CELL)
    throw UserError(fmt::format("model.characters.cell: {} is a layer of whole sequences; give a cell, which is run in both directions", options.characters.cell));
}

// Layouts of weights by name of the layers' and of the characters' cell.
struct Layouts {
  std::map<std::string, std::string> layers, characters;
};

SharedLayout layout_of(const ModelOptions& options, const data::TaskSpec& spec, const std::vector<plugin::CellInstance>& layers,
                       const std::vector<plugin::CellInstance>& character_cells, const Layouts& layouts) {
  std::vector<ParameterInfo> parameters;
  const auto add = [&](const std::string& name, const plugin::WeightInfo& weight, const std::map<std::string, std::string>& known) {
    const auto layout = known.find(weight.name);
    parameters.push_back({name, weight.dims, layout == known.end() ? weight.layout : layout->second, weight.gates});
  };
  if (has_embedding(spec)) parameters.push_back({"embedding/W", {spec.input.width, embedding_width(options)}, "[V, E]", ""});
  if (!character_cells.empty()) parameters.push_back({"characters/W", {spec.characters, character_cells[0].input()}, "[A, E]", ""});
  for (size_t direction = 0; direction < character_cells.size(); ++direction)
    for (const plugin::WeightInfo& weight : character_cells[direction].weights())
      add(fmt::format("characters/{}{}", kDirections[direction], weight.name), weight, layouts.characters);
  for (size_t l = 0; l < layers.size(); ++l)
    for (const plugin::WeightInfo& weight : layers[l].weights()) add(layer_name(l, weight.name), weight, layouts.layers);
  const int64_t O = layers.back().output(), K = head_width(spec, layers.back());
  if (K > 0) {
    parameters.push_back({"head/W", {O, K}, "[O, K]", ""});
    parameters.push_back({"head/b", {K}, "[K]", ""});
  }
  if (options.crf)
    for (const auto& [name, shape, layout] : {std::tuple{"head/transitions", ir::Shape{K, K}, "[K, K]"}, {"head/start", {K}, "[K]"}, {"head/end", {K}, "[K]"}})
      parameters.push_back({name, shape, layout, ""});
  for (const ParameterInfo& parameter : parameters)
    RECUR_CHECK(parameter.size() > 0, "{} of {} is {}", parameter.name, options.cell, ir::to_string(parameter.shape));
  return std::make_shared<const ParameterLayout>(std::move(parameters));
}

}  // namespace

int64_t CarriedState::size() const {
  int64_t product = 1;
  for (const int64_t dim : dims) product *= dim;
  return product;
}

bool DensityHyper::offered_by(const std::string& hyper, const std::vector<std::string>& choices) const {
  return hyper == name && std::find(choices.begin(), choices.end(), value) != choices.end();
}

std::vector<DensityHyper> density_hypers(OutputSpec::Distribution distribution) {
  return {{"output", "density"}, {"emission", distribution == OutputSpec::Distribution::gaussian ? "gaussian" : "bernoulli"}};
}

Network::Network(const ModelOptions& options, const data::TaskSpec& spec, const plugin::FindCell& find) : options_(options), spec_(spec) {
  RECUR_CHECK(options.layers > 0 && spec.input.width > 0 && spec.output.width > 0, "{} layers, input {}, output {}", options.layers,
              spec.input.width, spec.output.width);
  if (options.crf && !allows_crf(spec)) throw UserError("model.crf: a CRF is over the classes of every step of whole sequences; leave it out for this task");
  const plugin::LoadedCell& cell = find(options.cell);
  const plugin::HyperValues hypers = hypers_of(options, spec, cell.info);
  int64_t input = spec.input.width;
  if (has_embedding(spec)) input = embedding_width(options);
  if (const CharacterOptions& characters = options.characters; characters.hidden > 0) {
    const plugin::LoadedCell& reader = find(characters.cell);
    check_characters(options, spec, reader.info);
    const int64_t width = characters.embedding > 0 ? characters.embedding : characters.hidden;
    for (size_t direction = 0; direction < std::size(kDirections); ++direction) {
      character_cells_.emplace_back(reader, width, characters.hidden, plugin::HyperValues{}, find);
      input += character_cells_.back().output();
    }
  }
  for (int64_t l = 0; l < options.layers; ++l) {
    layers_.emplace_back(cell, input, options.hidden, hypers, find);
    if (const int64_t levels = layers_.back().levels(); levels > spec.levels)
      throw UserError(fmt::format("model.cell: {} needs boundaries of {} level{} with the data, and the task gives {}; the task's keys say which boundaries it can give", options.cell,
                                  levels, levels == 1 ? "" : "s", spec.levels));
    input = layers_.back().output();
    for (const plugin::StateInfo& state : layers_.back().states())
      states_.push_back({layer_name(static_cast<size_t>(l), state.name), state.dims});
  }
  check_density(options, spec, layers_.back());
  layout_ = layout_of(options, spec, layers_, character_cells_, {});
}

Network::Network(const ModelOptions& options, const data::TaskSpec& spec, const plugin::Registry& registry)
    : Network(options, spec, plugin::FindCell([&](std::string_view id) -> const plugin::LoadedCell& { return registry.find(id); })) {
  layout_ = layout_of(options, spec, layers_, character_cells_,
                      {layouts_of(registry, options.cell), reads_characters() ? layouts_of(registry, options.characters.cell) : std::map<std::string, std::string>{}});
}

ParameterSet Network::initial(uint64_t seed, uint64_t replicate) const {
  ParameterSet set(layout_);
  size_t i = 0;
  const auto next = [&](const auto& fill) {
    const ParameterInfo& parameter = layout_->parameters()[i];
    Stream stream(seed, replicate, "init/" + parameter.name);
    fill(parameter, stream, set[i]);
    ++i;
  };
  const auto embedding = [&](const auto&, Stream& stream, std::span<float> values) { fill_embedding(options_.init, stream, values); };
  if (has_embedding(spec_)) next(embedding);
  if (reads_characters()) next(embedding);
  for (const std::vector<plugin::CellInstance>* cells : {&character_cells_, &layers_})
    for (const plugin::CellInstance& layer : *cells)
      for (const plugin::WeightInfo& weight : layer.weights())
        next([&](const auto&, Stream& stream, std::span<float> values) {
          fill_cell_weight(weight, options_.init, layer.hidden(), stream, values);
        });
  const int64_t O = layers_.back().output();
  while (i < layout_->count())
    next([&](const ParameterInfo& parameter, Stream& stream, std::span<float> values) {
      // A CRF begins with zeros: no class is likelier than another after any.
      if (parameter.name == "head/W" || parameter.name == "head/b") fill_head(options_.init, parameter.shape, O, stream, values);
    });
  return set;
}

bool allows_crf(const data::TaskSpec& spec) {
  return spec.output.kind == data::OutputSpec::Kind::categorical && spec.output.at == data::OutputSpec::At::every_step && !spec.carries_state;
}

data::TaskSpec task_spec(const data::Encoding& encoding) {
  data::TaskSpec spec;
  if (encoding.kind == "forecast") {
    const auto C = static_cast<int64_t>(encoding.columns.size());
    spec.input = {InputSpec::Kind::continuous, C};
    spec.output = {data::OutputSpec::Kind::regression, data::OutputSpec::At::last_step, encoding.horizon * C};
  } else if (encoding.kind == "language_model") {
    const auto V = static_cast<int64_t>(encoding.vocabulary.size());
    spec.input = {InputSpec::Kind::discrete, V};
    spec.output = {data::OutputSpec::Kind::categorical, data::OutputSpec::At::every_step, V};
    spec.carries_state = true;
  } else if (encoding.kind == "classification") {
    const bool letters = !encoding.vocabulary.empty();
    spec.input = {letters ? InputSpec::Kind::discrete : InputSpec::Kind::continuous,
                  static_cast<int64_t>(letters ? encoding.vocabulary.size() : encoding.columns.size())};
    spec.output = {data::OutputSpec::Kind::categorical, data::OutputSpec::At::last_step, static_cast<int64_t>(encoding.labels.size()), true};
    spec.has_lengths = encoding.window == 0;
    spec.levels = encoding.levels;
  } else if (encoding.kind == "tagging") {
    spec.input = {InputSpec::Kind::discrete, static_cast<int64_t>(encoding.vocabulary.size())};
    spec.output = {data::OutputSpec::Kind::categorical, data::OutputSpec::At::every_step, static_cast<int64_t>(encoding.labels.size()), true};
    spec.has_lengths = true;
    spec.characters = encoding.alphabet.empty() ? 0 : static_cast<int64_t>(encoding.alphabet.size()) + 1;
  } else if (encoding.kind == "music") {
    const auto K = static_cast<int64_t>(encoding.columns.size());
    spec.input = {InputSpec::Kind::continuous, K};
    spec.output = {data::OutputSpec::Kind::binary, data::OutputSpec::At::every_step, K};
    spec.has_lengths = true;
  } else if (encoding.kind == "density" || encoding.kind == "anomaly") {
    using Distribution = data::OutputSpec::Distribution;
    const auto C = static_cast<int64_t>(encoding.columns.size());
    spec.input = {InputSpec::Kind::continuous, C};
    spec.output = {data::OutputSpec::Kind::density, data::OutputSpec::At::every_step, C, false,
                   encoding.unit == "bernoulli" ? Distribution::bernoulli : Distribution::gaussian};
    spec.has_lengths = encoding.window == 0;
  } else if (encoding.kind == "algorithm") {
    spec = data::algorithm_spec(encoding.unit, encoding.horizon);
  } else {
    throw UserError(fmt::format("the result's task '{}' is not known; it was made by another version of recur", encoding.kind));
  }
  if (spec.input.width == 0 || spec.output.width == 0)
    throw UserError(fmt::format("the result does not tell the inputs and outputs of its {}; train it anew with this version of recur", encoding.kind));
  return spec;
}

}  // namespace recur::model
