#include "recur/config/printer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "recur/config/reader.hpp"

namespace recur::config {
namespace {

std::string join(const std::string& path, const std::string& name) { return path.empty() ? name : path + "." + name; }

// A text that was not given: there is nothing to print that would read back as nothing.
bool is_unset(const Key& key) {
  const auto* text = std::get_if<std::string*>(&key.target);
  return text != nullptr && (*text)->empty() && !key.field.required;
}

class Printer {
 public:
  explicit Printer(const PrintOptions& options) : options_(options) {}

  void group(const std::vector<Key>& keys, const std::string& path, const std::string& indent) {
    const std::string kind = kind_of(keys);
    for (const Key& key : keys) {
      const std::string full = join(path, key.name);
      if (!key.belongs_to(kind) || is_unset(key)) continue;
      if (key.type != Type::group && options_.wanted && !options_.wanted(full)) continue;
      if (key.type == Type::raw) raw(key, full, indent);
      else if (key.type == Type::group && key.present) nested(key, full, indent);
      else if (key.type == Type::group) { if (!options_.wanted || options_.wanted(full)) line(indent, key.name, "null"); }
      else line(indent, key.name, value_text(key));
    }
  }

  std::string take() { return std::move(text_); }

 private:
  void line(const std::string& indent, const std::string& name, const std::string& value) {
    text_ += fmt::format("{}{}:{}{}\n", indent, yaml_text(name), value.empty() ? "" : " ", value);
  }

  void nested(const Key& key, const std::string& path, const std::string& indent) {
    const size_t before = text_.size();
    line(indent, key.name, "");
    const size_t after = text_.size();
    group(key.keys, path, indent + "  ");
    if (text_.size() != after) return;
    text_.resize(before);
    if (key.keys.empty()) line(indent, key.name, "{}");
  }

  void raw(const Key& key, const std::string& path, const std::string& indent) {
    const Value* value = options_.raw ? options_.raw(path) : nullptr;
    if (value == nullptr) return;
    if (value->kind != Value::Kind::map || value->entries.empty()) return line(indent, key.name, to_string(*value));
    line(indent, key.name, "");
    for (const Value::Entry& entry : value->entries) line(indent + "  ", entry.name, to_string(entry.value));
  }

  const PrintOptions& options_;
  std::string text_;
};

void flatten_into(const std::vector<Key>& keys, const std::string& path, const PrintOptions& options,
                  std::vector<std::pair<std::string, std::string>>& list) {
  const std::string kind = kind_of(keys);
  for (const Key& key : keys) {
    const std::string full = join(path, key.name);
    if (!key.belongs_to(kind) || is_unset(key) || key.type == Type::raw) continue;
    if (key.type == Type::group && key.present) flatten_into(key.keys, full, options, list);
    else if (!options.wanted || options.wanted(full)) list.emplace_back(full, key.present ? value_text(key) : "null");
  }
}

}  // namespace

std::string value_text(const Key& key) {
  struct Text {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
    std::string operator()(const int64_t* value) const { return std::to_string(*value); }
    std::string operator()(const double* value) const { return number_text(*value); }
    std::string operator()(const std::string* value) const { return yaml_text(*value); }
    std::string operator()(const std::optional<double>* value) const { return *value ? number_text(**value) : "null"; }
    std::string operator()(const std::optional<int64_t>* value) const { return *value ? std::to_string(**value) : "null"; }
    std::string operator()(const std::vector<std::string>* value) const {
      std::vector<std::string> items;
      for (const std::string& each : *value) items.push_back(yaml_text(each));
      return fmt::format("[{}]", fmt::join(items, ", "));
    }
    std::string operator()(const std::map<std::string, Scalar>* value) const {
      std::vector<std::string> items;
      for (const auto& [name, scalar] : *value) items.push_back(fmt::format("{}: {}", yaml_text(name), to_string(scalar)));
      return fmt::format("{{{}}}", fmt::join(items, ", "));
    }
  };
  return std::visit(Text{}, key.target);
}

std::string print_yaml(const std::vector<Key>& keys, const PrintOptions& options) {
  Printer printer(options);
  printer.group(keys, "", "");
  return printer.take();
}

std::vector<std::pair<std::string, std::string>> flatten(const std::vector<Key>& keys, const PrintOptions& options) {
  std::vector<std::pair<std::string, std::string>> list;
  flatten_into(keys, "", options, list);
  std::sort(list.begin(), list.end());
  return list;
}

}  // namespace recur::config
