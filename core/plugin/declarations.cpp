#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "abi_struct.hpp"
#include "recorder.hpp"
#include "recur/error/error.hpp"

namespace recur::plugin {
namespace {

// Names become part of parameters' names and of paths in result files.
std::string checked_name(const char* name, const char* of) {
  if (name == nullptr || *name == 0) throw UserError(fmt::format("a {} has no name", of));
  const std::string text = name;
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'; };
  if (!std::all_of(text.begin(), text.end(), fits))
    throw UserError(fmt::format("the name of {} '{}' may hold letters, digits, '_' and '.' only", of, text));
  return text;
}

ir::Shape checked_dims(const int64_t* dims, uint32_t rank, uint32_t max_rank, const std::string& of) {
  if (rank > max_rank) throw UserError(fmt::format("{} has {} dimensions; at most {} are possible", of, rank, max_rank));
  ir::Shape shape(dims, dims + rank);
  double size = 1;
  for (const int64_t dim : shape) {
    if (dim < 1) throw UserError(fmt::format("{} has the shape {}; every size must be at least 1", of, ir::to_string(shape)));
    size *= static_cast<double>(dim);
  }
  if (size > 1e11) throw UserError(fmt::format("{} has the shape {}: more than 10^11 elements", of, ir::to_string(shape)));
  return shape;
}

void check_number(double value, const std::string& of, const char* what) {
  if (!std::isfinite(value)) throw UserError(fmt::format("{}: {} is {}, not a finite number", of, what, value));
}

}  // namespace

void Declarations::add_weight(const recur_weight_spec& given) {
  if (given.struct_size < kWeightSpecSizeV1) throw UserError(fmt::format("recur_weight_spec of {} bytes; ABI 1.0 has {}", given.struct_size, kWeightSpecSizeV1));
  const recur_weight_spec spec = read_struct(&given);
  WeightInfo weight;
  weight.name = checked_name(spec.name, "weight");
  const std::string of = fmt::format("weight '{}'", weight.name);
  for (const WeightInfo& other : weights)
    if (other.name == weight.name) throw UserError(of + " is declared twice");
  weight.dims = checked_dims(spec.dims, spec.rank, RECUR_MAX_RANK, of);
  weight.gates = spec.gates == nullptr ? "" : spec.gates;
  if (spec.role > RECUR_ROLE_OTHER) throw UserError(fmt::format("{} has the unknown role {}", of, spec.role));
  if (spec.init > RECUR_INIT_UNIFORM_HIDDEN) throw UserError(fmt::format("{} has the unknown initialisation {}", of, spec.init));
  weight.role = static_cast<recur_role>(spec.role);
  weight.init = static_cast<recur_init>(spec.init);
  check_number(spec.a, of, "its initial value (a)");
  check_number(spec.b, of, "its initial value (b)");
  weight.a = spec.a;
  weight.b = spec.b;
  const int64_t last = weight.dims.empty() ? 1 : weight.dims.back();
  for (uint32_t i = 0; i < spec.segment_count; ++i) {
    const recur_segment segment = spec.segments[i];
    if (segment.begin < 0 || segment.begin > segment.end || segment.end > last)
      throw UserError(fmt::format("{}: segment [{}, {}) lies outside its last axis of {}", of, segment.begin, segment.end, last));
    check_number(segment.value, of, "the value of a segment");
    weight.segments.push_back(segment);
  }
  weights.push_back(std::move(weight));
}

void Declarations::add_state(const recur_state_spec& given) {
  if (given.struct_size < kStateSpecSizeV1) throw UserError(fmt::format("recur_state_spec of {} bytes; ABI 1.0 has {}", given.struct_size, kStateSpecSizeV1));
  const recur_state_spec spec = read_struct(&given);
  StateInfo state;
  state.name = checked_name(spec.name, "state");
  const std::string of = fmt::format("state '{}'", state.name);
  for (const StateInfo& other : states)
    if (other.name == state.name) throw UserError(of + " is declared twice");
  state.dims = checked_dims(spec.dims, spec.rank, RECUR_MAX_RANK - 1, of);
  check_number(spec.value, of, "its start");
  state.value = spec.value;
  if (spec.start > RECUR_START_LEARNED) throw UserError(fmt::format("{} has the unknown start {}", of, spec.start));
  if (spec.start == RECUR_START_LEARNED) {
    state.start_weight = state.name + ".start";
    // An inner cell whose state is carried by the one around it has brought that weight already.
    const auto same = std::find_if(weights.begin(), weights.end(), [&](const WeightInfo& weight) { return weight.name == state.start_weight; });
    if (same == weights.end()) {
      weights.push_back({state.start_weight, state.dims, "", "", RECUR_ROLE_OTHER, RECUR_INIT_CONSTANT, spec.value, 0, {}});
    } else if (same->dims != state.dims) {
      throw UserError(fmt::format("{} needs a weight '{}' for its start, but that name is taken", of, state.start_weight));
    }
  }
  states.push_back(std::move(state));
}

recur_inner* Declarations::add_inner(const std::string& given, const std::string& id, int64_t input, int64_t hidden) {
  const std::string name = checked_name(given.c_str(), "inner cell");
  for (const auto& other : inners)
    if (other->name == name) throw UserError(fmt::format("inner cell '{}' is declared twice", name));
  if (find == nullptr || !*find) throw UserError(fmt::format("asks for cell '{}', but other cells cannot be used here", id));
  const LoadedCell& cell = (*find)(id);
  if (cell.info.kind != RECUR_CELL) throw UserError(fmt::format("inner cell '{}': '{}' is a layer; only cells can be stepped", name, id));
  auto inner = std::make_unique<recur_inner>(recur_inner{name, CellInstance(cell, input, hidden, {}, *find)});
  for (WeightInfo weight : inner->instance.weights()) {
    weight.name = name + "." + weight.name;
    weights.push_back(std::move(weight));
  }
  inners.push_back(std::move(inner));
  return inners.back().get();
}

}  // namespace recur::plugin
