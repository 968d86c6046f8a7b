// How an option struct is described, once, for everything that needs to know its keys: reading, printing, the
// JSON schema, overrides and sweeps. Beside its struct each room writes
//
//   template <class V> void describe(V& visit, OptimizerOptions& o) {
//     visit.kind("kind", o.kind, {.help = "update rule", .choices = {"sgd", "adam"}});
//     visit("lr", o.lr, {.help = "learning rate", .min = 0, .open_min = true});
//     visit("beta1", o.beta1, {.help = "decay of the first moment", .min = 0, .max = 1, .kinds = {"adam"}});
//   }
//
// The value that a struct has when it is bound is the key's default. A member whose type has a describe() of its
// own is a group of keys. Binding is the only template; all the work is done on the keys that it yields.
// This header includes nothing of recur, and a room that describes its options need not include even this.
//
// Threading: values; keys point into the struct they were bound to and must not outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace recur::config {

// A plain value whose type is known only at run time, such as a cell's hyper-parameter.
using Scalar = std::variant<bool, int64_t, double, std::string>;

struct Field {
  std::string help{};                                        // one line, no full stop
  double min = -std::numeric_limits<double>::infinity();     // numbers: the allowed range ...
  double max = std::numeric_limits<double>::infinity();
  bool open_min = false;                                     // ... without its ends where these are set
  bool open_max = false;
  std::vector<std::string> choices{};                        // texts: the allowed values; empty: any
  bool required = false;                                     // there is no default
  std::vector<std::string> kinds{};                          // the kinds of its group that have this key; empty: all
  std::string shorthand{};                                   // groups: the key that a plain value in place of the map sets
  bool sweepable = true;                                     // may stand in a sweep's space
  bool file = false;                                         // texts: the path of a data file
};

enum class Type {
  boolean,
  integer,
  number,
  text,
  texts,     // a list of texts; a single text stands for a list of one
  scalars,   // a map of plain values whose names are not known
  group,     // keys of its own
  raw        // read by someone else (sweep.space)
};

using Target = std::variant<std::monostate, bool*, int64_t*, double*, std::string*, std::vector<std::string>*,
                            std::optional<double>*, std::optional<int64_t>*, std::map<std::string, Scalar>*>;

struct Key {
  std::string name{};
  Type type = Type::raw;
  Field field{};
  Target target{};               // where the value goes and, before reading, the default
  bool selects = false;          // its value is the kind that decides which keys its group has
  bool optional = false;         // may be null, which is its default
  bool present = true;           // optional groups: whether the struct has one
  std::vector<Key> keys{};       // groups
  std::function<void()> commit{};  // groups with storage of their own: moves what was read into the struct

  // Whether the key exists when its group is of this kind; "" stands for a kind that is not known.
  bool belongs_to(const std::string& kind) const {
    if (field.kinds.empty() || kind.empty()) return true;
    for (const std::string& each : field.kinds)
      if (each == kind) return true;
    return false;
  }
};

// The visitor that describe() functions are called with.
class Binder {
 public:
  template <class T>
  void operator()(const char* name, T& value, Field field = {});

  // The key whose value decides which of its group's other keys exist. Requires field.choices.
  void kind(const char* name, std::string& value, Field field) {
    (*this)(name, value, std::move(field));
    keys_.back().selects = true;
  }

  // Keys that the body declares exist for this kind only.
  template <class Body>
  void only(const char* kind_name, Body&& body) {
    const size_t first = keys_.size();
    body();
    for (size_t i = first; i < keys_.size(); ++i) keys_[i].field.kinds = {kind_name};
  }

  // A map of keys whose values live in this struct, without a struct of their own.
  template <class Body>
  void group(const char* name, Field field, Body&& body) {
    std::vector<Key> outer = std::exchange(keys_, {});
    body();
    Key key{.name = name, .type = Type::group, .field = std::move(field), .keys = std::move(keys_)};
    keys_ = std::move(outer);
    keys_.push_back(std::move(key));
  }

  // A key that is read and checked elsewhere.
  void raw(const char* name, Field field) {
    keys_.push_back({.name = name, .type = Type::raw, .field = std::move(field)});
  }

  std::vector<Key> take() { return std::exchange(keys_, {}); }

 private:
  void add(const char* name, Type type, Field field, Target target, bool optional = false) {
    keys_.push_back({.name = name, .type = type, .field = std::move(field), .target = target, .optional = optional});
  }
  template <class T>
  void add_optional(const char* name, std::optional<T>& value, Field field);

  std::vector<Key> keys_;
};

// The keys of a described struct, bound to it.
template <class Options>
std::vector<Key> bind(Options& options) {
  Binder binder;
  describe(binder, options);
  return binder.take();
}

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
void Binder::operator()(const char* name, T& value, Field field) {
  if constexpr (std::is_same_v<T, bool>) add(name, Type::boolean, std::move(field), &value);
  else if constexpr (std::is_same_v<T, int64_t>) add(name, Type::integer, std::move(field), &value);
  else if constexpr (std::is_same_v<T, double>) add(name, Type::number, std::move(field), &value);
  else if constexpr (std::is_same_v<T, std::string>) add(name, Type::text, std::move(field), &value);
  else if constexpr (std::is_same_v<T, std::vector<std::string>>) add(name, Type::texts, std::move(field), &value);
  else if constexpr (std::is_same_v<T, std::map<std::string, Scalar>>) add(name, Type::scalars, std::move(field), &value);
  else if constexpr (std::is_same_v<T, std::optional<double>>) add(name, Type::number, std::move(field), &value, true);
  else if constexpr (std::is_same_v<T, std::optional<int64_t>>) add(name, Type::integer, std::move(field), &value, true);
  else if constexpr (IsOptional<T>::value) add_optional(name, value, std::move(field));
  else group(name, std::move(field), [&] { describe(*this, value); });
}

// The group is bound to storage of its own, so that the struct stays without it until one has been read.
template <class T>
void Binder::add_optional(const char* name, std::optional<T>& value, Field field) {
  auto storage = std::make_shared<T>(value.value_or(T{}));
  group(name, std::move(field), [&] { describe(*this, *storage); });
  Key& key = keys_.back();
  key.optional = true;
  key.present = value.has_value();
  key.commit = [storage, &value] { value = *storage; };
}

}  // namespace recur::config
