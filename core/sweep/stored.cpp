#include "stored.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace recur::sweep {
namespace {

constexpr const char* kLayout = "layout";
constexpr const char* kGates = "gate_order";

std::string text_of(const store::Values& values, const char* name) {
  const auto found = values.find(name);
  const auto* text = found == values.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? "" : *text;
}

}  // namespace

store::Level to_store(train::Level level) {
  switch (level) {
    case train::Level::debug: return store::Level::debug;
    case train::Level::warning: return store::Level::warning;
    case train::Level::error: return store::Level::error;
    case train::Level::info: break;
  }
  return store::Level::info;
}

std::vector<store::Array> to_store(std::vector<train::Array> arrays) {
  std::vector<store::Array> out;
  out.reserve(arrays.size());
  for (train::Array& array : arrays) {
    store::Array stored{std::move(array.name), std::move(array.shape), std::move(array.values), {}};
    if (!array.layout.empty()) stored.attributes[kLayout] = std::move(array.layout);
    if (!array.gates.empty()) stored.attributes[kGates] = std::move(array.gates);
    out.push_back(std::move(stored));
  }
  return out;
}

store::Checkpoint to_store(train::Checkpoint checkpoint) {
  return {.arrays = to_store(std::move(checkpoint.arrays)), .scalars = std::move(checkpoint.scalars)};
}

std::vector<store::Baseline> to_store(const std::vector<data::Baseline>& baselines, const std::vector<data::MetricInfo>& metrics) {
  std::vector<store::Baseline> out;
  for (const data::Baseline& baseline : baselines) {
    auto found = std::find_if(out.begin(), out.end(), [&](const store::Baseline& other) { return other.name == baseline.name; });
    if (found == out.end()) found = out.insert(out.end(), {baseline.name, {}});
    for (size_t i = 0; i < metrics.size() && i < baseline.values.size(); ++i)
      if (std::isfinite(baseline.values[i])) found->metrics[fmt::format("{}/{}", to_string(baseline.part), metrics[i].name)] = baseline.values[i];
  }
  return out;
}

train::Checkpoint to_train(const store::Checkpoint& checkpoint) {
  train::Checkpoint out{{}, checkpoint.scalars};
  for (const store::Array& array : checkpoint.arrays)
    out.arrays.push_back({array.name, array.shape, array.values, text_of(array.attributes, kLayout), text_of(array.attributes, kGates)});
  return out;
}

}  // namespace recur::sweep
