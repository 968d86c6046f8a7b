// Pieces of music, step by step, from a trained model of which keys sound next.
//
// Threading: one thread at a time; instances are independent. The weights must outlive the generator and stand still.
#pragma once

#include <cstdint>

#include "recur/data/encoding.hpp"
#include "recur/data/piece.hpp"
#include "recur/exec/engine.hpp"
#include "recur/model/network.hpp"
#include "recur/train/stepper.hpp"

namespace recur::train {

struct KeySampling {
  double temperature = 1;  // logits are divided by it; 0: the keys that are likelier than not
  uint64_t seed = 1;
};

class PieceGenerator {
 public:
  // network: made with model::task_spec(encoding). Throws UserError where the encoding is not that of music, where a layer of the network
  // reads whole sequences, and where its cell does not read what it is given while it generates.
  PieceGenerator(const model::Network& network, const model::ParameterSet& weights, const data::Encoding& encoding,
                 exec::PathMemory& memory);

  // The `length` steps that follow the prompt. Each key sounds with the probability that the model gives it after all steps before,
  // independently of the step's other keys; latent variables are drawn as the cell draws them. Without a prompt the piece begins as
  // after a step of silence. number: of a piece of this seed; the same seed and number give the same piece.
  // Throws UserError for a temperature below 0.
  data::Piece generate(const data::Piece& prompt, int64_t length, const KeySampling& sampling, uint64_t number = 0);

 private:
  Stepper stepper_;
};

}  // namespace recur::train
