#include "space_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "recur/config/reader.hpp"
#include "recur/error/suggest.hpp"

namespace recur::sweep {
namespace {

using config::Key;
using config::Mistakes;
using config::Type;
using config::Value;

constexpr int64_t kMaxSteps = 1000000;

class SpaceReader {
 public:
  SpaceReader(const std::vector<Key>& keys, Mistakes& mistakes) : keys_(keys), mistakes_(mistakes) {}

  // taken: the paths that are already decided where these parameters exist.
  std::vector<Parameter> parameters(const Value& tree, std::set<std::string> taken) {
    std::vector<std::pair<const Value::Entry*, Found>> list;
    for (const Value::Entry& entry : tree.entries) {
      if (entry.value.kind == Value::Kind::null) continue;
      Found found = look_up(entry);
      if (found.keys.empty()) continue;
      if (taken.insert(found.path).second) list.emplace_back(&entry, std::move(found));
      else wrong(entry.place, entry.name, fmt::format("the space has {} twice here; remove one of them", found.path));
    }
    std::vector<Parameter> parameters;
    for (const auto& [entry, found] : list) {
      Parameter parameter;
      parameter.path = found.path;
      parameter.place = entry->value.place;
      if (specification(*entry, found, taken, parameter)) parameters.push_back(std::move(parameter));
    }
    return parameters;
  }

 private:
  struct Found {
    std::vector<const Key*> keys;
    std::string path{};
  };

  bool wrong(const Place& place, const std::string& path, const std::string& what) {
    mistakes_.add(place, "sweep.space." + path, what);
    return false;
  }

  Found look_up(const Value::Entry& entry) {
    Found found;
    found.keys = config::find_keys(keys_, entry.name, &found.path);
    if (found.keys.empty()) {
      wrong(entry.place, entry.name, "unknown key" + remedy(entry.name));
    } else if (!sweepable(entry.name)) {
      wrong(entry.place, entry.name, "this key cannot vary in a sweep; remove it");
      found.keys.clear();
    } else if (found.keys.front()->type == Type::group) {
      wrong(entry.place, entry.name, fmt::format("a group of keys; name one of them, such as {}.{}", entry.name,
                                                 found.keys.front()->keys.empty() ? "..." : found.keys.front()->keys.front().name));
      found.keys.clear();
    }
    return found;
  }

  bool sweepable(const std::string& path) const {
    const std::string first = path.substr(0, path.find('.'));
    return std::none_of(keys_.begin(), keys_.end(), [&](const Key& key) { return key.name == first && !key.field.sweepable; });
  }

  std::string remedy(const std::string& name) const {
    std::vector<std::string> paths;
    config::for_each_key(keys_, [&](const std::string& path, const Key&) {
      if (sweepable(path)) paths.push_back(path);
    });
    for (const std::string& path : paths)
      if (path.ends_with("." + name)) return fmt::format("; did you mean '{}'?", path);
    const std::string near = nearest_name(name, paths);
    return near.empty() ? "; give a key of the definition by its whole path, such as model.hidden" : fmt::format("; did you mean '{}'?", near);
  }

  bool specification(const Value::Entry& entry, const Found& found, const std::set<std::string>& taken, Parameter& parameter) {
    const Value& spec = entry.value;
    if (spec.kind != Value::Kind::map) {
      parameter.options.push_back({at_point(spec), {}});
      return true;
    }
    const Value::Entry* form = nullptr;
    for (const Value::Entry& each : spec.entries) {
      static const std::vector<std::string> known{"choice", "float", "int", "bool", "log", "steps"};
      if (std::find(known.begin(), known.end(), each.name) == known.end())
        return wrong(each.place, entry.name + "." + each.name, "unknown key" + suggestion(each.name, known));
      if (each.name == "log" || each.name == "steps") continue;
      if (form != nullptr) return wrong(each.place, entry.name, fmt::format("both {} and {}; keep one", form->name, each.name));
      form = &each;
    }
    if (form == nullptr)
      return wrong(spec.place, entry.name, "expected one of choice: [...], float: [lowest, highest], int: [lowest, highest], bool");
    if (form->name == "choice" || form->name == "bool") {
      for (const char* name : {"log", "steps"})
        if (const Value::Entry* extra = spec.entry(name))
          return wrong(extra->place, entry.name + "." + name, fmt::format("belongs to float and int; remove it or the {}", form->name));
      if (form->name == "choice") return choice(entry, *form, taken, parameter);
      for (const char* text : {"false", "true"}) parameter.options.push_back({at_point(Value::scalar(text, form->place)), {}});
      return true;
    }
    return range(entry, *form, found, parameter);
  }

