#include "recur/train/generator.hpp"

#include <fmt/format.h>

#include <utility>

#include "recur/error/error.hpp"

namespace recur::train {
namespace {

data::Vocabulary vocabulary_of(const data::Encoding& encoding) {
  if (encoding.kind != "language_model")
    throw UserError(fmt::format("the model's task is '{}'; only a language_model, music and a density of music generate", encoding.kind));
  return {data::text_unit(encoding.unit), encoding.vocabulary};
}

// What stands before the first token of a text: the end of a line where the vocabulary has one, else its most frequent token.
int32_t beginning(const data::Vocabulary& vocabulary) {
  const std::string_view end = vocabulary.unit() == data::TextUnit::word ? data::Vocabulary::kEndOfLine : "\n";
  return vocabulary.contains(end) ? vocabulary.id(end) : 1;
}

}  // namespace

Generator::Generator(const model::Network& network, const model::ParameterSet& weights, const data::Encoding& encoding,
                     exec::PathMemory& memory)
    : vocabulary_(vocabulary_of(encoding)), stepper_(network, weights, 1, memory) {
  RECUR_CHECK(network.spec().output.width == vocabulary_.size(), "{} classes, {} tokens", network.spec().output.width, vocabulary_.size());
  if (vocabulary_.size() < 2) throw UserError("the model's vocabulary holds nothing but <unk>; train it on more text");
}

GeneratedText Generator::generate(std::string_view prompt, int64_t length, const SamplingOptions& options,
                                  const std::function<void(std::string_view piece)>& each) {
  check(options);
  GeneratedText result;
  std::vector<int32_t> read = vocabulary_.encode(prompt, "prompt");
  for (const int32_t token : read) result.unknown_tokens += token == data::Vocabulary::kUnknown;
  // Tokens that the text goes on from: what a token adds to a text depends on the one before (spaces between words).
  std::vector<int32_t> tokens;
  if (!read.empty()) tokens.push_back(read.back());
  else read.push_back(beginning(vocabulary_));

  Stream stream(options.seed, 0, "generate/tokens");
  stepper_.reset(stream_key(options.seed, 0, "generate/noise"));
  std::vector<std::pair<double, int32_t>> scratch;
  std::span<const float> logits;
  for (const int32_t& token : read) logits = stepper_.step(std::span(&token, 1));
  for (; result.tokens < length; ++result.tokens) {
    const int32_t token = sample(logits, options, stream, data::Vocabulary::kUnknown, scratch);
    const size_t before = vocabulary_.decode(tokens).size();
    tokens.push_back(token);
    const std::string piece = vocabulary_.decode(tokens).substr(before);
    tokens.assign(1, token);
    if (each) each(piece);
    result.text += piece;
    logits = stepper_.step(std::span(&token, 1));
  }
  return result;
}

}  // namespace recur::train
