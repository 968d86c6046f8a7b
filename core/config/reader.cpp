#include "recur/config/reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "recur/error/suggest.hpp"

namespace recur::config {
namespace {

std::string join(const std::string& path, const std::string& name) { return path.empty() ? name : path + "." + name; }

// "an integer (input steps)"
std::string expected(const Key& key) {
  static constexpr const char* kNames[] = {"true or false", "an integer", "a number", "a text", "a list of texts",
                                           "a map of values", "a map of keys", "a map"};
  std::string text = kNames[static_cast<int>(key.type)];
  if (!key.field.choices.empty() && key.field.choices.size() <= 12) text = fmt::format("one of {}", fmt::join(key.field.choices, ", "));
  return key.field.help.empty() ? text : fmt::format("{} ({})", text, key.field.help);
}

// The key that decides which others its group has, or nullptr. Keys: const or not.
template <class Keys>
auto* selector(Keys& keys) {
  const auto found = std::find_if(keys.begin(), keys.end(), [](const Key& key) { return key.selects; });
  return found == keys.end() ? nullptr : &*found;
}

std::string range(const Field& field) {
  std::string text;
  if (field.min > -std::numeric_limits<double>::infinity())
    text += fmt::format("{} {}", field.open_min ? "greater than" : "at least", number_text(field.min));
  if (field.max < std::numeric_limits<double>::infinity())
    text += fmt::format("{}{} {}", text.empty() ? "" : " and ", field.open_max ? "less than" : "at most", number_text(field.max));
  return text;
}

class Reader {
 public:
  Reader(const std::vector<Key>& root, Mistakes& mistakes) : root_(root), mistakes_(mistakes) {}

  // Where a group stands among those of its name, for values that belong to another kind.
  struct Siblings {
    std::vector<const Key*> alternatives;  // groups of the same name that other kinds have
    std::string selected;                  // "cell 'gru'"
    int layer = -1;                        // of the value that selects the kind; -1: the default
  };

  void group(const Value& tree, const Place& place, std::vector<Key>& keys, const std::string& path, const Siblings& siblings) {
    Key* selecting = selector(keys);
    std::string kind;
    Siblings own;
    if (selecting != nullptr) {
      const Value::Entry* entry = tree.entry(selecting->name);
      if (entry != nullptr) own.layer = entry->value.layer;
      if (entry == nullptr || value(entry->value, *selecting, join(path, selecting->name))) kind = kind_of(keys);
      own.selected = fmt::format("{} '{}'", selecting->name, kind);
    }
    for (const Value::Entry& entry : tree.entries) {
      if (selecting != nullptr && entry.name == selecting->name) continue;
      read_entry(entry, keys, kind, path, siblings, own);
    }
    for (Key& key : keys) {
      if (!key.belongs_to(kind) || tree.entry(key.name) != nullptr) continue;
      absent(key, kind, place, path);
    }
  }

 private:
  // A key that the definition does not have.
  void absent(Key& key, const std::string& kind, const Place& place, const std::string& path) {
    if (kind.empty() && !key.field.kinds.empty()) return;  // whether it should be there is not known
    if (key.field.required) mistakes_.add(place, join(path, key.name), fmt::format("missing; expected {}", expected(key)));
    else if (key.type == Type::group && !key.optional) {
      group(Value::map(place), place, key.keys, join(path, key.name), {});
      if (key.commit) key.commit();
    }
  }

  void read_entry(const Value::Entry& entry, std::vector<Key>& keys, const std::string& kind, const std::string& path,
                  const Siblings& siblings, const Siblings& own) {
    const std::string full = join(path, entry.name);
    std::vector<Key*> named, fitting;
    for (Key& key : keys) {
      if (key.name != entry.name) continue;
      named.push_back(&key);
      if (key.belongs_to(kind)) fitting.push_back(&key);
    }
    if (named.empty()) return unknown(entry, keys, kind, full, siblings);
    if (fitting.empty()) {
      if (entry.value.layer < own.layer) return;  // the keys of a kind go with the kind
      std::vector<std::string> kinds;
      for (const Key* key : named) kinds.insert(kinds.end(), key->field.kinds.begin(), key->field.kinds.end());
      return foreign(entry, full, own.selected, kinds);
    }
    if (fitting.size() > 1) return;  // the kind is not known, which is a mistake of its own
    Key& key = *fitting.front();
    if (key.type == Type::raw) return;
    if (key.type != Type::group) {
      value(entry.value, key, full);
      return;
    }
    if (entry.value.kind == Value::Kind::null && key.optional) return;
    if (entry.value.kind != Value::Kind::map) {
      mistakes_.add(entry.value.place, full, fmt::format("expected {}, got {}", expected(key), shown(entry.value)));
      return;
    }
    Siblings around{.alternatives = {}, .selected = own.selected, .layer = own.layer};
    for (const Key* each : named)
      if (each != &key) around.alternatives.push_back(each);
    group(entry.value, entry.place, key.keys, full, around);
    if (key.commit && (!kind.empty() || key.field.kinds.empty())) key.commit();
  }

