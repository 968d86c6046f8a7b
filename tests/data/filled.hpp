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
    else if (spec.output.kind != OutputSpec::Kind::density) y.resize(positions * static_cast<size_t>(spec.output.width));
    if (spec.has_lengths) lengths.resize(N);
    if (spec.has_counts) counts.resize(positions);
    BatchBuffers buffers{.x = x, .tokens = tokens, .y = y, .labels = labels, .lengths = lengths, .counts = counts};
    size_t below = steps;
    for (size_t l = 0; l < static_cast<size_t>(spec.levels); ++l) {
      Level& level = levels.emplace_back();
      level.ends.resize(static_cast<size_t>(shape.segments[l]) * N);
      level.of.resize(below);
      level.counts.resize(N);
      below = level.ends.size();
    }
    for (size_t l = 0; l < levels.size(); ++l) buffers.segments[l] = {levels[l].ends, levels[l].of, levels[l].counts};
    if (spec.characters > 0) {
      spellings.resize(static_cast<size_t>(shape.letters * shape.spellings));
      spelling_lengths.resize(static_cast<size_t>(shape.spellings));
      spelled.resize(steps);
      buffers.spellings = spellings, buffers.spelling_lengths = spelling_lengths, buffers.spelled = spelled;
    }
    batches.fill(batch, buffers);
  }

  BatchShape shape;
  std::vector<float> x, y, counts;
  std::vector<int32_t> tokens, labels, lengths;
  struct Level {
    std::vector<int32_t> ends, of, counts;
  };
  std::vector<Level> levels;
  std::vector<int32_t> spellings, spelling_lengths, spelled;
};

}  // namespace recur::data
