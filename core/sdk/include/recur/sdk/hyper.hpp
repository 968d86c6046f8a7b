// Hyper-parameters: numbers, switches and choices that an experiment sets by name.
//
//   Hyper<double> forget_bias = hyper("forget_bias", 1.0, {-10, 10}, "added to the forget gate's bias at the start");
//
// Declared as members before the weights that use them.
#pragma once

#include <recur/abi.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace recur {

// What may be set, inclusive.
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

// T: bool, int64_t, double or std::string (a choice). Converts to T.
template <class T>
class Hyper {
 public:
  explicit Hyper(T value) : value_(std::move(value)) {}
  const T& value() const { return value_; }
  operator const T&() const { return value_; }

  friend bool operator==(const Hyper& hyper, const char* text)
    requires std::same_as<T, std::string>
  {
    return hyper.value_ == text;
  }

 private:
  T value_;
};

namespace detail {

struct HyperSpec {
  recur_type type = RECUR_REAL;
  std::string name = {}, help = {};
  double real = 0;
  int64_t integer = 0;
  std::string text = {};
  Range range{0, 0};
  std::vector<std::string> choices = {};
};

}  // namespace detail
}  // namespace recur
