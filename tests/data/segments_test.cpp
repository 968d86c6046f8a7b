#include "../../core/data/segments.hpp"

#include <gmock/gmock.h>

namespace recur::data {
namespace {

TEST(EqualSegmentsTest, EndEveryFewStepsAndAtTheLast) {
  Sequences sequences;
  sequences.begin = {0, 7, 13, 14};
  const Boundaries boundaries = equal_segments(sequences, 3);
  EXPECT_THAT(boundaries.begin, ::testing::ElementsAre(0, 3, 5, 6));
  EXPECT_THAT(boundaries.ends, ::testing::ElementsAre(2, 5, 6, 2, 5, 0));
}

}  // namespace
}  // namespace recur::data
