// Small models and tasks that the tests of a network share, and inputs for them.
#pragma once

#include <map>
#include <string>

#include "recur/data/task.hpp"
#include "recur/exec/reference.hpp"
#include "recur/ir/program.hpp"
#include "recur/model/network.hpp"
#include "recur/random/stream.hpp"

namespace recur::model {

using data::InputSpec;
using data::OutputSpec;
using Tensors = std::map<std::string, exec::Tensor>;

inline data::TaskSpec regression_at_last_step(int64_t features = 2, int64_t values = 3) {
  return {.input = {InputSpec::Kind::continuous, features},
          .output = {OutputSpec::Kind::regression, OutputSpec::At::last_step, values}};
}

inline data::TaskSpec language(int64_t vocabulary = 5) {
  return {.input = {InputSpec::Kind::discrete, vocabulary},
          .output = {OutputSpec::Kind::categorical, OutputSpec::At::every_step, vocabulary},
          .carries_state = true};
}

inline data::TaskSpec density(OutputSpec::Distribution distribution, int64_t features = 2) {
  return {.input = {InputSpec::Kind::continuous, features},
          .output = {OutputSpec::Kind::density, OutputSpec::At::every_step, features, false, distribution}};
}

inline ModelOptions options(const std::string& cell, int64_t hidden = 4, int64_t layers = 1) {
  ModelOptions options;
  options.cell = cell;
  options.hidden = hidden;
  options.layers = layers;
  return options;
}

// Different words of a batch and characters of the longest, where a network reads characters.
constexpr int64_t kWords = 4, kLongest = 3;

// Values for every input of a bound program: parameters from the network, whole numbers for tokens and the like, noise for the rest.
// Every position counts alike.
inline Tensors inputs_for(const ir::Program& bound, const Network& network, uint64_t seed = 1) {
  const ParameterSet parameters = network.initial(seed, 0);
  Tensors inputs;
  for (const ir::ValueId id : bound.inputs) {
    const std::string& name = bound.producer(id).name;
    exec::Tensor& tensor = inputs[name];
    tensor.shape = bound.shape(id);
    size_t size = 1;
    for (const int64_t dim : tensor.shape) size *= static_cast<size_t>(dim);
    tensor.data.resize(size);
    Stream stream(seed, 0, "test/" + name);
    for (size_t i = 0; i < size; ++i) {
      double& value = tensor.data[i];
      if (const auto parameter = network.layout()->find(name)) value = static_cast<double>(parameters[*parameter][i]);
      else if (name == "tokens") value = static_cast<double>(stream.below(static_cast<uint64_t>(network.spec().input.width)));
      else if (name == "spellings") value = static_cast<double>(stream.below(static_cast<uint64_t>(network.spec().characters)));
      else if (name == "spelled") value = static_cast<double>(stream.below(static_cast<uint64_t>(kWords)));
      else if (name == "spelling_lengths") value = static_cast<double>(1 + i % kLongest);
      else if (name == "labels") value = static_cast<double>(stream.below(static_cast<uint64_t>(network.spec().output.width)));
      else if (name == "weight") value = 1 / static_cast<double>(size);
      else if (name != "last" && name != "lengths" && name != "fresh") value = stream.normal();
    }
  }
  return inputs;
}

// Of boundaries: there are as many segments as steps at each level.
inline ir::Program bind(const Network& network, Purpose purpose, int64_t time, int64_t batch) {
  ir::Bindings symbols{{ir::kTime, time}, {ir::kBatch, batch}};
  for (int64_t level = 1; level <= network.spec().levels; ++level) symbols[RECUR_DIM_SEGMENTS(level)] = time;
  if (network.reads_characters()) symbols[kSpellings] = kWords, symbols[kLetters] = kLongest;
  return ir::bind(network.program(purpose), symbols);
}

inline const exec::Tensor& output(const ir::Program& program, const std::vector<exec::Tensor>& outputs, const std::string& name) {
  for (size_t i = 0; i < program.output_names.size(); ++i)
    if (program.output_names[i] == name) return outputs[i];
  throw std::runtime_error("no output " + name);
}

}  // namespace recur::model
