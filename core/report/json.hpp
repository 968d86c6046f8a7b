// What several JSON documents have in common.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include "recur/store/values.hpp"

namespace recur::report {

// JSON has no NaN and no infinity: null.
inline boost::json::value json_number(double value) {
  return std::isfinite(value) ? boost::json::value(value) : boost::json::value(nullptr);
}

inline boost::json::value json_value(const store::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return json_number(*number);
  if (const auto* integer = std::get_if<int64_t>(&value)) return *integer;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  return boost::json::value(std::get<std::string>(value));
}

inline boost::json::object json_object(const store::Values& values) {
  boost::json::object out;
  for (const auto& [name, value] : values) out[name] = json_value(value);
  return out;
}

}  // namespace recur::report
