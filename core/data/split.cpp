#include "recur/data/split.hpp"

#include <cmath>

#include "recur/error/error.hpp"

namespace recur::data {

PartRanges split_in_order(int64_t length, const Split& split, const std::string& file) {
  const std::array shares{split.train, split.valid, split.test};
  double sum = 0;
  for (const Part part : kParts) {
    const double share = shares[static_cast<size_t>(part)];
    if (!(share >= 0)) {
      throw UserError(Place{file}, fmt::format("task.split.{} is {}; give a share of 0 or more", to_string(part), share));
    }
    sum += share;
  }
  // 0.7 + 0.2 + 0.1 is a little more than 1 in binary, and 0.7 * 10 may be a little less than 7.
  constexpr double kTolerance = 1e-9;
  if (sum > 1 + kTolerance) {
    throw UserError(Place{file}, fmt::format("task.split: train {} + valid {} + test {} is more than 1; lower one",
                                             split.train, split.valid, split.test));
  }
  if (split.train == 0) throw UserError(Place{file}, "task.split.train is 0; give the training part a share");

  PartRanges ranges;
  double share = 0;
  int64_t begin = 0;
  for (size_t p = 0; p < shares.size(); ++p) {
    share += shares[p];
    const double end = std::floor(static_cast<double>(length) * (share + kTolerance));
    ranges.parts[p] = {begin, std::min(length, static_cast<int64_t>(end))};
    begin = ranges.parts[p].end;
  }
  return ranges;
}

}  // namespace recur::data
