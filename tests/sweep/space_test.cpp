#include "recur/sweep/space.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "cells.hpp"
#include "recur/random/stream.hpp"

namespace recur::sweep {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

std::vector<std::string> all(const Definition& definition) {
  std::vector<std::string> texts;
  for (const Point& point : points(definition)) texts.push_back(to_string(point));
  return texts;
}

std::vector<std::string> grid(const std::string& space) { return all(parse(sweep(space))); }

TEST(GridTest, TheLastParameterChangesFastest) {
  EXPECT_THAT(grid("{model.hidden: {choice: [8, 16]}, train.batch: {choice: [4, 2]}}"),
              ElementsAre("model.hidden=8 train.batch=4", "model.hidden=8 train.batch=2", "model.hidden=16 train.batch=4",
                          "model.hidden=16 train.batch=2"));
}

TEST(GridTest, NestedParametersExistOnlyUnderTheirChoice) {
  EXPECT_THAT(grid("{model.cell: {choice: [vanilla, {lstm: {model.hyper.forget_bias: {float: [0, 2], steps: 3}}}]}, seed: {choice: [1, 2]}}"),
              ElementsAre("model.cell=vanilla seed=1", "model.cell=vanilla seed=2",
                          "model.cell=lstm model.hyper.forget_bias=0 seed=1", "model.cell=lstm model.hyper.forget_bias=0 seed=2",
                          "model.cell=lstm model.hyper.forget_bias=1 seed=1", "model.cell=lstm model.hyper.forget_bias=1 seed=2",
                          "model.cell=lstm model.hyper.forget_bias=2 seed=1", "model.cell=lstm model.hyper.forget_bias=2 seed=2"));
  EXPECT_THAT(grid("{model.cell: {choice: {gru: {model.hidden: 7}, lstm: }}}"),
              ElementsAre("model.cell=gru model.hidden=7", "model.cell=lstm"));
}

TEST(GridTest, WhatTheCommandLineSetsHoldsAtEveryPoint) {
  const std::string text = sweep("{model.cell: {choice: [vanilla, {lstm: {model.hyper.forget_bias: {choice: [0, 1]}}}]}, model.hidden: {int: [3, 5]}}");
  const auto with = [&](std::vector<std::string> overrides) { return all(parse(text, std::move(overrides))); };
  // What depends on the choice stays.
  EXPECT_THAT(with({"model.cell=lstm", "model.hidden=4"}), ElementsAre("model.cell=lstm model.hyper.forget_bias=0 model.hidden=4",
                                                                        "model.cell=lstm model.hyper.forget_bias=1 model.hidden=4"));
  EXPECT_THAT(with({"model.cell=lstm", "model.hyper.forget_bias=1", "model.hidden=4"}), ElementsAre("model.cell=lstm model.hyper.forget_bias=1 model.hidden=4"));
  // A value that the space does not have.
  EXPECT_THAT(with({"model.cell=gru", "model.hidden=9"}), ElementsAre("model.cell=gru model.hidden=9"));
  EXPECT_THAT(mistakes(text, {"model.cell=gur"}), Contains("command line: model.cell: unknown cell 'gur'; did you mean 'gru'?"));
}

TEST(GridTest, SpecificationsGiveTheirValues) {
  struct Case {
    const char* space;
    std::vector<std::string> points;
  };
  const Case cases[] = {
      {"{model.hidden: {int: [3, 5]}}", {"model.hidden=3", "model.hidden=4", "model.hidden=5"}},
      {"{model.hidden: {int: [16, 64], log: true, steps: 3}}", {"model.hidden=16", "model.hidden=32", "model.hidden=64"}},
      {"{model.hidden: {int: [1, 3], steps: 5}}", {"model.hidden=1", "model.hidden=2", "model.hidden=3"}},
      {"{train.optimizer.lr: {float: [1e-3, 1e-2], log: true, steps: 3}}",
       {"train.optimizer.lr=0.001", "train.optimizer.lr=0.00316228", "train.optimizer.lr=0.01"}},
      {"{model.dropout: {float: [0, 0.3], steps: 4}}",
       {"model.dropout.rate=0", "model.dropout.rate=0.1", "model.dropout.rate=0.2", "model.dropout.rate=0.3"}},
      {"{train.optimizer.nesterov: {bool}, train.optimizer.kind: sgd, train.optimizer.momentum: 0.9}",
       {"train.optimizer.nesterov=false train.optimizer.kind=sgd train.optimizer.momentum=0.9",
        "train.optimizer.nesterov=true train.optimizer.kind=sgd train.optimizer.momentum=0.9"}},
      {"{train.clip_norm: {choice: [null, 1]}}", {"train.clip_norm=null", "train.clip_norm=1"}},
      {"{task.data.columns: {choice: [[a], [a, b]]}}", {"task.data.columns=[a]", "task.data.columns=[a, b]"}},
      {"{model.cell: {choice: [gru, lstm]}, model.hidden: }", {"model.cell=gru", "model.cell=lstm"}},
  };
  for (const Case& each : cases) EXPECT_EQ(grid(each.space), each.points) << each.space;
}

TEST(GridTest, ItsSizeIsKnownWithoutItsPoints) {
  for (const char* space : {"{model.hidden: {int: [3, 5]}, seed: {int: [1, 9], steps: 4}}",
                            "{model.cell: {choice: {gru: {seed: {choice: [1, 2, 3]}}, lstm: }}, train.batch: {choice: [1, 2]}}",
                            "{model.hidden: {int: [1, 3], steps: 5}}"}) {
    const Definition d = parse(sweep(space));
    EXPECT_EQ(grid_size(d.sweep->space), points(d).size()) << space;
  }
}

constexpr const char* kRandom = R"(
    model.cell: {choice: {gru: , lstm: {model.hyper.forget_bias: {float: [0, 2]}}}}
    train.optimizer.lr: {float: [1e-4, 1e-1], log: true}
    model.hidden: {int: [4, 7]}
    model.layers: {int: [1, 8], log: true}
)";

