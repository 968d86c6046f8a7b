// Naive Bayes on tokens by their position: what a sequence of fixed length tells without any relation between its places.
//
//   P(c | x) ~ (n(c) / n) product over t of (n(c, t, x[t]) + 1) / (n(c) + V), add-one smoothing
//
// Threading: immutable.
#pragma once

#include <cstdint>
#include <vector>

#include "recur/data/sequences.hpp"

namespace recur::data {

class NaiveBayes {
 public:
  // Learns from these rows, whose sequences of tokens 0 ... vocabulary-1 all have one length and labels 0 ... classes-1.
  NaiveBayes(const Sequences& sequences, const std::vector<uint32_t>& rows, int64_t vocabulary, int64_t classes);

  // The most probable class; ties go to the smaller one. Requires a sequence of that length.
  int64_t classify(const Sequences& sequences, uint32_t row) const;

 private:
  int64_t length_, vocabulary_, classes_;
  std::vector<double> prior_;   // [classes], logarithms
  std::vector<double> letters_; // [classes, T, V], logarithms
};

}  // namespace recur::data
