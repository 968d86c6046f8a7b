#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "options.hpp"
#include "recur/error/error.hpp"
#include "recur/report/table.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

namespace json = boost::json;

struct Arguments {
  std::string id;
  std::vector<std::string> plugins;
  bool rescan = false;
  Output output;
};

const char* kind_name(recur_kind kind) { return kind == RECUR_LAYER ? "layer" : "cell"; }

std::string type_name(const plugin::HyperInfo& hyper) {
  switch (hyper.type) {
    case RECUR_BOOL: return "true or false";
    case RECUR_INT: return "whole number";
    case RECUR_REAL: return "number";
    default: return hyper.choices.empty() ? "text" : fmt::format("{}", fmt::join(hyper.choices, ", "));
  }
}

std::string range(const plugin::HyperInfo& hyper) {
  if (hyper.type != RECUR_INT && hyper.type != RECUR_REAL) return "";
  if (std::isinf(hyper.min) && std::isinf(hyper.max)) return "";
  if (std::isinf(hyper.max)) return fmt::format("at least {:g}", hyper.min);
  if (std::isinf(hyper.min)) return fmt::format("at most {:g}", hyper.max);
  return fmt::format("{:g} ... {:g}", hyper.min, hyper.max);
}

json::value to_json(const plugin::HyperValue& value) {
  return std::visit([](const auto& v) { return json::value(v); }, value);
}

json::array sizes(const ir::Shape& shape) { return json::array(shape.begin(), shape.end()); }

json::object to_json(const plugin::Row& row) {
  const plugin::CellInfo& cell = row.cell;
  json::array hypers, weights, states;
  for (const plugin::HyperInfo& hyper : cell.hypers) {
    json::array choices(hyper.choices.begin(), hyper.choices.end());
    hypers.push_back(json::object{{"name", hyper.name}, {"help", hyper.help}, {"type", type_name(hyper)}, {"default", to_json(hyper.fallback)},
                                  {"min", number(hyper.min)}, {"max", number(hyper.max)}, {"choices", std::move(choices)}});
  }
  for (const plugin::WeightInfo& weight : cell.weights)
    weights.push_back(json::object{{"name", weight.name}, {"layout", weight.layout}, {"gates", weight.gates}, {"shape", sizes(weight.dims)}});
  for (const plugin::StateInfo& state : cell.states)
    states.push_back(json::object{{"name", state.name}, {"layout", state.layout}, {"start", state.value}});
  return {{"id", cell.id}, {"kind", kind_name(cell.kind)}, {"version", cell.version}, {"summary", cell.summary}, {"citation", cell.citation},
          {"source", cell.source}, {"notes", cell.notes}, {"hypers", std::move(hypers)}, {"weights", std::move(weights)},
          {"states", std::move(states)}, {"lowers_to", cell.lowers_to}, {"file", row.file.string()}, {"problem", row.problem},
          {"sdk_version", row.sdk_version}, {"build_stamp", row.build_stamp}};
}

void print_one(const plugin::Row& row) {
  const plugin::CellInfo& cell = row.cell;
  fmt::print("{} {} ({})\n{}\n\n", cell.id, cell.version, kind_name(cell.kind), cell.summary);
  const auto line = [](const char* name, const std::string& value) {
    if (!value.empty()) fmt::print("{:<12}{}\n", name, value);
  };
  line("citation", cell.citation);
  line("equations", cell.source);
  line("notes", cell.notes);
  line("lowers to", cell.lowers_to);
  line("plugin", row.file.string());
  line("built with", row.sdk_version.empty() ? row.build_stamp : fmt::format("SDK {}, {}", row.sdk_version, row.build_stamp));
  if (!cell.hypers.empty()) {
    report::Table table({{"hyper-parameter"}, {"type"}, {"default"}, {"range"}, {"help"}});
    for (const plugin::HyperInfo& hyper : cell.hypers)
      table.add_row({"model.hyper." + hyper.name, type_name(hyper), plugin::to_string(hyper.fallback), range(hyper), hyper.help});
    fmt::print("\n{}", table.text(table_style()));
  }
  if (!cell.states.empty()) {
    report::Table table({{"state"}, {"shape"}, {"start"}});
    for (const plugin::StateInfo& state : cell.states)
      table.add_row({state.name, state.layout, state.start_weight.empty() ? fmt::format("{:g}", state.value) : "learned"});
    fmt::print("\n{}", table.text(table_style()));
  }
  if (!cell.weights.empty()) {
    report::Table table({{"weight"}, {"shape"}, {"gates"}});
    for (const plugin::WeightInfo& weight : cell.weights)
      table.add_row({weight.name, weight.layout.empty() ? ir::to_string(weight.dims) : weight.layout, weight.gates});
    fmt::print("\n{}", table.text(table_style()));
  }
}

void print_all(const plugin::Registry& registry, const Output& output) {
  report::Table usable({{"cell"}, {"version"}, {"summary"}, {"plugin"}});
  report::Table broken({{"plugin"}, {"cell"}, {"cannot be used"}});
  for (const plugin::Row& row : registry.rows()) {
    if (row.problem.empty()) usable.add_row({row.cell.id, row.cell.version, row.cell.summary, row.file.string()});
    else broken.add_row({row.file.string(), row.cell.id.empty() ? "-" : row.cell.id, row.problem});
  }
  if (usable.rows() > 0) fmt::print("{}", usable.text(table_style()));
  else say(output, "No cell was found; RECUR_PLUGIN_PATH names directories of plugins");
  if (broken.rows() > 0) fmt::print("\n{}", broken.text(whole_lines()));
}

int cells(const Arguments& arguments) {
  plugin::ScanOptions options;
  options.paths.assign(arguments.plugins.begin(), arguments.plugins.end());
  options.rescan = arguments.rescan;
  const plugin::Registry registry(options);
  if (!arguments.id.empty()) {
    const plugin::Row& row = registry.describe(arguments.id);
    if (arguments.output.json) print(to_json(row));
    else print_one(row);
    return kOk;
  }
  if (!arguments.output.json) {
    print_all(registry, arguments.output);
    return kOk;
  }
  json::array rows;
  for (const plugin::Row& row : registry.rows()) rows.push_back(to_json(row));
  print(json::object{{"cells", std::move(rows)}});
  return kOk;
}

}  // namespace

void add_cells(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("cells", "every cell found: where, which version, and what is wrong with those that did not load");
  verb->add_option("ID", arguments->id, "one cell whole: hyper-parameters, states, weights, citation");
  add_plugins(*verb, arguments->plugins);
  verb->add_flag("--rescan", arguments->rescan, "try every plugin again, whatever is remembered of it");
  add_output(*verb, arguments->output);
  verb->footer("Example:\n  recur cells lstm");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return cells(*arguments); }; });
}

}  // namespace recur::tool
