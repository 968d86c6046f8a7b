// The JSON schema (draft 2020-12) of a described struct, for editors and for checking without recur.
//
// Threading: reentrant.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <vector>

#include "recur/config/field.hpp"

namespace recur::config {

// The schema of a map with these keys: unknown keys are refused, and so are keys of another kind.
// partial: nothing is required, as in a definition that extends another.
// raw: the schema of a raw key, by its dotted path.
boost::json::object json_schema(const std::vector<Key>& keys, bool partial = false,
                                const std::function<boost::json::object(const std::string&)>& raw = {});

// The schema of one plain value of this key; not for groups and raw keys.
boost::json::object value_schema(const Key& key);

// JSON with two spaces of indentation and a final newline.
std::string pretty(const boost::json::value& value);

}  // namespace recur::config
