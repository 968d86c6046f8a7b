// From a described struct back to text.
//
// Threading: reentrant.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "recur/config/field.hpp"
#include "recur/config/value.hpp"

namespace recur::config {

struct PrintOptions {
  // Leaves out the keys for which this is false; all are printed where it is empty. Called with the dotted path.
  std::function<bool(const std::string&)> wanted;
  // The values of raw keys; a raw key without one is left out.
  std::function<const Value*(const std::string&)> raw;
};

// YAML with every key that the struct has, defaults included, in the order of the description. What is read from
// it is equal to what was printed.
std::string print_yaml(const std::vector<Key>& keys, const PrintOptions& options = {});

// The same as (dotted path, value) pairs sorted by path: the form that is hashed. Raw keys are left out.
std::vector<std::pair<std::string, std::string>> flatten(const std::vector<Key>& keys, const PrintOptions& options = {});

// The value that a key has, as one line of YAML; "null" for an optional one without a value.
std::string value_text(const Key& key);

}  // namespace recur::config
