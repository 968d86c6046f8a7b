#include "recur/sweep/space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <utility>

#include "recur/random/stream.hpp"
#include "space_walk.hpp"

namespace recur::sweep {
namespace {

using config::Value;

// Six significant digits, so that the value shown is the value used; never outside the range.
double rounded(double number, double low, double high) {
  return std::clamp(std::strtod(fmt::format("{:.6g}", number).c_str(), nullptr), low, high);
}

// What the parameter is at a share of its range in [0, 1].
double at_share(const Parameter& parameter, double share) {
  if (share <= 0) return parameter.low;
  if (share >= 1) return parameter.high;
  if (!parameter.log) return parameter.low + (parameter.high - parameter.low) * share;
  return std::exp(std::log(parameter.low) + (std::log(parameter.high) - std::log(parameter.low)) * share);
}

// Calls emit for every completion of point over the pending parameters, the first of which is decided next.
void expand(const std::vector<const Parameter*>& pending, Point& point, std::vector<Point>& points) {
  if (pending.empty()) {
    points.push_back(point);
    return;
  }
  const Parameter& parameter = *pending.front();
  for (const Option& option : grid_options(parameter)) {
    std::vector<const Parameter*> rest;
    for (const Parameter& nested : option.parameters) rest.push_back(&nested);
    rest.insert(rest.end(), pending.begin() + 1, pending.end());
    const size_t before = point.settings.size();
    point.settings.push_back({parameter.path, option.value});
    expand(rest, point, points);
    point.settings.resize(before);
  }
}

uint64_t times(uint64_t a, uint64_t b) {
  return b != 0 && a > std::numeric_limits<uint64_t>::max() / b ? std::numeric_limits<uint64_t>::max() : a * b;
}
uint64_t plus(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b ? std::numeric_limits<uint64_t>::max() : a + b;
}

uint64_t size_of(const std::vector<Parameter>& parameters) {
  uint64_t size = 1;
  for (const Parameter& parameter : parameters) {
    uint64_t here = 0;
    if (parameter.kind == Parameter::Kind::choice)
      for (const Option& option : parameter.options) here = plus(here, size_of(option.parameters));
    else if (parameter.steps > 0 && parameter.kind == Parameter::Kind::number) here = static_cast<uint64_t>(parameter.steps);
    else if (parameter.steps > 0) here = grid_options(parameter).size();
    else here = static_cast<uint64_t>(parameter.high - parameter.low) + 1;
    size = times(size, here);
  }
  return size;
}

Option drawn(const Parameter& parameter, Stream stream) {
  if (parameter.kind == Parameter::Kind::choice) return parameter.options[stream.below(parameter.options.size())];
  if (parameter.kind == Parameter::Kind::number)
    return {number_value(parameter, rounded(at_share(parameter, stream.uniform()), parameter.low, parameter.high)), {}};
  if (!parameter.log) {
    const auto count = static_cast<uint64_t>(parameter.high - parameter.low) + 1;
    return {number_value(parameter, parameter.low + static_cast<double>(stream.below(count))), {}};
  }
  // Every integer gets the share of the logarithmic range that rounds down to it.
  Parameter wider = parameter;
  wider.high += 1;
  return {number_value(parameter, std::clamp(std::floor(at_share(wider, stream.uniform())), parameter.low, parameter.high)), {}};
}

}  // namespace

Value number_value(const Parameter& parameter, double number) {
  std::string text = parameter.kind == Parameter::Kind::integer ? std::to_string(std::llround(number)) : config::number_text(number);
  return Value::scalar(std::move(text), parameter.place, config::kPointLayer);
}

std::vector<Option> grid_options(const Parameter& parameter) {
  if (parameter.kind == Parameter::Kind::choice) return parameter.options;
  std::vector<Option> options;
  const bool integer = parameter.kind == Parameter::Kind::integer;
  const int64_t n = parameter.steps > 0 ? parameter.steps : std::llround(parameter.high - parameter.low) + 1;
  double last = 0;
  for (int64_t i = 0; i < n; ++i) {
    double number = parameter.steps > 0 ? at_share(parameter, static_cast<double>(i) / static_cast<double>(n - 1))
                                        : parameter.low + static_cast<double>(i);
    if (integer) number = std::round(number);
    else if (i != 0 && i != n - 1) number = rounded(number, parameter.low, parameter.high);
    if (i > 0 && number == last) continue;  // close steps of integers fall together
    options.push_back({number_value(parameter, number), {}});
    last = number;
  }
  return options;
}

std::string to_string(const Point& point) {
  std::string text;
  for (const Setting& setting : point.settings)
    text += (text.empty() ? "" : " ") + setting.path + "=" + config::to_string(setting.value);
  return text;
}

uint64_t grid_size(const Space& space) { return size_of(space.parameters); }

std::vector<Point> grid_points(const Space& space) {
  std::vector<const Parameter*> pending;
  for (const Parameter& parameter : space.parameters) pending.push_back(&parameter);
  std::vector<Point> points;
  Point point;
  expand(pending, point, points);
  return points;
}

constexpr std::string_view kVariant = "model.cell";

Point random_point(const Space& space, uint64_t seed, uint64_t k) {
  return walk(space.parameters, [&](const Parameter& parameter) {
    // Variants take turns, so that a comparison tunes each of them with equally many points.
    if (parameter.path == kVariant && !parameter.options.empty()) return parameter.options[k % parameter.options.size()];
    return drawn(parameter, Stream(seed, k, "sweep/" + parameter.path));
  });
}

Point walk(const std::vector<Parameter>& parameters, const std::function<Option(const Parameter&)>& pick) {
  Point point;
  for (const Parameter& parameter : parameters) {
    Option option = pick(parameter);
    Point nested = walk(option.parameters, pick);
    point.settings.push_back({parameter.path, std::move(option.value)});
    std::move(nested.settings.begin(), nested.settings.end(), std::back_inserter(point.settings));
  }
  return point;
}

}  // namespace recur::sweep
