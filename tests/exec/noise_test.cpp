// The noise kernels give the numbers that noise.hpp defines.
#include "recur/exec/noise.hpp"

#include <cmath>

#include "kernel_fixture.hpp"
#include "kernels.hpp"

namespace recur::exec {
namespace {

constexpr uint64_t kSeed = 0x123456789abcdef, kUpdate = 3, kStream = 0xfeedbeefcafe;

using Noise = OnEachTarget;

TEST_P(Noise, UniformIsBitEqualToTheDefinition) {
  for (const size_t n : {0u, 1u, 3u, 4u, 17u, 63u, 64u, 65u, 1000u}) {
    std::vector<float> out(n + 1, 9.0f);
    fill_uniform(kSeed, kUpdate, kStream, 5, n, out.data());
    for (size_t i = 0; i < n; ++i) ASSERT_EQ(double{out[i]}, uniform_at(kSeed, kUpdate, kStream, 5, i)) << i << " of " << n;
    EXPECT_EQ(out[n], 9.0f);
  }
}

TEST_P(Noise, NormalIsWithinAMillionthOfTheDefinition) {
  const size_t n = 100003;
  std::vector<float> out(n);
  fill_normal(kSeed, kUpdate, kStream, 5, n, out.data());
  for (size_t i = 0; i < n; ++i) {
    const double exact = normal_at(kSeed, kUpdate, kStream, 5, i);
    ASSERT_NEAR(out[i], exact, 1e-6 * std::abs(exact) + 1e-12) << i;
  }
}

TEST(NoiseDefinition, HasTheMomentsOfItsDistributions) {
  double sum = 0, squares = 0, fourth = 0, uniform_sum = 0;
  constexpr int kDraws = 100000;
  for (uint64_t i = 0; i < kDraws; ++i) {
    const double x = normal_at(1, 2, 3, 4, i);
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
    const double u = uniform_at(1, 2, 3, 4, i);
    ASSERT_TRUE(u >= 0 && u < 1);
    uniform_sum += u;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1, 0.02);
  EXPECT_NEAR(fourth / kDraws, 3, 0.15);
  EXPECT_NEAR(uniform_sum / kDraws, 0.5, 0.005);
}

TEST(NoiseDefinition, DiffersInEveryPartOfItsKey) {
  const double base = uniform_at(1, 2, 3, 4, 5);
  EXPECT_NE(base, uniform_at(9, 2, 3, 4, 5));
  EXPECT_NE(base, uniform_at(1, 9, 3, 4, 5));
  EXPECT_NE(base, uniform_at(1, 2, 9, 4, 5));
  EXPECT_NE(base, uniform_at(1, 2, uint64_t{3} << 40, 4, 5));
  EXPECT_NE(base, uniform_at(1, 2, 3, 9, 5));
  EXPECT_NE(base, uniform_at(1, 2, 3, 4, 9));
}

RECUR_ON_EACH_TARGET(Noise);

}  // namespace
}  // namespace recur::exec
