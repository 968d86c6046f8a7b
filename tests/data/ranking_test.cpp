#include "recur/data/ranking.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace recur::data {
namespace {

TEST(RankingTest, CountsByHand) {
  // In falling order: anomalous, normal, anomalous, normal.
  const Ranking r = rank({{0.1, false}, {0.35, true}, {0.4, false}, {0.8, true}});
  EXPECT_DOUBLE_EQ(r.roc_auc, 3.0 / 4);                           // of four pairs only 0.35 and 0.4 are the wrong way round
  EXPECT_DOUBLE_EQ(r.average_precision, 0.5 * 1 + 0.5 * 2.0 / 3);
  EXPECT_DOUBLE_EQ(r.f1, 2 * 2.0 / (3 + 2));                      // three called anomalous; at 0.8 alone it is 2/3
  EXPECT_DOUBLE_EQ(r.threshold, 0.35);
  EXPECT_DOUBLE_EQ(r.precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(r.recall, 1);
  EXPECT_EQ(r.hits, 2);
  EXPECT_EQ(r.false_alarms, 1);
}

TEST(RankingTest, TiesCountHalfAndShareAThreshold) {
  const Ranking r = rank({{1, true}, {1, false}, {1, false}, {2, true}});
  EXPECT_DOUBLE_EQ(r.roc_auc, (2 + 2 * 0.5) / 4);
  EXPECT_DOUBLE_EQ(r.average_precision, 0.5 * 1 + 0.5 * 2.0 / 4);
  EXPECT_DOUBLE_EQ(r.f1, 2.0 / 3);  // both at 2 alone and at 1: the higher threshold is kept
  EXPECT_DOUBLE_EQ(r.threshold, 2);
  EXPECT_DOUBLE_EQ(r.precision, 1);
  EXPECT_DOUBLE_EQ(r.recall, 0.5);
}

TEST(RankingTest, OneScoreForAllIsChance) {
  const Ranking r = rank({{0, true}, {0, false}, {0, false}, {0, false}});
  EXPECT_DOUBLE_EQ(r.roc_auc, 0.5);
  EXPECT_DOUBLE_EQ(r.average_precision, 0.25);
  EXPECT_DOUBLE_EQ(r.f1, 2 * 0.25 / 1.25);
}

TEST(RankingTest, OrderIsTheOnlyThingThatCounts) {
  const Ranking perfect = rank({{-5, false}, {std::numeric_limits<double>::infinity(), true}, {-6, false}, {7, true}});
  EXPECT_DOUBLE_EQ(perfect.roc_auc, 1);
  EXPECT_DOUBLE_EQ(perfect.average_precision, 1);
  EXPECT_DOUBLE_EQ(perfect.f1, 1);
  EXPECT_DOUBLE_EQ(perfect.threshold, 7);
  EXPECT_DOUBLE_EQ(rank({{1, true}, {2, false}}).roc_auc, 0);
}

TEST(RankingTest, IsUndefinedForOneKindAloneAndForScoresThatAreNone) {
  for (const Ranking& r : {rank({}), rank({{1, true}, {2, true}}), rank({{1, false}}), rank({{1, false}, {std::nan(""), true}})})
    for (const double value : {r.roc_auc, r.average_precision, r.f1, r.precision, r.recall, r.threshold}) EXPECT_TRUE(std::isnan(value));
  EXPECT_EQ(rank({{1, true}, {2, true}}).anomalous, 2);
  EXPECT_EQ(rank({{1, false}}).normal, 1);
}

}  // namespace
}  // namespace recur::data
