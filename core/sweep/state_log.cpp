#include "state_log.hpp"

#include <algorithm>

namespace recur::sweep {
namespace {

train::TraceOptions which_of(const Definition& definition) {
  train::TraceOptions which;
  if (!definition.log) return which;
  which.part = data::part_named(definition.log->part);
  which.sequence = definition.log->sequence;
  return which;
}

}  // namespace

std::vector<std::string> logged_states(const Definition& definition, const model::Network& network) {
  std::vector<std::string> names;
  if (!definition.log) return names;
  const std::vector<std::string> known = train::traceable(network);
  for (const std::string& name : definition.log->states)
    if (std::any_of(known.begin(), known.end(), [&](const std::string& each) { return train::is_meant(name, each); })) names.push_back(name);
  return names;
}

StateLog::StateLog(const Definition& definition, const data::Task& task, const model::Network& network, exec::PathMemory& paths)
    : task_(task), network_(network), paths_(paths), names_(logged_states(definition, network)), which_(which_of(definition)) {
  if (!names_.empty()) train::check_trace(task, network, names_, which_);
}

std::vector<store::LoggedState> StateLog::shapes(const model::ParameterSet& weights) const {
  std::vector<store::LoggedState> shapes;
  if (names_.empty()) return shapes;
  for (const train::Trace& trace : train::trace(task_, network_, weights, names_, which_, paths_)) {
    store::LoggedState state{trace.name, {trace.steps()}};
    state.shape.insert(state.shape.end(), trace.dims.begin(), trace.dims.end());
    shapes.push_back(std::move(state));
  }
  return shapes;
}

std::vector<float> StateLog::values(const model::ParameterSet& weights) const {
  std::vector<float> values;
  for (const train::Trace& trace : train::trace(task_, network_, weights, names_, which_, paths_))
    values.insert(values.end(), trace.values.begin(), trace.values.end());
  return values;
}

}  // namespace recur::sweep
