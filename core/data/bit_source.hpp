// Random sources of bits of order 6 and what can best be said of their next bit (Graves, Wayne and Danihelka 2014, arXiv:1410.5401,
// section 4.4): for each of the 2^5 possible last five bits a probability that the next is one, drawn from Beta(1/2, 1/2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "recur/random/stream.hpp"

namespace recur::data {

inline constexpr int64_t kBitsOfContext = 5;
inline constexpr size_t kBitContexts = size_t{1} << kBitsOfContext;

// The last five bits, the newest lowest; before the sixth bit there are none.
class BitContext {
 public:
  void add(bool bit) {
    last_ = (last_ << 1 | (bit ? 1u : 0u)) % kBitContexts;
    ++seen_;
  }
  bool known() const { return seen_ >= kBitsOfContext; }
  size_t index() const { return last_; }

 private:
  size_t last_ = 0;
  int64_t seen_ = 0;
};

class BitSource {
 public:
  explicit BitSource(Stream& stream);  // draws the table
  // The first five bits are evenly 0 and 1.
  bool next(Stream& stream);

 private:
  std::array<double, kBitContexts> ones_{};  // P(1 | context)
  BitContext context_;
};

// The Bayesian estimator under that prior, to which no other comes nearer: P(1 | context) = (ones + 1/2) / (ones + zeros + 1) with
// the counts of what followed the context so far in this sequence; 1/2 for the first five bits.
class BitEstimator {
 public:
  double one() const;
  void add(bool bit);

 private:
  std::array<std::array<int64_t, 2>, kBitContexts> counts_{};  // zeros, ones
  BitContext context_;
};

}  // namespace recur::data
