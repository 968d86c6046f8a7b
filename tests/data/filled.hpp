// A batch of a task with memory of its own.
#pragma once

#include <vector>

#include "recur/data/task.hpp"

namespace recur::data {

struct Filled {
  Filled(const Task& task, const Batches& batches, int64_t batch) : shape(batches.shape(batch)) {
    const TaskSpec spec = task.spec();
    const auto N = static_cast<size_t>(shape.batch), steps = static_cast<size_t>(shape.time) * N;
    const size_t positions = spec.output.at == OutputSpec::At::every_step ? steps : N;
    if (spec.input.kind == InputSpec::Kind::discrete) tokens.resize(steps);
    else x.resize(steps * static_cast<size_t>(spec.input.width));
    if (spec.output.kind == OutputSpec::Kind::categorical) labels.resize(positions);
    else y.resize(positions * static_cast<size_t>(spec.output.width));
    if (spec.has_lengths) lengths.resize(N);
    if (spec.has_counts) counts.resize(positions);
    batches.fill(batch, {.x = x, .tokens = tokens, .y = y, .labels = labels, .lengths = lengths, .counts = counts});
  }

  BatchShape shape;
  std::vector<float> x, y, counts;
  std::vector<int32_t> tokens, labels, lengths;
};

}  // namespace recur::data
