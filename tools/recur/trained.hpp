// A trained model from a result, ready to be used.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "options.hpp"
#include "recur/data/encoding.hpp"
#include "recur/model/network.hpp"
#include "recur/model/parameter_set.hpp"
#include "recur/plugin/registry.hpp"
#include "recur/store/trial.hpp"
#include "recur/sweep/definition.hpp"

namespace recur::tool {

// What the verbs that use trained weights have in common.
struct TrainedArguments {
  std::string result;
  std::filesystem::path root;
  std::string weights = "best";
  std::vector<std::string> plugins;
  Output output;
};
void add_trained(CLI::App& verb, TrainedArguments& arguments);

struct Trained {
  store::TrialRecord record;
  sweep::Definition definition;  // of the trial; data paths as written
  data::Encoding encoding;
  model::Network network;
  model::ParameterSet weights;
};

// Of an experiment the trial with the best objective is taken, and named on stderr. Throws UserError where nothing is done
// yet, and where weights and cell do not fit.
Trained load_trained(const TrainedArguments& arguments, const plugin::Registry& registry);

// The task of the trial's replicate with its data files where they are now: where they were, else where a definition's are looked up.
// Throws UserError where they are gone.
data::TaskOptions find_data(const Trained& trained);

// Those of the found files that do not hold what they held when the trial was trained.
std::vector<std::string> changed_data(const Trained& trained, const data::TaskOptions& found);

}  // namespace recur::tool
