// How well the next step of a piano roll is predicted.
//
//   nll             negative log-likelihood in nats a step: the cross-entropy of the keys, summed over the keys and averaged over all
//                   predicted steps of all pieces together, as the program of Bai, Kolter and Koltun 2018 (arXiv:1803.01271) counts it:
//                   every step but the first of a piece is predicted from those before it
//   frame_accuracy  sum of TP over sum of TP + FP + FN over all keys and steps (Bay, Ehmann and Downie 2009, ISMIR, accuracy),
//                   a key being predicted where its probability is above one half
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recur/data/task.hpp"

namespace recur::data {

class MusicScore : public Score {
 public:
  // keys: K
  explicit MusicScore(int64_t keys) : keys_(keys) {}

  void reset() override;
  // Requires logits and y [T, N, K] and lengths [N].
  void add(const Outcome& outcome) override;
  // The same from elsewhere: a step with its nats, and each of its keys.
  void add_step(double nats) { nats_ += nats, ++steps_; }
  void add_key(bool there, bool predicted);
  std::vector<double> values() const override;

  static std::vector<MetricInfo> metrics();

 private:
  int64_t keys_;
  double nats_ = 0;
  int64_t steps_ = 0;
  int64_t hits_ = 0;
  int64_t any_ = 0;  // there, predicted or both
};

}  // namespace recur::data
