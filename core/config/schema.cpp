#include "recur/config/schema.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace recur::config {
namespace {

namespace json = boost::json;

std::string join(const std::string& path, const std::string& name) { return path.empty() ? name : path + "." + name; }

json::array strings(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

json::value number(double value) {
  if (std::trunc(value) == value && std::abs(value) < 1e15) return static_cast<int64_t>(value);
  return value;
}

json::value scalar_json(const Scalar& scalar) {
  return std::visit([](const auto& value) -> json::value { return json::value(value); }, scalar);
}

struct DefaultValue {
  json::value operator()(std::monostate) const { return nullptr; }
  json::value operator()(const bool* value) const { return *value; }
  json::value operator()(const int64_t* value) const { return *value; }
  json::value operator()(const double* value) const { return number(*value); }
  json::value operator()(const std::string* value) const { return json::value(*value); }
  json::value operator()(const std::vector<std::string>* value) const { return strings(*value); }
  json::value operator()(const std::optional<double>* value) const { return *value ? number(**value) : nullptr; }
  json::value operator()(const std::optional<int64_t>* value) const { return *value ? json::value(**value) : nullptr; }
  json::value operator()(const std::map<std::string, Scalar>* value) const {
    json::object object;
    for (const auto& [name, scalar] : *value) object[name] = scalar_json(scalar);
    return object;
  }
};

bool has_default(const Key& key) {
  if (key.field.required || std::holds_alternative<std::monostate>(key.target)) return false;
  const auto* text = std::get_if<std::string*>(&key.target);
  return text == nullptr || !(*text)->empty();
}

class Schema {
 public:
  Schema(bool partial, const std::function<json::object(const std::string&)>& raw) : partial_(partial), raw_(raw) {}

  json::object map(const std::vector<Key>& keys, const std::string& path) const {
    json::object properties;
    json::array required;
    for (const Key& key : keys) {
      const bool unique = std::count_if(keys.begin(), keys.end(), [&](const Key& other) { return other.name == key.name; }) == 1;
      properties[key.name] = unique ? json::value(of(key, path)) : json::value(true);
      if (key.field.required && key.field.kinds.empty() && !partial_) required.emplace_back(key.name);
    }
    json::object schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) schema["required"] = std::move(required);
    for (const Key& key : keys)
      if (key.selects) schema["allOf"] = kinds(key, keys, path);
    return schema;
  }

 private:
  // For each kind: the keys that it lacks are refused, those that it shapes get its schema.
  json::array kinds(const Key& selector, const std::vector<Key>& keys, const std::string& path) const {
    json::array rules;
    for (const std::string& kind : selector.field.choices) {
      json::object properties;
      json::array required;
      for (const Key& key : keys) {
        if (key.field.kinds.empty()) continue;
        if (key.belongs_to(kind)) {
          properties[key.name] = of(key, path);
          if (key.field.required && !partial_) required.emplace_back(key.name);
        } else if (!properties.contains(key.name)) {
          properties[key.name] = false;
        }
      }
      if (properties.empty()) continue;
      json::object condition{{"properties", {{selector.name, {{"const", kind}}}}}};
      const auto* given = std::get_if<std::string*>(&selector.target);
      const bool is_default = given != nullptr && **given == kind;
      if (!is_default || partial_) condition["required"] = json::array{json::value(selector.name)};
      json::object rule{{"properties", std::move(properties)}};
      if (!required.empty()) rule["required"] = std::move(required);
      rules.push_back(json::object{{"if", std::move(condition)}, {"then", std::move(rule)}});
    }
    return rules;
  }

  json::object of(const Key& key, const std::string& path) const {
    const std::string full = join(path, key.name);
    json::object schema;
    if (key.type == Type::raw) schema = raw_ ? raw_(full) : json::object{};
    else if (key.type == Type::group) schema = group(key, full);
    else return value_schema(key);
    if (!key.field.help.empty()) schema["description"] = key.field.help;
    return schema;
  }

  json::object group(const Key& key, const std::string& path) const {
    json::object schema = map(key.keys, path);
    json::array forms;
    for (const Key& each : key.keys)
      if (each.name == key.field.shorthand) forms.push_back(value_schema(each));
    if (key.optional) forms.push_back(json::object{{"type", "null"}});
    if (forms.empty()) return schema;
    forms.insert(forms.begin(), json::value(std::move(schema)));
    return {{"anyOf", std::move(forms)}};
  }

  bool partial_;
  const std::function<json::object(const std::string&)>& raw_;
};

void indent(const json::value& value, std::string& text, const std::string& margin) {
  const std::string inner = margin + "  ";
  const char* separator = "\n";
  if (value.is_object() && !value.get_object().empty()) {
    text += "{";
    for (const auto& [name, member] : value.get_object()) {
      text += separator + inner + json::serialize(json::value(name)) + ": ";
      indent(member, text, inner);
      separator = ",\n";
    }
    text += "\n" + margin + "}";
  } else if (value.is_array() && std::any_of(value.get_array().begin(), value.get_array().end(),
                                             [](const json::value& item) { return item.is_structured(); })) {
    text += "[";
    for (const json::value& item : value.get_array()) {
      text += separator + inner;
      indent(item, text, inner);
      separator = ",\n";
    }
    text += "\n" + margin + "]";
  } else {
    text += json::serialize(value);
  }
}

}  // namespace

json::object json_schema(const std::vector<Key>& keys, bool partial, const std::function<json::object(const std::string&)>& raw) {
  return Schema(partial, raw).map(keys, "");
}

json::object value_schema(const Key& key) {
  json::object schema;
  const json::object text{{"type", "string"}};
  switch (key.type) {
    case Type::boolean: schema["type"] = "boolean"; break;
    case Type::integer: schema["type"] = "integer"; break;
    case Type::number: schema["type"] = "number"; break;
    case Type::text: schema["type"] = "string"; break;
    case Type::texts: schema["anyOf"] = json::array{text, {{"type", "array"}, {"items", text}}}; break;
    case Type::scalars:
      schema["type"] = "object";
      schema["additionalProperties"] = {{"type", {"boolean", "number", "string"}}};
      break;
    case Type::group:
    case Type::raw: break;
  }
  if (key.optional) schema["type"] = json::array{schema["type"], "null"};
  const Field& field = key.field;
  if (!field.choices.empty()) schema["enum"] = strings(field.choices);
  if (field.min > -std::numeric_limits<double>::infinity()) schema[field.open_min ? "exclusiveMinimum" : "minimum"] = number(field.min);
  if (field.max < std::numeric_limits<double>::infinity()) schema[field.open_max ? "exclusiveMaximum" : "maximum"] = number(field.max);
  if (has_default(key)) schema["default"] = std::visit(DefaultValue{}, key.target);
  if (!field.help.empty()) schema["description"] = field.help;
  return schema;
}

std::string pretty(const json::value& value) {
  std::string text;
  indent(value, text, "");
  return text + "\n";
}

}  // namespace recur::config
