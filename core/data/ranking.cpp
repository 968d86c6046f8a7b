#include "recur/data/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace recur::data {

Ranking rank(std::vector<Scored> scored) {
  Ranking out;
  bool undefined = false;
  for (const Scored& each : scored) {
    ++(each.anomalous ? out.anomalous : out.normal);
    undefined |= std::isnan(each.score);
  }
  if (undefined || out.anomalous == 0 || out.normal == 0) {
    out.roc_auc = out.average_precision = out.f1 = out.precision = out.recall = out.threshold = std::numeric_limits<double>::quiet_NaN();
    return out;
  }
  std::sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) { return a.score > b.score; });
  const auto P = static_cast<double>(out.anomalous), N = static_cast<double>(out.normal);
  int64_t hits = 0, false_alarms = 0;
  for (size_t i = 0; i < scored.size();) {
    const double threshold = scored[i].score;
    int64_t positive = 0, negative = 0;
    for (; i < scored.size() && scored[i].score == threshold; ++i) ++(scored[i].anomalous ? positive : negative);
    out.roc_auc += static_cast<double>(negative) * (static_cast<double>(hits) + 0.5 * static_cast<double>(positive)) / (P * N);
    hits += positive, false_alarms += negative;
    const double precision = static_cast<double>(hits) / static_cast<double>(hits + false_alarms), recall = static_cast<double>(hits) / P;
    out.average_precision += static_cast<double>(positive) / P * precision;
    const double f1 = 2 * static_cast<double>(hits) / (static_cast<double>(hits + false_alarms) + P);
    if (f1 <= out.f1) continue;
    out.f1 = f1, out.precision = precision, out.recall = recall, out.threshold = threshold;
    out.hits = hits, out.false_alarms = false_alarms;
  }
  return out;
}

}  // namespace recur::data
