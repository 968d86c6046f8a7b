// Named streams of random numbers. A stream is found by what it is for: (experiment seed, replicate, purpose),
// never by the order in which streams were asked for, so that every variant of a comparison shares the same
// split, batch order, noise and, parameter by parameter, initial values.
//
// Threading: a Stream is a value; use each from one thread at a time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "recur/random/philox.hpp"

namespace recur {

class Stream {
 public:
  Stream(uint64_t seed, uint64_t replicate, std::string_view purpose);
  explicit Stream(uint64_t key);

  uint32_t bits();                           // 32 random bits
  double uniform();                          // [0, 1)
  double uniform(double low, double high);   // [low, high)
  double normal();                           // mean 0, variance 1 (Box-Muller)
  uint64_t below(uint64_t bound);            // 0 ... bound-1 without bias; bound > 0
  std::vector<uint32_t> permutation(uint32_t n);  // 0 ... n-1 in random order (Fisher-Yates)

  uint64_t key() const { return key_; }
  // Position in the stream: what a checkpoint keeps to go on with the same numbers.
  uint64_t position() const { return position_; }
  void seek(uint64_t position);

 private:
  uint64_t key_;
  uint64_t position_ = 0;      // words drawn
  PhiloxCounter block_{};
};

// A 64-bit key from (seed, replicate, purpose): FNV-1a of the purpose mixed with both through Philox.
uint64_t stream_key(uint64_t seed, uint64_t replicate, std::string_view purpose);

}  // namespace recur
