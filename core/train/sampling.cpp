#include "recur/train/sampling.hpp"

#include <algorithm>
#include <cmath>

#include "recur/error/error.hpp"

namespace recur::train {

void check(const SamplingOptions& options) {
  if (!(options.temperature >= 0)) throw UserError(fmt::format("temperature is {}; it must be 0 or more", options.temperature));
  if (options.top_k < 0) throw UserError(fmt::format("top-k is {}; it must be 0 (all) or more", options.top_k));
  if (!(options.top_p > 0 && options.top_p <= 1)) throw UserError(fmt::format("top-p is {}; it must be above 0 and at most 1", options.top_p));
}

int32_t sample(std::span<const float> logits, const SamplingOptions& options, Stream& stream, int32_t exclude,
               std::vector<std::pair<double, int32_t>>& scratch) {
  RECUR_CHECK(logits.size() > 1 || exclude < 0, "{} classes, class {} excluded", logits.size(), exclude);
  // (logit, class), later (probability, class), the most probable first.
  scratch.clear();
  for (size_t i = 0; i < logits.size(); ++i)
    if (static_cast<int32_t>(i) != exclude) scratch.emplace_back(static_cast<double>(logits[i]), static_cast<int32_t>(i));
  std::sort(scratch.begin(), scratch.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  if (options.temperature == 0) return scratch.front().second;
  if (options.top_k > 0 && static_cast<size_t>(options.top_k) < scratch.size()) scratch.resize(static_cast<size_t>(options.top_k));

  const double highest = scratch.front().first;
  double sum = 0;
  for (auto& [value, unused] : scratch) sum += value = std::exp((value - highest) / options.temperature);
  double kept = 0;
  size_t count = 0;
  while (count < scratch.size() && (count == 0 || kept < options.top_p * sum)) kept += scratch[count++].first;

  double rest = stream.uniform() * kept;
  for (size_t i = 0; i + 1 < count; ++i) {
    rest -= scratch[i].first;
    if (rest < 0) return scratch[i].second;
  }
  return scratch[count - 1].second;
}

bool sample_yes(float logit, double temperature, Stream& stream) {
  const double drawn = stream.uniform();
  if (temperature == 0) return logit > 0;
  return drawn < 1 / (1 + std::exp(-static_cast<double>(logit) / temperature));
}

}  // namespace recur::train
