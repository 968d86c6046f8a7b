// What a density of sequences has to beat: the C values of a step as independent draws, with the frequencies of the training part.
//
//   Gaussian    mean and deviation of each value; of first order, the least-squares line through (x_t-1, x_t) and the deviation from it
//   Bernoulli   frequency of each value; of first order, given what it was a step before; one is added to each count
//
// The first step of a sequence has none before it and is drawn independently. A deviation is at least kLeastDeviation of a standardised
// value, so that a value which never changes in training does not make every other one impossible.
//
// Threading: immutable.
#pragma once

#include <vector>

#include "recur/data/sequences.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

inline constexpr double kLeastDeviation = 1e-3;

class NaiveDensity {
 public:
  using Distribution = OutputSpec::Distribution;

  // From the counted steps of the training part, of which there must be one.
  NaiveDensity(const Sequences& training, Distribution distribution, bool first_order);

  // Negative log-likelihood in nats of a step [C]; before: the step before it, or null.
  double nats(const float* before, const float* step) const;
  // Its mean over the counted steps; NaN where there are none.
  double mean_nats(const Sequences& sequences) const;

 private:
  struct Gaussian {
    double mean = 0, deviation = 1;                    // alone
    double slope = 0, offset = 0, left = 1;            // after the step before: the line, and the deviation from it
  };
  struct Bernoulli {
    double alone = 0.5;
    double after[2] = {0.5, 0.5};
  };
  void fit_gaussian(const Sequences& training);
  void fit_bernoulli(const Sequences& training);

  Distribution distribution_;
  bool first_order_;
  std::vector<Gaussian> gaussian_;    // [C]
  std::vector<Bernoulli> bernoulli_;  // [C]
};

}  // namespace recur::data
