#include "recur/train/schedule.hpp"

#include <gtest/gtest.h>

#include "recur/error/error.hpp"

namespace recur::train {
namespace {

TEST(Schedule, ConstantStaysAtOne) {
  const Schedule schedule({.kind = "constant"}, 10, 5);
  for (const int64_t update : {0, 7, 49}) EXPECT_EQ(schedule.factor(update), 1);
}

TEST(Schedule, WarmUpRisesLinearlyAndMultipliesTheSchedule) {
  const Schedule constant({.kind = "constant", .warmup = 4}, 10, 5);
  const double expected[] = {0.25, 0.5, 0.75, 1, 1};
  for (int64_t u = 0; u < 5; ++u) EXPECT_DOUBLE_EQ(constant.factor(u), expected[u]);
  const Schedule step({.kind = "step", .warmup = 20, .every = 1, .gamma = 0.5}, 10, 10);
  EXPECT_DOUBLE_EQ(step.factor(11), 0.5 * 12.0 / 20);
}

TEST(Schedule, StepMultipliesByGammaEverySoManyEpochs) {
  const Schedule schedule({.kind = "step", .warmup = 0, .every = 2, .gamma = 0.1}, 10, 3);
  EXPECT_DOUBLE_EQ(schedule.factor(5), 1);      // epoch 1
  EXPECT_DOUBLE_EQ(schedule.factor(6), 0.1);    // epoch 2
  EXPECT_DOUBLE_EQ(schedule.factor(11), 0.1);
  EXPECT_NEAR(schedule.factor(12), 0.01, 1e-15);  // epoch 4
}

// floor + (1 - floor) (1 + cos(pi p)) / 2 with floor 0.2 at p = 0, 1/4, 1/2, 3/4, 1: worked by hand.
TEST(Schedule, CosineFallsFromOneToItsFloorAfterTheWarmUp) {
  const Schedule schedule({.kind = "cosine", .warmup = 2, .every = 1, .gamma = 0.1, .floor = 0.2}, 5, 2);  // 10 updates
  EXPECT_DOUBLE_EQ(schedule.factor(1), 1);
  EXPECT_DOUBLE_EQ(schedule.factor(2), 1);
  EXPECT_NEAR(schedule.factor(4), 0.2 + 0.8 * (1 + 0.70710678118654752) / 2, 1e-12);
  EXPECT_NEAR(schedule.factor(6), 0.6, 1e-12);
  EXPECT_NEAR(schedule.factor(8), 0.2 + 0.8 * (1 - 0.70710678118654752) / 2, 1e-12);
  EXPECT_NEAR(schedule.factor(10), 0.2, 1e-12);
  EXPECT_NEAR(schedule.factor(99), 0.2, 1e-12);
}

TEST(Schedule, PlateauReducesAfterMoreThanPatienceEpochsWithoutImprovement) {
  Schedule schedule({.kind = "plateau", .warmup = 0, .every = 1, .gamma = 0.5, .floor = 0.2, .patience = 1}, 20, 1);
  const auto after = [&](std::initializer_list<bool> epochs) {
    for (const bool improved : epochs) schedule.end_epoch(improved);
    return schedule.factor(0);
  };
  EXPECT_EQ(after({true, false}), 1);
  EXPECT_EQ(after({true, false, false}), 0.5);
  EXPECT_EQ(after({false}), 0.5);
  EXPECT_EQ(after({false}), 0.25);
  EXPECT_EQ(after({false, false}), 0.2);  // not below the floor
}

TEST(Schedule, PlateauGoesOnFromItsState) {
  const ScheduleOptions options{.kind = "plateau", .warmup = 0, .every = 1, .gamma = 0.5, .floor = 0, .patience = 2};
  Schedule whole(options, 9, 1), resumed(options, 9, 1);
  whole.end_epoch(false);
  whole.end_epoch(false);
  resumed.set_state(whole.state());
  resumed.end_epoch(false);
  EXPECT_EQ(resumed.factor(0), 0.5);
}

TEST(Schedule, NamesTheNearestKind) { EXPECT_THROW(Schedule({.kind = "cosin"}, 1, 1), UserError); }

}  // namespace
}  // namespace recur::train
