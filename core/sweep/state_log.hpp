// The states that a trial keeps after each epoch, as its definition's `log` asks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "recur/data/task.hpp"
#include "recur/exec/engine.hpp"
#include "recur/model/network.hpp"
#include "recur/store/trial.hpp"
#include "recur/sweep/definition.hpp"
#include "recur/train/trace.hpp"

namespace recur::sweep {

// Those of log.states that the network has; none for a network that cannot be run step by step.
std::vector<std::string> logged_states(const Definition& definition, const model::Network& network);

// One trial's. Threading: one thread at a time.
class StateLog {
 public:
  // All must outlive the log. Logs nothing where the definition asks for nothing that the network has. Throws UserError for a sequence that is
  // not there.
  StateLog(const Definition& definition, const data::Task& task, const model::Network& network, exec::PathMemory& paths);

  // What append_states gets. Compiles and runs once to know the sequence's length.
  std::vector<store::LoggedState> shapes(const model::ParameterSet& weights) const;
  bool empty() const { return names_.empty(); }
  std::vector<float> values(const model::ParameterSet& weights) const;

 private:
  const data::Task& task_;
  const model::Network& network_;
  exec::PathMemory& paths_;
  std::vector<std::string> names_;
  train::TraceOptions which_;
};

}  // namespace recur::sweep
