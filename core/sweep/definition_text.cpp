// A definition as text: YAML, the canonical form of a trial and its name, the JSON schema.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "definition_keys.hpp"
#include "definition_source.hpp"
#include "recur/config/printer.hpp"
#include "recur/config/reader.hpp"
#include "recur/config/schema.hpp"
#include "recur/sweep/definition.hpp"
#include "space_reader.hpp"

namespace recur::sweep {
namespace {

namespace json = boost::json;
using config::Key;
using config::Value;

// A copy in which data files have the paths that were written.
Definition as_written(const Definition& definition) {
  Definition copy = definition;
  if (definition.source == nullptr) return copy;
  data::for_each_data_file(copy.task, [&](const std::string& path, std::string& value) {
    if (const Value::Entry* entry = definition.source->tree.at(path)) value = entry->value.text;
  });
  return copy;
}

const Cells* cells_of(const Definition& definition) {
  return definition.source == nullptr ? nullptr : definition.source->cells.get();
}

void collect_paths(const std::vector<Parameter>& parameters, std::set<std::string>& paths) {
  for (const Parameter& parameter : parameters) {
    paths.insert(parameter.path);
    for (const Option& option : parameter.options) collect_paths(option.parameters, paths);
  }
}

// Whether a sweep of the kind that decides about this key makes its default depend on the point.
bool depends_on_point(const std::vector<Key>& keys, const std::set<std::string>& swept, const std::string& walked, const std::string& rest) {
  const size_t dot = rest.find('.');
  const std::string name = rest.substr(0, dot);
  const std::string prefix = walked.empty() ? "" : walked + ".";
  const bool kind_swept = std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.selects && swept.contains(prefix + key.name); });
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
    if (key.name != name) return false;
    if (kind_swept && !key.field.kinds.empty()) return true;
    return dot != std::string::npos && depends_on_point(key.keys, swept, prefix + name, rest.substr(dot + 1));
  });
}

json::object space_schema(const std::vector<Key>& keys) {
  json::object properties;
  for (const Key& top : keys) {
    if (!top.field.sweepable) continue;
    const auto add = [&](const std::string& path, const Key& key) {
      if (key.type == config::Type::scalars || key.type == config::Type::raw) return;
      json::object specification{{"$ref", "#/$defs/specification"}};
      if (!key.field.help.empty()) specification["description"] = key.field.help;
      properties[path] = std::move(specification);
    };
    if (top.type == config::Type::group)
      config::for_each_key(top.keys, [&](const std::string& path, const Key& key) { add(top.name + "." + path, key); });
    else add(top.name, top);
    // A shorthand may be swept by the group's name.
    for (const Key& group : top.keys)
      if (!group.field.shorthand.empty()) properties[top.name + "." + group.name] = json::object{{"$ref", "#/$defs/specification"}};
  }
  return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

json::object specification_schema() {
  const json::object space{{"$ref", "#/$defs/space"}};
  const json::object variants{{"type", "object"}, {"additionalProperties", {{"anyOf", {space, {{"type", "null"}}}}}}};
  const auto range = [](const char* type, const char* what) {
    return json::object{{"type", "array"}, {"items", {{"type", type}}}, {"minItems", 2}, {"maxItems", 2}, {"description", what}};
  };
  const json::object map{
      {"type", "object"},
      {"properties",
       {{"choice", {{"anyOf", {json::object{{"type", "array"}, {"minItems", 1}}, variants}},
                    {"description", "values, each with the keys that vary only below it"}}},
        {"float", range("number", "lowest and highest value")},
        {"int", range("integer", "lowest and highest value")},
        {"bool", {{"type", {"null", "boolean"}}, {"description", "both truth values"}}},
        {"log", {{"type", "boolean"}, {"description", "evenly spaced in the logarithm"}}},
        {"steps", {{"type", "integer"}, {"minimum", 2}, {"description", "values that a grid takes"}}}}},
      {"additionalProperties", false}};
  return {{"anyOf", {map, json::object{{"type", {"string", "number", "boolean", "array", "null"}}}}}};
}

// Keys that came after results had been named by their trials, and what they were before: left out of the names where they still are, so that
// those results are found again.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kLaterKeys{{
    {"model.readout", "last"},
    {"task.data.format", "json"},
}};

}  // namespace

std::string to_yaml(const Definition& definition) {
  Definition copy = as_written(definition);
  const std::vector<Key> keys = definition_keys(copy, cells_of(definition));
  const Value space = definition.sweep ? to_value(definition.sweep->space) : Value{};
  std::set<std::string> swept;
  if (definition.sweep) collect_paths(definition.sweep->space.parameters, swept);
  config::PrintOptions options;
  options.raw = [&](const std::string&) { return &space; };
  options.wanted = [&](const std::string& path) {
    if (path == "extends") return false;  // its keys are here
    const bool written = definition.source != nullptr && definition.source->tree.at(path) != nullptr;
    return written || !depends_on_point(keys, swept, "", path);
  };
  return config::print_yaml(keys, options);
}

std::string canonical_text(const Definition& trial) {
  Definition copy = as_written(trial);
  const std::vector<Key> keys = definition_keys(copy, cells_of(trial));
  config::PrintOptions options;
  options.wanted = [](const std::string& path) {
    for (const char* group : {"sweep", "log"})
      if (path == group || path.starts_with(std::string(group) + ".")) return false;
    return path != "name" && path != "about" && path != "extends" && path != "replicates";
  };
  std::string text;
  for (const auto& [path, value] : config::flatten(keys, options))
    if (std::find(kLaterKeys.begin(), kLaterKeys.end(), std::pair<std::string_view, std::string_view>{path, value}) == kLaterKeys.end())
      text += fmt::format("{}: {}\n", path, value);
  return text;
}

std::string trial_hash(const Definition& trial) {
  // The namespace of trials: an arbitrary UUID, fixed for good.
  static const boost::uuids::uuid trials = boost::uuids::string_generator()("0c6f3d2e-5b1a-4e0f-9a53-7d1c8e2b4f60");
  std::string digits = boost::uuids::to_string(boost::uuids::name_generator_sha1(trials)(canonical_text(trial)));
  std::erase(digits, '-');
  return digits;
}

std::string trial_name(const Definition& trial, int64_t replicate) {
  constexpr size_t kDigits = 12;  // 48 bits: among 10000 trials two are alike with a probability of 2e-7
  std::string cell = trial.model.cell;
  for (char& c : cell)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.')) c = '_';
  return fmt::format("{}-h{}-{}-r{}", cell, trial.model.hidden, trial_hash(trial).substr(0, kDigits), replicate);
}

std::string definition_schema(const Cells& cells) {
  const Description description(&cells);
  const std::vector<Key>& keys = description.keys();
  const auto raw = [](const std::string&) { return json::object{{"$ref", "#/$defs/space"}}; };
  const json::object schema{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "recur experiment"},
      {"description", "What is learned, by which model, how it is trained, and over which space it is swept"},
      // What a base or the space gives need not stand in the file.
      {"if", {{"anyOf", {json::object{{"required", {"extends"}}}, json::object{{"required", {"sweep"}}}}}}},
      {"then", config::json_schema(keys, true, raw)},
      {"else", config::json_schema(keys, false, raw)},
      {"$defs", {{"space", space_schema(keys)}, {"specification", specification_schema()}}}};
  return config::pretty(schema);
}

}  // namespace recur::sweep
