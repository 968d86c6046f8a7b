// Naive Bayes on which tokens occur in a sequence, however often and wherever: what a text tells as a bag of words.
//
//   P(c | x) ~ (n(c) / n) product over the different tokens w of x of (n(c, w) + 1) / (sum over v of n(c, v) + V), add-one smoothing
//
// with n(c, w) the sequences of class c that w occurs in: multinomial naive Bayes on presence, which does better on opinions than counts do
// (B. Pang, L. Lee, S. Vaithyanathan, Thumbs up? Sentiment classification using machine learning techniques, EMNLP 2002, sections 5.1 and 6.1).
//
// Threading: immutable.
#pragma once

#include <cstdint>
#include <vector>

#include "recur/data/sequences.hpp"

namespace recur::data {

class PresenceBayes {
 public:
  // Learns from these rows, sequences of tokens 0 ... vocabulary-1 with labels 0 ... classes-1. ignored: a token that says nothing, <unk>.
  PresenceBayes(const Sequences& sequences, const std::vector<uint32_t>& rows, int64_t vocabulary, int64_t classes, int32_t ignored);

  // The most probable class; ties go to the smaller one.
  int64_t classify(const Sequences& sequences, uint32_t row) const;

 private:
  std::vector<int32_t> present(const Sequences& sequences, uint32_t row) const;

  int64_t vocabulary_;
  int32_t ignored_;
  std::vector<double> prior_;   // [classes], logarithms
  std::vector<double> tokens_;  // [classes, V], logarithms
};

}  // namespace recur::data
