// Weights measured on a part of a task, outside of a training.
//
// Threading: one thread at a time. Sets oneDNN's OpenMP team of the calling thread to one.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "recur/data/task.hpp"
#include "recur/exec/engine.hpp"
#include "recur/model/network.hpp"

namespace recur::train {

struct Evaluation {
  std::map<std::string, double> metrics;  // "test/loss", "test/rmse", ...; NaN for an empty part
  std::string details;                    // what numbers alone do not tell, see data::Score::details
};

// batch: sequences evaluated together; for tasks that carry their state it also
// says into how many streams the part is cut. seed, replicate: of a training, so that cells with latent variables draw what they drew there.
// Throws UserError where the part is shorter than one batch has to be.
Evaluation evaluate(const data::Task& task, data::Part part, const model::Network& network, const model::ParameterSet& weights, int64_t batch,
                    exec::PathMemory& memory, exec::PathChoice choice = {}, uint64_t seed = 0, uint64_t replicate = 0);

}  // namespace recur::train
