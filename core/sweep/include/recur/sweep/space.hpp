// The space of a sweep: which keys vary, over which values, and the points that a sampler takes from it.
//
//   model.hidden: {int: [16, 64], log: true, steps: 3}
//   train.optimizer.lr: {float: [1e-3, 1e-2], log: true}
//   model.cell:
//     choice: {gru: {}, lstm: {model.hyper.forget_bias: {float: [0, 2], steps: 3}}}
//
// A parameter that stands under a choice exists only where that choice is taken. A plain value in place of a
// specification fixes the key. Floats are rounded to six digits, so that the value shown is the value used.
//
// Threading: values; no shared state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/config/value.hpp"

namespace recur::sweep {

struct Option;

// One key of the space.
struct Parameter {
  enum class Kind { choice, number, integer };

  std::string path;  // of the key, shorthands written out
  Place place;
  Kind kind = Kind::choice;
  std::vector<Option> options;  // choice, at least one
  double low = 0;               // number, integer: both ends belong to the range
  double high = 0;
  bool log = false;             // evenly spaced in the logarithm
  int64_t steps = 0;            // grid points; 0: not given
};

// One value of a choice, with the parameters that exist only where it is taken.
struct Option {
  config::Value value;
  std::vector<Parameter> parameters;
};

struct Space {
  Place place;
  std::vector<Parameter> parameters;
};

// A key and the value that a point gives it. The value's place is that of the specification.
struct Setting {
  std::string path;
  config::Value value;
};

// What one trial sets, in the order of the space.
struct Point {
  std::vector<Setting> settings;
};

// "model.cell=gru train.optimizer.lr=0.003"
std::string to_string(const Point& point);

// Grids with more points than this are refused when a definition is read.
inline constexpr uint64_t kMaxGridPoints = 100000;

// The number of points of the grid; UINT64_MAX where it is larger than that.
// Requires steps on every number (checked when a definition is read).
uint64_t grid_size(const Space& space);

// Every point of the grid; the last parameter changes fastest, nested ones after the choice they belong to.
std::vector<Point> grid_points(const Space& space);

// Point k of a random search. Each parameter is drawn from Stream(seed, k, "sweep/<path>"), so that a point
// depends neither on other points nor on other parameters.
Point random_point(const Space& space, uint64_t seed, uint64_t k);

}  // namespace recur::sweep
