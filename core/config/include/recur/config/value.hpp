// What a file says, before it means anything: a tree of values, each with the place where it stands, and the
// list of mistakes that readers of the tree add to.
//
// Threading: values; no shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recur/config/field.hpp"
#include "recur/error/error.hpp"

namespace recur::config {

// The layer of values that a point of a sweep sets: above all files and overrides.
inline constexpr int kPointLayer = 1 << 20;

struct Value {
  enum class Kind { null, scalar, sequence, map };
  struct Entry;

  Kind kind = Kind::null;
  std::string text;            // scalars
  bool quoted = false;         // scalars: written in quotes, so never a number, a truth value or null
  Place place;
  // Which source of the definition it comes from: files rise from the deepest base, then the command line, then
  // a point of a sweep. The keys of a kind go when a later source chooses another kind.
  int layer = 0;
  std::vector<Value> items;    // sequences
  std::vector<Entry> entries;  // maps, in the order of the file

  static Value scalar(std::string text, Place place = {}, int layer = 0);
  static Value map(Place place = {}, int layer = 0);

  // The entry of that name in a map, or nullptr.
  const Entry* entry(std::string_view name) const;
  Entry* entry(std::string_view name);
  // The entry at a dotted path, or nullptr. A name that itself holds dots is found too.
  const Entry* at(std::string_view path) const;
};

struct Value::Entry {
  std::string name;
  Place place;  // of the name
  Value value;
};

// One line of YAML: "0.003", "[a, b]", "null".
std::string to_string(const Value& value);
// For messages: "nothing", "a list", "a map" or the text in quotes.
std::string shown(const Value& value);

// What a scalar means when it is read as ..., or nullopt.
std::optional<bool> as_boolean(const Value& value);
std::optional<int64_t> as_integer(const Value& value);  // also 1e4, where that is whole
std::optional<double> as_number(const Value& value);    // finite
// The type that an unquoted scalar looks like.
Scalar as_scalar(const Value& value);

// The shortest text that reads back as the same number, with a point before an exponent.
std::string number_text(double number);
// A text as YAML, in quotes where it would be read as something else without.
std::string yaml_text(const std::string& text);
// As YAML.
std::string to_string(const Scalar& scalar);

// Mistakes of a definition, gathered so that all of them are told at once.
class Mistakes {
 public:
  // Becomes "file:line:column: path: what"; path may be empty.
  void add(const Place& place, const std::string& path, const std::string& what);
  // Takes over the messages of an error that was thrown. place: for their order only.
  void add(const UserError& error, const Place& place = {});
  bool empty() const { return list_.empty(); }
  // Throws UserError with every mistake once, in the order of the files; does nothing where there is none. Of two
  // mistakes of the same key at the same place the first is told.
  void raise() const;

 private:
  struct Mistake {
    Place place;
    std::string message;
    std::string identity;
  };
  std::vector<Mistake> list_;
};

}  // namespace recur::config
