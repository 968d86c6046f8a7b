#include <algorithm>
#include <cmath>

#include "recur/train/optimizer.hpp"

namespace recur::train {

double norm(const model::ParameterSet& gradients) {
  // Eight sums: a fixed order in which no addition waits for the last one. The array's length is a multiple of 16.
  const std::span<const float> g = gradients.flat();
  double sum[8] = {};
  for (size_t i = 0; i < g.size(); i += 8)
    for (size_t j = 0; j < 8; ++j) sum[j] += static_cast<double>(g[i + j]) * static_cast<double>(g[i + j]);
  return std::sqrt(((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])));
}

void clip_value(model::ParameterSet& gradients, double limit) {
  const auto bound = static_cast<float>(limit);
  for (float& g : gradients.flat()) g = std::min(std::max(g, -bound), bound);
}

void clip_norm(model::ParameterSet& gradients, double norm, double limit) {
  if (!(norm > limit)) return;
  const auto factor = static_cast<float>(limit / norm);
  for (float& g : gradients.flat()) g *= factor;
}

}  // namespace recur::train
