// How well scores tell what is anomalous from what is not.
//
//   roc_auc            the probability that an anomalous one has the higher score, a tie counting half (Mann and Whitney 1947, Annals of
//                      Mathematical Statistics 18): the area under the ROC curve
//   average_precision  sum over thresholds of (recall - recall before) * precision, without interpolation; equal scores share a threshold
//   f1                 the best that any threshold reaches, with the threshold, and precision and recall there. The threshold is chosen with
//                      the labels at hand: it is what the scores allow, not what a detector that has to fix it beforehand would reach
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <vector>

namespace recur::data {

struct Scored {
  double score = 0;  // the higher the more anomalous
  bool anomalous = false;
};

// All NaN but the counts where there are no anomalous ones or none else, or where a score is NaN.
struct Ranking {
  int64_t anomalous = 0, normal = 0;
  double roc_auc = 0, average_precision = 0, f1 = 0, precision = 0, recall = 0;
  double threshold = 0;            // scores of at least this are called anomalous
  int64_t hits = 0, false_alarms = 0;  // there
};

Ranking rank(std::vector<Scored> scored);

}  // namespace recur::data
