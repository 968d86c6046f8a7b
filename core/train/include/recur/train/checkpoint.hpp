// What a training needs to go on to the same bits as if it had never stopped, as plain values that any store can keep.
//
// Threading: values.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "recur/model/parameter_set.hpp"

namespace recur::train {

struct Array {
  std::string name;            // "layer0/W"; in a checkpoint "weights/layer0/W"
  std::vector<int64_t> shape;
  std::vector<float> values;   // row-major
  std::string layout;          // "[I, 4H]", or ""
  std::string gates;           // "i f c o", or ""

  bool operator==(const Array&) const = default;
};

struct Checkpoint {
  // weights/<parameter>, best/<parameter>, <moment>/<parameter> ("adam.m", "adam.v", "momentum", ...)
  std::vector<Array> arrays;
  // epoch, step, seconds, counters, state of the schedule, the form in which each program ran
  std::map<std::string, std::variant<bool, int64_t, double, std::string>> scalars;

  bool operator==(const Checkpoint&) const = default;
};

// Every parameter as an array; prefix is put before the names.
std::vector<Array> to_arrays(const model::ParameterSet& set, const std::string& prefix = "");

// A view of an array, so that callers need not copy theirs.
struct ArrayView {
  std::string_view name;
  std::span<const int64_t> shape;
  std::span<const float> values;
};

// Fills set with the arrays whose names begin with prefix. Throws UserError for a parameter that is missing or has another shape:
// the weights belong to another model.
void from_arrays(model::ParameterSet& set, std::span<const ArrayView> arrays, const std::string& prefix = "");
void from_arrays(model::ParameterSet& set, std::span<const Array> arrays, const std::string& prefix = "");

}  // namespace recur::train
