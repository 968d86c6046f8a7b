// From a tree to a described struct: every key's type, range and choices, unknown and missing keys, keys that
// belong to another kind. Mistakes are gathered, never thrown.
//
// Threading: reentrant.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "recur/config/field.hpp"
#include "recur/config/value.hpp"

namespace recur::config {

// Reads tree into the struct that keys are bound to. Where a mistake was made, the default stays.
void read(const Value& tree, std::vector<Key>& keys, Mistakes& mistakes);

// Calls visit(path, key) for every key that is not a group, in the order of the description. Where kinds decide,
// every alternative is visited.
void for_each_key(const std::vector<Key>& keys, const std::function<void(const std::string&, const Key&)>& visit);

// The keys at a dotted path: none, one, or one for each kind that has it. A path that names a group with a
// shorthand stands for the shorthand's key; full_path (where given) receives the path so written out.
std::vector<const Key*> find_keys(const std::vector<Key>& keys, const std::string& path, std::string* full_path = nullptr);

// The kind of a group: the value of its selecting key, "" where it has none or it is not set.
std::string kind_of(const std::vector<Key>& keys);

}  // namespace recur::config
