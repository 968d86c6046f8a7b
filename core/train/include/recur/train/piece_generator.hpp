// Pieces of music, step by step, from a trained model of which keys sound next.
//
// Threading: one thread at a time; instances are independent. The weights must outlive the generator and stand still.
#pragma once

#include <cstdint>
#include <string>

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

// Whether the model's task is one of music: which keys sound next, or how probable whole pieces are.
bool gives_pieces(const data::Encoding& encoding);

class PieceGenerator {
 public:
  // network: made with model::task_spec(encoding). Throws UserError where the task is not one of music, where a layer of the network
  // reads whole sequences, and where the cell of a task of music does not read what it is given while it generates.
  PieceGenerator(const model::Network& network, const model::ParameterSet& weights, const data::Encoding& encoding,
                 exec::PathMemory& memory);

  // The `length` steps that follow the prompt. Each key sounds with the probability that the model gives it after all steps before,
  // independently of the step's other keys; latent variables are drawn as the cell draws them. Without a prompt the piece begins as
  // after a step of silence; of a density it is a draw from the model, from its first step on. number: of a piece of this seed; the same
  // seed and number give the same piece.
  // Throws UserError for a temperature below 0, and of a density for one that is not 1 and for a prompt to a cell that models its own input.
  data::Piece generate(const data::Piece& prompt, int64_t length, const KeySampling& sampling, uint64_t number = 0);

 private:
  Stepper stepper_;
  bool draws_;  // the program draws the keys, not the generator
  bool hears_;  // the program reads x
  std::string cell_;
};

}  // namespace recur::train
