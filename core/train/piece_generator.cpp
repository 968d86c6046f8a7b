#include "recur/train/piece_generator.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "recur/error/error.hpp"
#include "recur/random/stream.hpp"
#include "recur/train/sampling.hpp"

namespace recur::train {
namespace {

// Whether anything that the program gives depends on this input.
bool reads(const ir::Program& program, const std::string& input) {
  std::vector<bool> needed(program.values.size());
  std::vector<ir::ValueId> open = program.outputs;
  while (!open.empty()) {
    const auto value = static_cast<size_t>(open.back());
    open.pop_back();
    if (needed[value]) continue;
    needed[value] = true;
    const ir::Node& node = program.producer(static_cast<ir::ValueId>(value));
    open.insert(open.end(), node.inputs.begin(), node.inputs.end());
  }
  return std::any_of(program.inputs.begin(), program.inputs.end(),
                     [&](ir::ValueId id) { return program.producer(id).name == input && needed[static_cast<size_t>(id)]; });
}

const model::Network& checked(const model::Network& network, const data::Encoding& encoding) {
  if (!gives_pieces(encoding)) throw UserError(fmt::format("the model's task is '{}'; only music gives pieces", encoding.kind));
  const data::TaskSpec& spec = network.spec();
  RECUR_CHECK(spec.output.width == data::kKeys && spec.input.width == data::kKeys, "{} keys in, {} out", spec.input.width, spec.output.width);
  const std::string& cell = network.options().cell;
  for (const plugin::CellInstance& layer : network.layers())
    if (layer.info().kind != RECUR_CELL)
      throw UserError(fmt::format("'{}' is a layer: it reads whole pieces and cannot go on step by step; train a cell to generate", cell));
  if (encoding.kind == "music" && !reads(network.program(model::Purpose::kStep), "x"))
    throw UserError(fmt::format("'{0}' draws its own input while it generates, so no piece can be played to it; train it with other "
                                "hyper-parameters (`recur cells {0}` lists them)", cell));
  return network;
}

void write(const data::Chord& chord, std::span<float> x) {
  std::fill(x.begin(), x.end(), 0.0f);
  for (const uint8_t key : chord) x[key] = 1;
}

}  // namespace

bool gives_pieces(const data::Encoding& encoding) {
  return encoding.kind == "music" || (encoding.kind == "density" && encoding.columns.size() == data::kKeys && encoding.unit == "bernoulli");
}

PieceGenerator::PieceGenerator(const model::Network& network, const model::ParameterSet& weights, const data::Encoding& encoding,
                               exec::PathMemory& memory)
    : stepper_(checked(network, encoding), weights, 1, memory),
      draws_(encoding.kind == "density"),
      hears_(reads(network.program(model::Purpose::kStep), "x")),
      cell_(network.options().cell) {}

data::Piece PieceGenerator::generate(const data::Piece& prompt, int64_t length, const KeySampling& sampling, uint64_t number) {
  check(SamplingOptions{.temperature = sampling.temperature});
  if (draws_ && sampling.temperature != 1)
    throw UserError("temperature: a model of the density draws a step's keys itself, at temperature 1; leave it out");
  if (!prompt.empty() && !hears_)
    throw UserError(fmt::format("'{}' models its own input, so no piece can be played to it while it generates; leave the prompt out", cell_));
  Stream stream(sampling.seed, number, "generate/keys");
  stepper_.reset(stream_key(sampling.seed, number, "generate/noise"));
  std::array<float, data::kKeys> x{};
  // Of the keys of the next step: logits, or those that were drawn.
  std::span<const float> keys;
  if (prompt.empty() || draws_) keys = stepper_.step(x);
  for (const data::Chord& chord : prompt) {
    write(chord, x);
    keys = stepper_.step(x);
  }
  data::Piece piece;
  while (static_cast<int64_t>(piece.size()) < length) {
    data::Chord chord;
    for (size_t key = 0; key < keys.size(); ++key)
      if (draws_ ? keys[key] > 0.5f : sample_yes(keys[key], sampling.temperature, stream)) chord.push_back(static_cast<uint8_t>(key));
    write(chord, x);
    piece.push_back(std::move(chord));
    if (static_cast<int64_t>(piece.size()) < length) keys = stepper_.step(x);
  }
  return piece;
}

}  // namespace recur::train
