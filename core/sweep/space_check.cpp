// Whether a space can be run, and how it is written back.
#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "space_reader.hpp"
#include "space_walk.hpp"

namespace recur::sweep {
namespace {

using config::Mistakes;
using config::Value;

// More integers than this are hardly meant to be tried one by one.
constexpr double kMaxEnumerated = 1000;

void check_steps(const std::vector<Parameter>& parameters, Mistakes& mistakes) {
  for (const Parameter& parameter : parameters) {
    const std::string path = "sweep.space." + parameter.path;
    if (parameter.kind == Parameter::Kind::number && parameter.steps == 0)
      mistakes.add(parameter.place, path, "a grid needs to know how many values to try; add steps: 3, or sample with kind: random");
    if (parameter.kind == Parameter::Kind::integer && parameter.steps == 0 && parameter.high - parameter.low >= kMaxEnumerated)
      mistakes.add(parameter.place, path, fmt::format("a grid would try {} values; add steps: 5, or sample with kind: random",
                                                      config::number_text(parameter.high - parameter.low + 1)));
    for (const Option& option : parameter.options) check_steps(option.parameters, mistakes);
  }
}

// What a probe takes at a parameter; option: null for ranges.
struct Pick {
  Value value;
  const Option* option;
};
using Picks = std::map<const Parameter*, Pick>;

// What a parameter is while another one is probed.
Pick first(const Parameter& parameter) {
  if (parameter.kind == Parameter::Kind::choice) return {parameter.options.front().value, &parameter.options.front()};
  return {number_value(parameter, parameter.low), nullptr};
}

void add_settings(const std::vector<Parameter>& parameters, const Picks& picks, Point& point) {
  for (const Parameter& parameter : parameters) {
    const auto picked = picks.find(&parameter);
    const Pick pick = picked != picks.end() ? picked->second : first(parameter);
    point.settings.push_back({parameter.path, pick.value});
    if (pick.option != nullptr) add_settings(pick.option->parameters, picks, point);
  }
}

void probe_all(const Space& space, const std::vector<Parameter>& parameters, Picks& picks, const std::function<void(const Point&)>& probe) {
  const auto probe_one = [&](const Parameter& parameter, const Pick& pick) {
    picks.insert_or_assign(&parameter, pick);
    Point point;
    add_settings(space.parameters, picks, point);
    probe(point);
    if (pick.option != nullptr) probe_all(space, pick.option->parameters, picks, probe);
  };
  for (const Parameter& parameter : parameters) {
    for (const Option& option : parameter.options) probe_one(parameter, {option.value, &option});
    if (parameter.kind != Parameter::Kind::choice)
      for (const double end : {parameter.low, parameter.high}) probe_one(parameter, {number_value(parameter, end), nullptr});
    picks.erase(&parameter);
  }
}

Value to_value(const std::vector<Parameter>& parameters);

Value to_value(const Parameter& parameter) {
  Value spec = Value::map();
  const auto add = [&](const char* name, Value value) { spec.entries.push_back({name, {}, std::move(value)}); };
  if (parameter.kind == Parameter::Kind::choice) {
    Value list;
    list.kind = Value::Kind::sequence;
    for (const Option& option : parameter.options) {
      if (option.parameters.empty()) {
        list.items.push_back(option.value);
      } else {
        Value variant = Value::map();
        variant.entries.push_back({option.value.text, Place{}, to_value(option.parameters)});
        list.items.push_back(std::move(variant));
      }
    }
    add("choice", std::move(list));
    return spec;
  }
  Value range;
  range.kind = Value::Kind::sequence;
  range.items = {number_value(parameter, parameter.low), number_value(parameter, parameter.high)};
  add(parameter.kind == Parameter::Kind::integer ? "int" : "float", std::move(range));
  if (parameter.log) add("log", Value::scalar("true"));
  if (parameter.steps > 0) add("steps", Value::scalar(std::to_string(parameter.steps)));
  return spec;
}

Value to_value(const std::vector<Parameter>& parameters) {
  Value tree = Value::map();
  for (const Parameter& parameter : parameters) tree.entries.push_back({parameter.path, Place{}, to_value(parameter)});
  return tree;
}

}  // namespace

void check_grid(const Space& space, Mistakes& mistakes) {
  Mistakes found;
  check_steps(space.parameters, found);
  if (!found.empty()) return check_steps(space.parameters, mistakes);
  if (const uint64_t size = grid_size(space); size > kMaxGridPoints)
    mistakes.add(space.place, "sweep.space", fmt::format("the grid has {} points, more than {}; take fewer values or sample with kind: random",
                                                         size, kMaxGridPoints));
}

void for_each_probe(const Space& space, const std::function<void(const Point&)>& probe) {
  Picks picks;
  probe_all(space, space.parameters, picks, probe);
}

Value to_value(const Space& space) { return to_value(space.parameters); }

}  // namespace recur::sweep
