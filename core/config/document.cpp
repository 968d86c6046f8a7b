#include "recur/config/document.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace recur::config {
namespace {

namespace fs = std::filesystem;

std::string read_file(const std::string& file, const Place& named_at) {
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) throw UserError(named_at, fmt::format("'{}' is a directory; name a definition file", file));
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw UserError(named_at, fmt::format("cannot read '{}': {}; check the path", file, std::strerror(errno)));
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void set_layer(Value& value, int layer) {
  value.layer = layer;
  for (Value& item : value.items) set_layer(item, layer);
  for (Value::Entry& entry : value.entries) set_layer(entry.value, layer);
}

void set_place(Value& value, const Place& place) {
  value.place = place;
  for (Value& item : value.items) set_place(item, place);
  for (Value::Entry& entry : value.entries) {
    entry.place = place;
    set_place(entry.value, place);
  }
}

const Key* find(const std::vector<Key>& keys, const std::string& name) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

void expand_shorthands(Value& tree, const std::vector<Key>& keys) {
  for (Value::Entry& entry : tree.entries) {
    const Key* key = find(keys, entry.name);
    if (key == nullptr || key->type != Type::group) continue;
    if (!key->field.shorthand.empty() && entry.value.kind == Value::Kind::scalar) {
      Value map = Value::map(entry.value.place, entry.value.layer);
      map.entries.push_back({key->field.shorthand, entry.value.place, std::move(entry.value)});
      entry.value = std::move(map);
    }
    expand_shorthands(entry.value, key->keys);
  }
}

// The files from the given one down to its deepest base.
std::vector<Value> read_chain(std::string text, std::string file, Mistakes& mistakes) {
  std::vector<Value> chain;
  std::vector<fs::path> seen;
  while (true) {
    seen.push_back(fs::weakly_canonical(file));
    Value tree = parse_yaml(text, file, mistakes);
    if (tree.kind == Value::Kind::null) throw UserError(Place{file}, "holds no definition; it needs at least name, task and model");
    if (tree.kind != Value::Kind::map)
      throw UserError(tree.place, fmt::format("expected keys and values (name: ...), got {}", shown(tree)));
    chain.push_back(std::move(tree));
    const Value::Entry* extends = chain.back().entry("extends");
    if (extends == nullptr || extends->value.kind == Value::Kind::null) return chain;
    if (extends->value.kind != Value::Kind::scalar) return chain;  // the reader will say what it has to be
    const std::string base = (fs::path(file).parent_path() / extends->value.text).lexically_normal().string();
    const fs::path base_path = fs::weakly_canonical(base);
    if (std::find(seen.begin(), seen.end(), base_path) != seen.end()) {
      mistakes.add(extends->value.place, "extends", fmt::format("'{}' comes back to itself; remove one extends of the circle",
                                                                extends->value.text));
      return chain;
    }
    Place named_at = extends->value.place;
    text = read_file(base, named_at);
    file = base;
  }
}

Value read_override(const std::string& text, const std::vector<Key>& keys, Mistakes& mistakes) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    mistakes.add(kCommandLine, "", fmt::format("'{}' is no override; write key.path=value, such as train.epochs=5", text));
    return Value::map();
  }
  const std::string path = text.substr(0, equals);
  if (path == "extends") {
    mistakes.add(kCommandLine, path, "a base is named in a file; write one that extends it");
    return Value::map();
  }
  Value value;
  try {
    value = parse_yaml(text.substr(equals + 1), kCommandLine.file, mistakes);
  } catch (const UserError&) {
    mistakes.add(kCommandLine, path, fmt::format("'{}' is not valid YAML; put a text in quotes", text.substr(equals + 1)));
    return Value::map();
  }
  set_place(value, kCommandLine);
  return tree_of(path, std::move(value), kCommandLine, keys);
}

Value load(std::string text, const std::string& file, const std::vector<std::string>& overrides,
           const std::vector<Key>& keys, Mistakes& mistakes) {
  std::vector<Value> chain = read_chain(std::move(text), file, mistakes);
  Value tree = Value::map({file});
  int layer = 0;
  for (auto each = chain.rbegin(); each != chain.rend(); ++each, ++layer) {
    set_layer(*each, layer);
    expand_shorthands(*each, keys);
    tree.place = each->place;
    merge(tree, *each, keys);
  }
  for (const std::string& text_of_override : overrides) {
    Value over = read_override(text_of_override, keys, mistakes);
    set_layer(over, layer);
    merge(tree, over, keys);
  }
  return tree;
}

}  // namespace

Value load_document(const std::string& file, const std::vector<std::string>& overrides, const std::vector<Key>& keys,
                    Mistakes& mistakes) {
  return load(read_file(file, {}), file, overrides, keys, mistakes);
}

Value load_text(const std::string& text, const std::string& file, const std::vector<std::string>& overrides,
                const std::vector<Key>& keys, Mistakes& mistakes) {
  return load(text, file, overrides, keys, mistakes);
}

Value tree_of(const std::string& path, Value value, const Place& place, const std::vector<Key>& keys) {
  Value tree = Value::map(place, value.layer);
  Value* at = &tree;
  const std::vector<Key>* known = &keys;
  bool raw = false;  // below a raw key the rest of the path is one name
  for (size_t begin = 0; begin <= path.size();) {
    const size_t dot = raw ? std::string::npos : path.find('.', begin);
    const std::string name = path.substr(begin, dot == std::string::npos ? dot : dot - begin);
    if (known != nullptr) {
      const Key* key = find(*known, name);
      raw = key != nullptr && key->type == Type::raw;
      known = key != nullptr ? &key->keys : nullptr;
    }
    if (dot == std::string::npos) {
      at->entries.push_back({name, place, std::move(value)});
      break;
    }
    at->entries.push_back({name, place, Value::map(place, tree.layer)});
    at = &at->entries.back().value;
    begin = dot + 1;
  }
  expand_shorthands(tree, keys);
  return tree;
}

void merge(Value& base, const Value& over, const std::vector<Key>& keys) {
  for (const Value::Entry& entry : over.entries) {
    Value::Entry* existing = base.entry(entry.name);
    if (existing == nullptr) {
      base.entries.push_back(entry);
      continue;
    }
    if (existing->value.kind != Value::Kind::map || entry.value.kind != Value::Kind::map) {
      *existing = entry;
      continue;
    }
    const Key* key = find(keys, entry.name);
    if (key != nullptr && key->type == Type::raw) {
      for (const Value::Entry& inner : entry.value.entries) {
        if (Value::Entry* same = existing->value.entry(inner.name)) *same = inner;
        else existing->value.entries.push_back(inner);
      }
      continue;
    }
    static const std::vector<Key> none;
    merge(existing->value, entry.value, key != nullptr ? key->keys : none);
  }
}

}  // namespace recur::config