  // A key that other kinds have.
  void foreign(const Value::Entry& entry, const std::string& full, const std::string& selected, const std::vector<std::string>& owners) {
    mistakes_.add(entry.place, full,
                  fmt::format("{} has no '{}', only {} {}; {}", selected, entry.name, fmt::join(owners, ", "),
                              owners.size() == 1 ? "has" : "have",
                              entry.value.layer == kPointLayer ? "put it under the choice that has it" : "remove it"));
  }

  void unknown(const Value::Entry& entry, const std::vector<Key>& keys, const std::string& kind, const std::string& full,
               const Siblings& siblings) {
    std::vector<std::string> owners;
    for (const Key* group : siblings.alternatives)
      for (const Key& key : group->keys)
        if (key.name == entry.name) owners.insert(owners.end(), group->field.kinds.begin(), group->field.kinds.end());
    if (!owners.empty()) {
      if (entry.value.layer < siblings.layer) return;  // the keys of a kind go with the kind
      return foreign(entry, full, siblings.selected, owners);
    }
    std::string remedy;
    std::vector<std::string> names;
    for (const Key& key : keys)
      if (key.belongs_to(kind)) names.push_back(key.name);
    if (entry.name == "<<") remedy = "; merge keys are not supported, use `extends` or an alias";
    else if (const std::string near = nearest_name(entry.name, names); !near.empty()) remedy = fmt::format("; did you mean '{}'?", near);
    else if (const std::string elsewhere = path_of(entry.name, root_, ""); !elsewhere.empty())
      remedy = fmt::format("; did you mean {}?", elsewhere);
    else remedy = names.empty() ? fmt::format("; {} has none, remove it", siblings.selected) : suggestion(entry.name, names);
    mistakes_.add(entry.place, full, "unknown key" + remedy);
  }

  // The first key of that name anywhere below.
  static std::string path_of(const std::string& name, const std::vector<Key>& keys, const std::string& path) {
    for (const Key& key : keys)
      if (key.name == name) return join(path, name);
    for (const Key& key : keys)
      if (const std::string found = path_of(name, key.keys, join(path, key.name)); !found.empty()) return found;
    return "";
  }

  // Reads one value; false where it was wrong.
  bool value(const Value& tree, Key& key, const std::string& path) {
    const auto wrong = [&](const std::string& what) {
      mistakes_.add(tree.place, path, what);
      return false;
    };
    if (tree.kind == Value::Kind::null && key.optional) {
      if (auto* number = std::get_if<std::optional<double>*>(&key.target)) (*number)->reset();
      if (auto* integer = std::get_if<std::optional<int64_t>*>(&key.target)) (*integer)->reset();
      return true;
    }
    const auto mismatch = [&] {
      if (tree.quoted && key.type != Type::text && !std::holds_alternative<std::string>(as_scalar(Value::scalar(tree.text))))
        return wrong(fmt::format("expected {}, got the text '{}'; remove the quotes", expected(key), tree.text));
      return wrong(fmt::format("expected {}, got {}", expected(key), shown(tree)));
    };
    switch (key.type) {
      case Type::boolean: {
        const auto boolean = as_boolean(tree);
        if (!boolean) return mismatch();
        store(key, *boolean);
        return true;
      }
      case Type::integer: {
        const auto integer = as_integer(tree);
        if (!integer) return mismatch();
        if (!in_range(key.field, static_cast<double>(*integer)))
          return wrong(fmt::format("must be {}, got {}", range(key.field), *integer));
        store(key, *integer);
        return true;
      }
      case Type::number: {
        const auto number = as_number(tree);
        if (!number) return mismatch();
        if (!in_range(key.field, *number)) return wrong(fmt::format("must be {}, got {}", range(key.field), tree.text));
        store(key, *number);
        return true;
      }
      case Type::text: {
        if (tree.kind != Value::Kind::scalar) return mismatch();
        const std::vector<std::string>& choices = key.field.choices;
        if (!choices.empty() && std::find(choices.begin(), choices.end(), tree.text) == choices.end())
          return wrong(fmt::format("unknown {} '{}'{}", key.name, tree.text, suggestion(tree.text, choices)));
        store(key, tree.text);
        return true;
      }
      case Type::texts: return texts(tree, key, mismatch);
      case Type::scalars: return scalars(tree, key, path, mismatch);
      case Type::group:
      case Type::raw: break;
    }
    RECUR_CHECK(false, "key {} is read elsewhere", path);
    return false;
  }

