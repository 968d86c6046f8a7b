// The plain values that results are made of: scalars, arrays of weights, series of metrics, events of the log.
//
// Threading: values; no shared state.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace recur::store {

// The disk or a results file failed: full, gone, unreadable. Neither a mistake in a definition nor a broken
// invariant: the trial that meets it fails with this message, the others go on.
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A scalar. An unsigned 64-bit number (a stream's key) is kept as the int64_t of the same bits.
using Value = std::variant<bool, int64_t, double, std::string>;
using Values = std::map<std::string, Value>;

// "true", "12", "0.003", "gru": the shortest text that reads back as the same value.
std::string to_string(const Value& value);

// A named array of float32, row-major: a parameter, or an optimizer's moment of it.
struct Array {
  std::string name;            // "layers.0.W"; a '/' makes a group in the file
  std::vector<int64_t> shape;  // {} is a scalar
  std::vector<float> values;   // as many as the product of shape
  Values attributes;           // "layout": "[I, G*H]", "gate_order": "i f g o", ...

  bool operator==(const Array&) const = default;
};

// Numbers over epochs or steps: values [rows, columns], row-major. NaN stands for "not measured".
struct Series {
  std::vector<std::string> columns;
  std::vector<double> values;

  int64_t rows() const { return columns.empty() ? 0 : static_cast<int64_t>(values.size() / columns.size()); }
  std::optional<size_t> find(std::string_view name) const;
  // Every row of one column; empty where there is no such column.
  std::vector<double> column(std::string_view name) const;
  double at(int64_t row, size_t column) const { return values[static_cast<size_t>(row) * columns.size() + column]; }

  bool operator==(const Series&) const = default;
};

enum class Level { debug, info, warning, error };
std::string_view to_string(Level level);

struct Event {
  double time = 0;  // seconds since 1970-01-01 UTC
  Level level = Level::info;
  std::string text;

  bool operator==(const Event&) const = default;
};

}  // namespace recur::store
