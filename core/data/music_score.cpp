#include "recur/data/music_score.hpp"

#include <limits>

#include "recur/error/error.hpp"

namespace recur::data {

void MusicScore::reset() { *this = MusicScore(keys_); }

void MusicScore::add_key(bool there, bool predicted) {
  hits_ += there && predicted ? 1 : 0;
  any_ += there || predicted ? 1 : 0;
}

void MusicScore::add(const Outcome& outcome) {
  const auto N = outcome.lengths.size(), K = static_cast<size_t>(keys_);
  RECUR_CHECK(N > 0 && outcome.predictions.size() == outcome.y.size() && outcome.y.size() % (N * K) == 0, "{} logits, {} targets, {} lengths, {} keys",
              outcome.predictions.size(), outcome.y.size(), N, K);
  nats_ += outcome.nats;
  steps_ += outcome.counted;
  for (size_t n = 0; n < N; ++n)
    for (size_t t = 0; t < static_cast<size_t>(outcome.lengths[n]); ++t)
      for (size_t k = 0; k < K; ++k) {
        const size_t i = (t * N + n) * K + k;
        add_key(outcome.y[i] > 0.5f, outcome.predictions[i] > 0);
      }
}

std::vector<double> MusicScore::values() const {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (steps_ == 0) return {kNone, kNone};
  return {nats_ / static_cast<double>(steps_), any_ > 0 ? static_cast<double>(hits_) / static_cast<double>(any_) : kNone};
}

std::vector<MetricInfo> MusicScore::metrics() {
  return {{"nll", "negative log-likelihood in nats a step, summed over the keys"},
          {"frame_accuracy", "TP / (TP + FP + FN) over all keys and steps", false}};
}

}  // namespace recur::data