  template <class Mismatch>
  bool texts(const Value& tree, Key& key, const Mismatch& mismatch) {
    std::vector<std::string> list;
    if (tree.kind == Value::Kind::scalar) list.push_back(tree.text);
    else if (tree.kind != Value::Kind::sequence) return mismatch();
    for (const Value& item : tree.items) {
      if (item.kind != Value::Kind::scalar) return mismatch();
      list.push_back(item.text);
    }
    store(key, std::move(list));
    return true;
  }

  template <class Mismatch>
  bool scalars(const Value& tree, Key& key, const std::string& path, const Mismatch& mismatch) {
    if (tree.kind != Value::Kind::map) return mismatch();
    std::map<std::string, Scalar> values;
    for (const Value::Entry& entry : tree.entries) {
      if (entry.value.kind == Value::Kind::scalar) values[entry.name] = as_scalar(entry.value);
      else mistakes_.add(entry.value.place, join(path, entry.name), fmt::format("expected a plain value, got {}", shown(entry.value)));
    }
    store(key, std::move(values));
    return true;
  }

  static bool in_range(const Field& field, double number) {
    const bool above = field.open_min ? number > field.min : number >= field.min;
    const bool below = field.open_max ? number < field.max : number <= field.max;
    return above && below;
  }

  // Keys that only describe have no target.
  template <class T>
  static void store(Key& key, T given) {
    if (auto* plain = std::get_if<T*>(&key.target)) **plain = std::move(given);
    if constexpr (std::is_same_v<T, double> || std::is_same_v<T, int64_t>)
      if (auto* maybe = std::get_if<std::optional<T>*>(&key.target)) **maybe = given;
  }

  const std::vector<Key>& root_;
  Mistakes& mistakes_;
};

void visit_keys(const std::vector<Key>& keys, const std::string& path,
                const std::function<void(const std::string&, const Key&)>& visit) {
  for (const Key& key : keys) {
    if (key.type == Type::group) visit_keys(key.keys, join(path, key.name), visit);
    else visit(join(path, key.name), key);
  }
}

void collect(const std::vector<Key>& keys, const std::string& rest, const std::string& walked, std::vector<const Key*>& found,
             std::string* full_path) {
  const size_t dot = rest.find('.');
  const std::string name = rest.substr(0, dot);
  for (const Key& key : keys) {
    if (key.name != name) continue;
    const std::string path = join(walked, name);
    if (dot == std::string::npos && (key.type != Type::group || key.field.shorthand.empty())) {
      found.push_back(&key);
      if (full_path != nullptr) *full_path = path;
    } else if (dot == std::string::npos) {
      collect(key.keys, key.field.shorthand, path, found, full_path);
    } else if (key.type == Type::group) {
      collect(key.keys, rest.substr(dot + 1), path, found, full_path);
    } else if (key.type == Type::scalars || key.type == Type::raw) {
      found.push_back(&key);
      if (full_path != nullptr) *full_path = join(path, rest.substr(dot + 1));
    }
  }
}

}  // namespace

void read(const Value& tree, std::vector<Key>& keys, Mistakes& mistakes) {
  Reader(keys, mistakes).group(tree, {tree.place.file}, keys, "", {});
}

void for_each_key(const std::vector<Key>& keys, const std::function<void(const std::string&, const Key&)>& visit) {
  visit_keys(keys, "", visit);
}

std::vector<const Key*> find_keys(const std::vector<Key>& keys, const std::string& path, std::string* full_path) {
  std::vector<const Key*> found;
  collect(keys, path, "", found, full_path);
  return found;
}

std::string kind_of(const std::vector<Key>& keys) {
  const Key* key = selector(keys);
  if (key == nullptr) return "";
  const auto* text = std::get_if<std::string*>(&key->target);
  return text == nullptr ? "" : **text;
}

}  // namespace recur::config
