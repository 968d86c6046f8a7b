#include "recur/sweep/definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "definition_check.hpp"
#include "definition_keys.hpp"
#include "definition_source.hpp"
#include "recur/config/document.hpp"
#include "recur/config/reader.hpp"
#include "space_reader.hpp"
#include "space_walk.hpp"

namespace recur::sweep {
namespace {

using config::Mistakes;
using config::Value;

// Reads a tree whose space, if it has one, is left to the caller.
Definition read_tree(Source source, Mistakes& mistakes) {
  Definition definition;
  std::vector<config::Key> keys = definition_keys(definition, source.cells.get());
  config::read(source.tree, keys, mistakes);
  check(definition, source.tree, source.file, source.cells.get(), mistakes);
  if (source.look_up_files) find_files(definition, source.tree, source.file, mistakes);
  definition.source = std::make_shared<const Source>(std::move(source));
  return definition;
}

// The tree of one trial.
Source with_settings(const Source& source, const std::vector<Setting>& settings, const std::vector<config::Key>& keys) {
  Source trial = source;
  for (const Setting& setting : settings)
    config::merge(trial.tree, config::tree_of(setting.path, setting.value, setting.value.place, keys), keys);
  std::erase_if(trial.tree.entries, [](const Value::Entry& entry) { return entry.name == "sweep"; });
  return trial;
}

// A definition may leave a key that has no default to its space. For the definition as a whole such a key, and one
// that decides which other keys there are, takes its first value, below everything that is written.
void fill_from_space(const std::vector<Parameter>& parameters, const std::vector<config::Key>& keys, Value& tree) {
  for (const Parameter& parameter : parameters) {
    const auto described = config::find_keys(keys, parameter.path);
    const Value::Entry* written = tree.at(parameter.path);
    const bool needed = std::any_of(described.begin(), described.end(),
                                    [](const config::Key* key) { return key->field.required || key->selects; });
    Value value = written != nullptr ? written->value
                  : parameter.kind == Parameter::Kind::choice ? parameter.options.front().value
                                                              : number_value(parameter, parameter.low);
    value.layer = -1;
    if (written == nullptr && needed) config::merge(tree, config::tree_of(parameter.path, value, value.place, keys), keys);
    for (const Option& option : parameter.options)
      if (option.value.text == value.text) fill_from_space(option.parameters, keys, tree);
  }
}

// What is written on the command line holds at every point: a key of the space is fixed to it, and of a choice what depends on that option stays.
void fix_by_command_line(std::vector<Parameter>& parameters, const Value& tree) {
  for (Parameter& parameter : parameters) {
    const Value::Entry* written = tree.at(parameter.path);
    if (written != nullptr && written->value.kind == Value::Kind::scalar && written->value.place.file == config::kCommandLine.file) {
      std::erase_if(parameter.options, [&](const Option& option) { return option.value.text != written->value.text; });
      if (parameter.options.empty()) parameter.options = {{Value::scalar(written->value.text, written->value.place, config::kPointLayer), {}}};
      parameter.kind = Parameter::Kind::choice;
    }
    for (Option& option : parameter.options) fix_by_command_line(option.parameters, tree);
  }
}

void check_space(const Definition& definition, const Source& source, const std::vector<config::Key>& keys, Mistakes& mistakes) {
  const SweepOptions& sweep = *definition.sweep;
  if (sweep.space.parameters.empty()) return;
  if (sweep.sampler.kind == "grid") check_grid(sweep.space, mistakes);
  for (const Parameter& parameter : sweep.space.parameters)
    if (definition.budget && parameter.path == "model.hidden")
      mistakes.add(parameter.place, "sweep.space.model.hidden", "budget.params decides the hidden size; remove one of the two");
  for_each_probe(sweep.space, [&](const Point& point) {
    const Definition trial = read_tree(with_settings(source, point.settings, keys), mistakes);
    const std::vector<std::string> metrics = metric_names(trial.task);
    const std::string& metric = sweep.objective.metric;
    if (!metrics.empty() && trial.task.kind != definition.task.kind &&
        std::find(metrics.begin(), metrics.end(), metric.substr(metric.rfind('/') + 1)) == metrics.end())
      mistakes.add(definition.place("sweep.objective.metric"), "sweep.objective.metric",
                   fmt::format("{} has no {}; use valid/loss, which every task has", trial.task.kind, metric));
  });
}

Definition load(Value tree, const std::string& file, const LoadOptions& options, const std::vector<config::Key>& keys,
                Mistakes& mistakes) {
  Source source{.tree = std::move(tree), .file = file, .cells = options.cells, .look_up_files = options.find_files};
  Space space;
  const Value::Entry* written = source.tree.at("sweep.space");
  const bool swept = written != nullptr;
  if (swept) {
    space = read_space(written->value, written->place, keys, mistakes);
    fix_by_command_line(space.parameters, source.tree);
    fill_from_space(space.parameters, keys, source.tree);
  }
  Definition definition = read_tree(source, mistakes);
  if (definition.sweep && swept) {
    definition.sweep->space = std::move(space);
    check_space(definition, source, keys, mistakes);
  }
  mistakes.raise();
  return definition;
}

}  // namespace

Place Definition::place(const std::string& path) const {
  return source == nullptr ? Place{} : place_in(source->tree, source->file, path);
}

UserError Definition::error(const std::string& path, const std::string& message) const {
  return {place(path), path + ": " + message};
}

Definition load_definition(const std::string& file, const LoadOptions& options) {
  const Description description(options.cells.get());
  Mistakes mistakes;
  Value tree = config::load_document(file, options.overrides, description.keys(), mistakes);
  return load(std::move(tree), file, options, description.keys(), mistakes);
}

Definition parse_definition(const std::string& text, const std::string& file, const LoadOptions& options) {
  const Description description(options.cells.get());
  Mistakes mistakes;
  Value tree = config::load_text(text, file, options.overrides, description.keys(), mistakes);
  return load(std::move(tree), file, options, description.keys(), mistakes);
}

std::vector<Point> points(const Definition& definition) {
  if (!definition.sweep) return {Point{}};
  const SweepOptions& sweep = *definition.sweep;
  if (sweep.sampler.kind == "grid") return grid_points(sweep.space);
  std::vector<Point> points;
  for (int64_t k = 0; k < sweep.sampler.trials; ++k)
    points.push_back(random_point(sweep.space, static_cast<uint64_t>(sweep.sampler.seed), static_cast<uint64_t>(k)));
  return points;
}

Definition apply(const Definition& definition, const Point& point) {
  RECUR_CHECK(definition.source != nullptr, "'{}' was not read from a file or a text", definition.name);
  const Description description(definition.source->cells.get());
  Mistakes mistakes;
  Definition trial = read_tree(with_settings(*definition.source, point.settings, description.keys()), mistakes);
  mistakes.raise();
  return trial;
}

Definition with(const Definition& definition, const std::string& path, const config::Scalar& value) {
  const auto* text = std::get_if<std::string>(&value);
  Value written = Value::scalar(text != nullptr ? *text : config::to_string(value), definition.place(path), config::kPointLayer);
  written.quoted = text != nullptr;
  return apply(definition, {{{path, std::move(written)}}});
}

}  // namespace recur::sweep