  bool choice(const Value::Entry& entry, const Value::Entry& form, const std::set<std::string>& taken, Parameter& parameter) {
    const Value& list = form.value;
    const auto add = [&](Value value, const Value* nested) {
      for (const Option& option : parameter.options)
        if (config::to_string(option.value) == config::to_string(value))
          return wrong(value.place, entry.name, fmt::format("the choice has {} twice; remove one", config::to_string(value)));
      Option option{at_point(std::move(value)), {}};
      if (nested != nullptr && nested->kind == Value::Kind::map) option.parameters = parameters(*nested, taken);
      else if (nested != nullptr && nested->kind != Value::Kind::null)
        return wrong(nested->place, entry.name, fmt::format("expected the keys that vary below {}, got {}; write {{}} where none do",
                                                            config::to_string(option.value), config::shown(*nested)));
      parameter.options.push_back(std::move(option));
      return true;
    };
    for (const Value& item : list.items) {
      if (item.kind != Value::Kind::map) {
        if (!add(item, nullptr)) return false;
        continue;
      }
      for (const Value::Entry& variant : item.entries)
        if (!add(Value::scalar(variant.name, variant.place), &variant.value)) return false;
    }
    for (const Value::Entry& variant : list.entries)
      if (!add(Value::scalar(variant.name, variant.place), &variant.value)) return false;
    if (parameter.options.empty())
      return wrong(form.value.place, entry.name, fmt::format("expected a list of values, choice: [a, b], got {}",
                                                             list.kind == Value::Kind::scalar ? config::shown(list) : "none"));
    return true;
  }

  bool range(const Value::Entry& entry, const Value::Entry& form, const Found& found, Parameter& parameter) {
    const bool integer = form.name == "int";
    parameter.kind = integer ? Parameter::Kind::integer : Parameter::Kind::number;
    const auto is = [&](Type type) {
      return std::any_of(found.keys.begin(), found.keys.end(), [&](const Key* key) { return key->type == type; });
    };
    if (!is(Type::number) && !is(Type::integer) && !is(Type::scalars))
      return wrong(form.place, entry.name, "not a number; list its values, choice: [a, b]");
    if (!integer && !is(Type::number) && !is(Type::scalars))
      return wrong(form.place, entry.name, fmt::format("an integer; write int: {}", config::to_string(form.value)));
    const std::vector<Value>& ends = form.value.items;
    const auto number = [&](const Value& end) -> std::optional<double> {
      if (!integer) return config::as_number(end);
      const auto whole = config::as_integer(end);
      return whole ? std::optional<double>(static_cast<double>(*whole)) : std::nullopt;
    };
    if (ends.size() != 2 || !number(ends[0]) || !number(ends[1]))
      return wrong(form.value.place, entry.name, fmt::format("expected {}: [lowest, highest], two {}, got {}", form.name,
                                                             integer ? "integers" : "numbers", config::to_string(form.value)));
    parameter.low = *number(ends[0]);
    parameter.high = *number(ends[1]);
    if (parameter.low >= parameter.high)
      return wrong(form.value.place, entry.name, fmt::format("the lowest value has to be below the highest, got {}", config::to_string(form.value)));
    if (const Value::Entry* log = entry.value.entry("log")) {
      const auto on = config::as_boolean(log->value);
      if (!on) return wrong(log->value.place, entry.name + ".log", fmt::format("expected true or false, got {}", config::shown(log->value)));
      parameter.log = *on;
      if (*on && parameter.low <= 0)
        return wrong(form.value.place, entry.name, fmt::format("log needs a lowest value above 0, got {}", config::to_string(ends[0])));
    }
    if (const Value::Entry* steps = entry.value.entry("steps")) {
      const auto count = config::as_integer(steps->value);
      if (!count || *count < 2 || *count > kMaxSteps)
        return wrong(steps->value.place, entry.name + ".steps", fmt::format("expected an integer of at least 2, got {}", config::shown(steps->value)));
      parameter.steps = *count;
    }
    return true;
  }

  // A point's values stand above all files, so that the keys of another kind give way.
  static Value at_point(Value value) {
    value.layer = config::kPointLayer;
    for (Value& item : value.items) item.layer = config::kPointLayer;
    return value;
  }

  const std::vector<Key>& keys_;
  Mistakes& mistakes_;
};

}  // namespace

Space read_space(const Value& tree, const Place& place, const std::vector<Key>& keys, Mistakes& mistakes) {
  Space space{place, {}};
  if (tree.kind != Value::Kind::map) {
    mistakes.add(tree.place, "sweep.space", fmt::format("expected keys with their values, such as model.hidden: {{choice: [16, 32]}}, got {}",
                                                        config::shown(tree)));
    return space;
  }
  if (tree.entries.empty()) mistakes.add(place, "sweep.space", "empty; name a key that varies or remove sweep");
  space.parameters = SpaceReader(keys, mistakes).parameters(tree, {});
  return space;
}

}  // namespace recur::sweep