TEST(RandomTest, EveryPointIsItsOwn) {
  const Definition d = parse(sweep(kRandom, "{kind: random, trials: 5, seed: 3}"));
  const std::vector<Point> five = points(d);
  ASSERT_EQ(five.size(), 5u);
  EXPECT_EQ(to_string(five[4]), to_string(random_point(d.sweep->space, 3, 4)));
  EXPECT_NE(to_string(five[4]), to_string(random_point(d.sweep->space, 4, 4)));
  // Neither do parameters depend on one another: taking one away leaves the others as they were.
  const Definition without = parse(sweep("{train.optimizer.lr: {float: [1e-4, 1e-1], log: true}}", "{kind: random, trials: 5, seed: 3}"));
  for (size_t k = 0; k < 5; ++k) {
    const auto lr = to_string(points(without)[k]);
    EXPECT_NE(to_string(five[k]).find(lr), std::string::npos) << to_string(five[k]);
  }
}

TEST(RandomTest, DrawsFromTheStreamOfTheKey) {
  const Definition d = parse(sweep("{model.dropout: {float: [0, 0.5]}}", "{kind: random, trials: 1, seed: 7}"));
  const double drawn = Stream(7, 0, "sweep/model.dropout.rate").uniform(0, 0.5);
  EXPECT_NEAR(apply(d, points(d)[0]).model.dropout.rate, drawn, 1e-6);
}

TEST(RandomTest, GivesEachVariantEquallyManyPoints) {
  const Definition d = parse(sweep("{model.cell: {choice: [gru, lstm]}, model.hidden: {int: [8, 64]}}", "{kind: random, trials: 9}"));
  std::map<std::string, int> drawn;
  for (const Point& point : points(d)) ++drawn[apply(d, point).model.cell];
  EXPECT_THAT(drawn, ElementsAre(testing::Pair("gru", 5), testing::Pair("lstm", 4)));
}

TEST(RandomTest, CoversItsRangesEvenly) {
  const Definition d = parse(sweep(kRandom, "{kind: random, trials: 4000}"));
  std::map<std::string, int> seen;
  int small_rates = 0;
  for (const Point& point : points(d)) {
    for (const Setting& setting : point.settings) {
      if (setting.path != "train.optimizer.lr" && setting.path != "model.hyper.forget_bias") ++seen[setting.path + "=" + setting.value.text];
      if (setting.path == "train.optimizer.lr") {
        const double lr = *config::as_number(setting.value);
        EXPECT_TRUE(lr >= 1e-4 && lr <= 1e-1) << lr;
        small_rates += lr < std::sqrt(1e-4 * 1e-1) ? 1 : 0;
      }
    }
  }
  // Four standard deviations of a binomial count at most.
  EXPECT_NEAR(small_rates, 2000, 130);
  EXPECT_NEAR(seen["model.cell=gru"], 2000, 130);
  for (const char* hidden : {"4", "5", "6", "7"}) EXPECT_NEAR(seen[std::string("model.hidden=") + hidden], 1000, 110) << hidden;
  // One layer has the share log 2 / log 9 of the range 1 ... 9.
  EXPECT_NEAR(seen["model.layers=1"], 4000 * std::log(2) / std::log(9), 120);
  EXPECT_EQ(seen.count("model.layers=9"), 0u);
}

TEST(RandomTest, EveryPointMakesADefinition) {
  const Definition d = parse(sweep(kRandom, "{kind: random, trials: 50}"));
  std::set<std::string> hashes;
  for (const Point& point : points(d)) hashes.insert(trial_hash(apply(d, point)));
  EXPECT_EQ(hashes.size(), 50u);
}

TEST(SpaceTest, AnExtendingFileOrAnOverrideReplacesParametersWhole) {
  EXPECT_THAT(all(parse(sweep("{model.hidden: {int: [1, 9], steps: 3}, seed: {choice: [1, 2]}}"),
                        {"sweep.space.model.hidden={choice: [5]}", "sweep.space.seed=null"})),
              ElementsAre("model.hidden=5"));
}

}  // namespace
}  // namespace recur::sweep
