// How probable a model finds sequences.
//
//   nll             negative log-likelihood in nats a step, over all counted steps together, or a bound above it where the model has latent
//                   variables; the same as the loss
//   importance_nll  where each sequence of the test part is given k times: minus the logarithm of the mean over these draws of exp(sum over
//                   steps of the log weight), summed over sequences and divided by all their steps (Burda, Grosse and Salakhutdinov 2016,
//                   arXiv:1509.00519, equation 8). With k it falls from nll's expectation to the negative log-likelihood; for a model without
//                   latent variables it is nll. Parts that are given once have k = 1
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "recur/data/task.hpp"

namespace recur::data {

class DensityScore : public Score {
 public:
  // draws: k, of batches of group 1, whose rows are each sequence k times before the next; a group may begin in one batch and end in another.
  explicit DensityScore(int64_t draws) : draws_(draws) {}

  void reset() override { *this = DensityScore(draws_); }
  // Requires predictions [T, N, 2] and batches in their order.
  void add(const Outcome& outcome) override;
  std::vector<double> values() const override;

  static std::vector<MetricInfo> metrics(int64_t draws);

 private:
  void add_row(double log_weight, int64_t steps, int64_t draws);

  int64_t draws_;
  double nats_ = 0;
  int64_t counted_ = 0;
  std::vector<double> pending_;  // log weights of the sequence whose draws are not complete
  double weighted_nats_ = 0;
  int64_t weighted_steps_ = 0;
};

}  // namespace recur::data
