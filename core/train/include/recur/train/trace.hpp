// What a trained network holds while it reads one sequence: its states, step by step, and what goes in and comes out.
//
// Threading: as for Stepper.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recur/data/task.hpp"
#include "recur/exec/engine.hpp"
#include "recur/model/network.hpp"

namespace recur::train {

struct Trace {
  std::string name;           // "layer0/read_weights", "input", ...
  std::vector<int64_t> dims;  // of one step
  std::vector<float> values;  // [T, dims...], after each step

  int64_t steps() const;
  int64_t size() const;       // product of dims
};

struct TraceOptions {
  data::Part part = data::Part::test;
  int64_t sequence = 0;  // counted from 0, in the order in which the part is measured one sequence at a time
  int64_t group = -1;    // only sequences of this group (BatchShape::group) are counted; -1: all
};

// The names that can be asked for: every state of every layer; input (of tokens: 1 at the one that is read, else 0); prediction (classes and
// binary outputs as probabilities, else as the model gives it); and target, where the task has one of numbers at every step. None of a network
// that cannot be run step by step.
std::vector<std::string> traceable(const model::Network& network);

// Whether a name as it is asked for means one of traceable(): the same, or without its layer.
bool is_meant(std::string_view asked, std::string_view name);

// Throws what trace would, without compiling anything.
void check_trace(const data::Task& task, const model::Network& network, std::span<const std::string> names, const TraceOptions& options);

// names: some of traceable(), in any order; without its layer a state's name stands for those of all layers. Where the task carries its
// state, what comes before the sequence is read first.
// Throws UserError for an unknown name, a sequence that is not there, and a network that cannot be run step by step: with a layer that reads
// whole sequences, of a density, which draws its input, or for a task whose batches come with spellings.
std::vector<Trace> trace(const data::Task& task, const model::Network& network, const model::ParameterSet& weights,
                         std::span<const std::string> names, const TraceOptions& options, exec::PathMemory& memory, exec::PathChoice choice = {});

}  // namespace recur::train
