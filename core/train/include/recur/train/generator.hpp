// Text from a trained language model.
//
// Threading: one thread at a time; instances are independent. The weights must outlive the generator and stand still.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "recur/data/encoding.hpp"
#include "recur/data/text.hpp"
#include "recur/exec/engine.hpp"
#include "recur/model/network.hpp"
#include "recur/train/sampling.hpp"
#include "recur/train/stepper.hpp"

namespace recur::train {

struct GeneratedText {
  std::string text;            // what follows the prompt; words begin with the space that parts them from it
  int64_t tokens = 0;
  int64_t unknown_tokens = 0;  // of the prompt: not in the vocabulary, so read as <unk>
};

class Generator {
 public:
  // network: made with model::task_spec(encoding). Throws UserError where the encoding is not a language model's.
  Generator(const model::Network& network, const model::ParameterSet& weights, const data::Encoding& encoding,
            exec::PathMemory& memory);

  // Reads the prompt and goes on for `length` tokens; never with <unk>. Without a prompt it begins as after the end of a line.
  // The same options give the same text. each: called with every piece of the text as it comes.
  // Throws UserError for options out of range and a prompt that is not UTF-8.
  GeneratedText generate(std::string_view prompt, int64_t length, const SamplingOptions& options,
                         const std::function<void(std::string_view piece)>& each = {});

 private:
  data::Vocabulary vocabulary_;
  Stepper stepper_;
};

}  // namespace recur::train
