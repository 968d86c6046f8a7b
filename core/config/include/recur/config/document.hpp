// From files and command line to one tree: YAML, `extends`, overrides.
//
// A file may name another as its base (`extends: FILE`, relative to itself, in chains). Maps are merged key by
// key, everything else is replaced, and the extending file wins. Overrides come last. Every value keeps the place
// where it stands.
//
// Threading: reentrant; reads files.
#pragma once

#include <string>
#include <vector>

#include "recur/config/field.hpp"
#include "recur/config/value.hpp"

namespace recur::config {

// Where values of overrides stand.
inline const Place kCommandLine{"command line", 0, 0};

// Reads a text of one YAML document. file: as shown in places. Duplicate keys and keys that are no plain text become
// mistakes at their line and column. Throws UserError for a text that is not YAML, where nothing more can be said.
Value parse_yaml(const std::string& text, const std::string& file, Mistakes& mistakes, int layer = 0);

// Reads a definition with its bases and applies overrides of the form key.path=value (the value is YAML).
// keys: the description of the whole, by which shorthands are written out before merging (dropout: 0.2 becomes
// dropout: {rate: 0.2}) and names with dots (below raw keys) are told from paths.
// Throws UserError for a file that is missing, unreadable or not YAML.
Value load_document(const std::string& file, const std::vector<std::string>& overrides, const std::vector<Key>& keys,
                    Mistakes& mistakes);
// The same for a text in memory; `extends` is relative to the directory of `file`, which need not exist.
Value load_text(const std::string& text, const std::string& file, const std::vector<std::string>& overrides,
                const std::vector<Key>& keys, Mistakes& mistakes);

// A tree that holds one value at a dotted path, shorthands written out. place: of the names on the way.
Value tree_of(const std::string& path, Value value, const Place& place, const std::vector<Key>& keys);

// `over` onto `base`: maps key by key, anything else replaced. The entries of raw keys are replaced whole.
void merge(Value& base, const Value& over, const std::vector<Key>& keys);

}  // namespace recur::config
