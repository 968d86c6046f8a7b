#include "recur/random/stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace recur {
namespace {

// Known answers from the kat_vectors file that the authors of Philox publish with their code.
TEST(PhiloxTest, GivesThePublishedValues) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(StreamTest, DependsOnItsNameAndNotOnWhatWasDrawnElsewhere) {
  Stream a(1, 0, "init/W"), b(1, 0, "init/W"), c(1, 0, "init/U"), d(1, 1, "init/W");
  c.bits();
  const uint32_t first = a.bits();
  EXPECT_EQ(first, b.bits());
  EXPECT_NE(first, d.bits());
}

TEST(StreamTest, GoesOnFromAPosition) {
  Stream a(7);
  for (int i = 0; i < 11; ++i) a.bits();
  Stream b(7);
  b.seek(a.position());
  EXPECT_EQ(a.bits(), b.bits());
}

TEST(StreamTest, PermutesEveryIndexOnce) {
  Stream stream(3);
  std::vector<uint32_t> order = stream.permutation(1000);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (uint32_t i = 0; i < 1000; ++i) ASSERT_EQ(order[i], i);
}

TEST(StreamTest, NormalHasTheMomentsOfANormal) {
  Stream stream(5);
  double sum = 0, square = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = stream.normal();
    sum += x;
    square += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.02);
  EXPECT_NEAR(square / kDraws, 1, 0.02);
}

}  // namespace
}  // namespace recur
