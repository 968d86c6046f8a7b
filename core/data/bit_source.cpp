#include "bit_source.hpp"

#include <cmath>
#include <numbers>

namespace recur::data {

BitSource::BitSource(Stream& stream) {
  // Beta(1/2, 1/2) is the arcsine law.
  for (double& one : ones_) one = std::pow(std::sin(std::numbers::pi / 2 * stream.uniform()), 2);
}

bool BitSource::next(Stream& stream) {
  const bool bit = stream.uniform() < (context_.known() ? ones_[context_.index()] : 0.5);
  context_.add(bit);
  return bit;
}

double BitEstimator::one() const {
  if (!context_.known()) return 0.5;
  const auto& [zeros, ones] = counts_[context_.index()];
  return (static_cast<double>(ones) + 0.5) / static_cast<double>(zeros + ones + 1);
}

void BitEstimator::add(bool bit) {
  if (context_.known()) ++counts_[context_.index()][bit ? 1 : 0];
  context_.add(bit);
}

}  // namespace recur::data
