// The longer functions of Unit.
#pragma once

#include <recur/sdk/unit.hpp>

#include <algorithm>

namespace recur {

// The value that the host gives for the hyper-parameter declared next; null in a description.
inline const recur_value* Unit::declare(detail::HyperSpec spec) {
  detail::Build& from = build();
  const size_t index = from.hypers.size();
  from.hypers.push_back(std::move(spec));
  if (from.config == nullptr) return nullptr;
  const detail::HyperSpec& declared = from.hypers.back();
  if (index >= from.config->hyper_count)
    throw Error("hyper-parameter '" + declared.name + "' is not in the cell's description: declare every one unconditionally");
  const recur_value* value = &from.config->hypers[index];
  if (value->type != static_cast<uint32_t>(declared.type))
    throw Error("hyper-parameter '" + declared.name + "' changed its type: declare them in one order always");
  return value;
}

inline Hyper<double> Unit::hyper(const char* name, double fallback, Range range, const char* help) {
  const recur_value* value = declare({.type = RECUR_REAL, .name = name, .help = help, .real = fallback, .range = range});
  return Hyper<double>(value != nullptr ? value->real : fallback);
}

inline Hyper<int64_t> Unit::hyper(const char* name, int fallback, Range range, const char* help) {
  const recur_value* value = declare({.type = RECUR_INT, .name = name, .help = help, .integer = fallback, .range = range});
  return Hyper<int64_t>(value != nullptr ? value->integer : fallback);
}

inline Hyper<bool> Unit::hyper(const char* name, bool fallback, const char* help) {
  const recur_value* value = declare({.type = RECUR_BOOL, .name = name, .help = help, .integer = fallback});
  return Hyper<bool>(value != nullptr ? value->integer != 0 : fallback);
}

inline Hyper<std::string> Unit::hyper(const char* name, const char* fallback, std::initializer_list<const char*> choices,
                                      const char* help) {
  const recur_value* value = declare({.type = RECUR_CHOICE, .name = name, .help = help, .text = fallback,
                                      .choices = {choices.begin(), choices.end()}});
  return Hyper<std::string>(value != nullptr ? value->text : fallback);
}

inline Hyper<std::string> Unit::hyper(const char* name, const char* fallback, const char* help) {
  return hyper(name, fallback, {}, help);
}

inline void Unit::declare_to(const recur_host* host, recur_recorder* recorder) const {
  for (const detail::WeightSpec& weight : weights_) {
    if (weight.dims.size() > RECUR_MAX_RANK) throw Error("weight '" + weight.name + "' has more than 4 dimensions");
    recur_weight_spec spec{};
    spec.struct_size = sizeof(spec);
    spec.role = static_cast<uint32_t>(weight.role);
    spec.name = weight.name.c_str();
    spec.gates = weight.gates.empty() ? nullptr : weight.gates.c_str();
    std::copy(weight.dims.begin(), weight.dims.end(), spec.dims);
    spec.rank = static_cast<uint32_t>(weight.dims.size());
    spec.init = static_cast<uint32_t>(weight.init.kind);
    spec.a = weight.init.a;
    spec.b = weight.init.b;
    spec.segments = weight.segments.data();
    spec.segment_count = static_cast<uint32_t>(weight.segments.size());
    detail::check(host->declare_weight(recorder, &spec));
  }
  for (const detail::CarrySpec& carry : carries_) {
    if (carry.dims.size() > RECUR_MAX_RANK - 1) throw Error("state '" + carry.name + "' has more than 3 dimensions");
    recur_state_spec spec{};
    spec.struct_size = sizeof(spec);
    spec.start = carry.learned ? RECUR_START_LEARNED : RECUR_START_CONSTANT;
    spec.name = carry.name.c_str();
    std::copy(carry.dims.begin(), carry.dims.end(), spec.dims);
    spec.rank = static_cast<uint32_t>(carry.dims.size());
    spec.value = carry.value;
    detail::check(host->declare_state(recorder, &spec));
  }
}

inline State Unit::state_of(const recur_var* states, uint32_t count) const {
  if (count != carries_.size()) throw Error("the host gave another number of states than were declared");
  std::vector<std::string> names;
  for (const detail::CarrySpec& carry : carries_) names.push_back(carry.name);
  return State(std::move(names), detail::vars({states, states + count}));
}

inline void Unit::write_next(const Next& next, recur_var* out) const {
  for (const auto& [name, value] : next) {
    if (std::none_of(carries_.begin(), carries_.end(), [&n = name](const auto& carry) { return carry.name == n; }))
      throw Error("'" + name + "' is given as a state, but no such state was declared");
  }
  for (size_t i = 0; i < carries_.size(); ++i) {
    const auto found = std::find_if(next.begin(), next.end(), [&](const auto& entry) { return entry.first == carries_[i].name; });
    if (found == next.end()) throw Error("state '" + carries_[i].name + "' gets no next value");
    out[i] = found->second.id();
  }
}

}  // namespace recur
