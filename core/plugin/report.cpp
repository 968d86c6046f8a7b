#include "report.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <limits>

namespace recur::plugin {
namespace json = boost::json;
namespace {

// JSON has no infinity: null stands for an open end of a range.
json::value open_ended(double number) { return std::isfinite(number) ? json::value(number) : json::value(nullptr); }
double open_ended(const json::value& value, double infinity) { return value.is_null() ? infinity : value.to_number<double>(); }

json::array dims_to_json(const ir::Shape& dims) { return json::array(dims.begin(), dims.end()); }
ir::Shape dims_from_json(const json::value& value) { return json::value_to<ir::Shape>(value); }

json::object hyper_to_json(const HyperInfo& hyper) {
  json::value fallback;
  std::visit([&](const auto& value) { fallback = json::value_from(value); }, hyper.fallback);
  return {{"name", hyper.name}, {"help", hyper.help}, {"type", static_cast<int>(hyper.type)}, {"default", fallback},
          {"min", open_ended(hyper.min)}, {"max", open_ended(hyper.max)}, {"choices", json::value_from(hyper.choices)}};
}

std::string text(const json::object& from, const char* key) { return json::value_to<std::string>(from.at(key)); }

HyperInfo hyper_from_json(const json::object& from) {
  HyperInfo hyper;
  hyper.name = text(from, "name");
  hyper.help = text(from, "help");
  hyper.type = static_cast<recur_type>(from.at("type").to_number<int>());
  const json::value& fallback = from.at("default");
  switch (hyper.type) {
    case RECUR_BOOL: hyper.fallback = fallback.as_bool(); break;
    case RECUR_INT: hyper.fallback = fallback.to_number<int64_t>(); break;
    case RECUR_REAL: hyper.fallback = fallback.to_number<double>(); break;
    case RECUR_CHOICE: hyper.fallback = json::value_to<std::string>(fallback); break;
  }
  hyper.min = open_ended(from.at("min"), -std::numeric_limits<double>::infinity());
  hyper.max = open_ended(from.at("max"), std::numeric_limits<double>::infinity());
  hyper.choices = json::value_to<std::vector<std::string>>(from.at("choices"));
  return hyper;
}

json::object weight_to_json(const WeightInfo& weight) {
  json::array segments;
  for (const recur_segment& segment : weight.segments) segments.push_back(json::array{segment.begin, segment.end, segment.value});
  return {{"name", weight.name}, {"dims", dims_to_json(weight.dims)}, {"layout", weight.layout}, {"gates", weight.gates},
          {"role", static_cast<int>(weight.role)}, {"init", static_cast<int>(weight.init)}, {"a", weight.a}, {"b", weight.b},
          {"segments", segments}};
}

WeightInfo weight_from_json(const json::object& from) {
  WeightInfo weight;
  weight.name = text(from, "name");
  weight.dims = dims_from_json(from.at("dims"));
  weight.layout = text(from, "layout");
  weight.gates = text(from, "gates");
  weight.role = static_cast<recur_role>(from.at("role").to_number<int>());
  weight.init = static_cast<recur_init>(from.at("init").to_number<int>());
  weight.a = from.at("a").to_number<double>();
  weight.b = from.at("b").to_number<double>();
  for (const json::value& segment : from.at("segments").as_array())
    weight.segments.push_back({segment.at(0).to_number<int64_t>(), segment.at(1).to_number<int64_t>(), segment.at(2).to_number<double>()});
  return weight;
}

json::object state_to_json(const StateInfo& state) {
  return {{"name", state.name}, {"dims", dims_to_json(state.dims)}, {"layout", state.layout}, {"value", state.value},
          {"start_weight", state.start_weight}};
}

StateInfo state_from_json(const json::object& from) {
  return {text(from, "name"), dims_from_json(from.at("dims")), text(from, "layout"), from.at("value").to_number<double>(),
          text(from, "start_weight")};
}

template <class T, class F>
json::array list_to_json(const std::vector<T>& list, F to) {
  json::array array;
  for (const T& element : list) array.push_back(to(element));
  return array;
}

json::object cell_to_json(const CellReport& cell) {
  const CellInfo& info = cell.info;
  return {{"id", info.id}, {"kind", static_cast<int>(info.kind)}, {"version", info.version}, {"summary", info.summary},
          {"citation", info.citation}, {"source", info.source}, {"notes", info.notes},
          {"hypers", list_to_json(info.hypers, hyper_to_json)}, {"weights", list_to_json(info.weights, weight_to_json)},
          {"states", list_to_json(info.states, state_to_json)}, {"lowers_to", info.lowers_to},
          {"problem", cell.problem}, {"needs", cell.needs}};
}

CellReport cell_from_json(const json::object& from) {
  CellReport cell;
  CellInfo& info = cell.info;
  info.id = text(from, "id");
  info.kind = static_cast<recur_kind>(from.at("kind").to_number<int>());
  info.version = text(from, "version");
  info.summary = text(from, "summary");
  info.citation = text(from, "citation");
  info.source = text(from, "source");
  info.notes = text(from, "notes");
  for (const json::value& hyper : from.at("hypers").as_array()) info.hypers.push_back(hyper_from_json(hyper.as_object()));
  for (const json::value& weight : from.at("weights").as_array()) info.weights.push_back(weight_from_json(weight.as_object()));
  for (const json::value& state : from.at("states").as_array()) info.states.push_back(state_from_json(state.as_object()));
  info.lowers_to = text(from, "lowers_to");
  cell.problem = text(from, "problem");
  cell.needs = text(from, "needs");
  return cell;
}

}  // namespace

json::value to_json(const FileReport& report) {
  return json::object{{"problem", report.problem}, {"sdk_version", report.sdk_version}, {"build_stamp", report.build_stamp},
                      {"cells", list_to_json(report.cells, cell_to_json)}};
}

FileReport report_from_json(const json::value& value) {
  const json::object& from = value.as_object();
  FileReport report;
  report.problem = text(from, "problem");
  report.sdk_version = text(from, "sdk_version");
  report.build_stamp = text(from, "build_stamp");
  for (const json::value& cell : from.at("cells").as_array()) report.cells.push_back(cell_from_json(cell.as_object()));
  return report;
}

}  // namespace recur::plugin
