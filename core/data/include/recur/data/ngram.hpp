// The two n-gram models that a recurrent network has to beat.
//
//   unigram  P(w) = (c(w) + 1) / (n + V), add-one
//   bigram   P(w | v) = (c(v, w) + t(v) P(w)) / (c(v) + t(v)), interpolated Witten-Bell smoothing: t(v) is the number
//            of different tokens seen after v, c(v) the number of tokens seen after v; P(w) where v was never
//            followed (Chen and Goodman 1999, Computer Speech and Language 13, section 2.5)
//
// Threading: immutable.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recur/data/task.hpp"

namespace recur::data {

class NgramModel {
 public:
  // Requires training tokens in 0 ... vocabulary-1.
  NgramModel(std::span<const int32_t> training, int64_t vocabulary);

  double unigram(int32_t token) const;
  double bigram(int32_t before, int32_t token) const;
  // The most probable token; ties go to the smaller id.
  int32_t best_unigram() const { return best_; }
  int32_t best_bigram(int32_t before) const;

  // Nats, hits and count over tokens[begin ... end-1]; each has the token before it in tokens. Requires begin >= 1.
  Outcome score_unigram(std::span<const int32_t> tokens, int64_t begin, int64_t end) const;
  Outcome score_bigram(std::span<const int32_t> tokens, int64_t begin, int64_t end) const;

 private:
  struct Follower {
    int32_t token;
    int64_t count;
  };
  std::span<const Follower> followers(int32_t before) const;
  int64_t total(int32_t before) const { return totals_[static_cast<size_t>(before)]; }

  std::vector<int64_t> counts_;      // [V]
  int64_t n_ = 0;                    // training tokens
  int32_t best_ = 0;
  std::vector<Follower> followers_;  // by token before, then by token
  std::vector<int64_t> offsets_;     // [V + 1] into followers_
  std::vector<int64_t> totals_;      // [V] c(v)
};

}  // namespace recur::data
