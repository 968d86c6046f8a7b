#include <gmock/gmock.h>

#include <ostream>

#include "cells.hpp"

namespace recur::sweep {
namespace {

using ::testing::ElementsAre;

struct Case {
  std::string space;
  std::string message;
  std::string sampler = "grid";
  friend void PrintTo(const Case& each, std::ostream* stream) { *stream << each.space; }
};

class SpaceMistakeTest : public ::testing::TestWithParam<Case> {};

TEST_P(SpaceMistakeTest, IsToldWithPlaceAndRemedy) {
  EXPECT_THAT(mistakes(sweep(GetParam().space, GetParam().sampler)), ElementsAre(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Paths, SpaceMistakeTest,
    ::testing::Values(
        Case{"{model.hiden: {choice: [1]}}", "x.yaml:6:11: sweep.space.model.hiden: unknown key; did you mean 'model.hidden'?"},
        Case{"{lr: {choice: [1]}}", "x.yaml:6:11: sweep.space.lr: unknown key; did you mean 'train.optimizer.lr'?"},
        Case{"{what: {choice: [1]}}",
             "x.yaml:6:11: sweep.space.what: unknown key; give a key of the definition by its whole path, such as model.hidden"},
        Case{"{name: {choice: [a]}}", "x.yaml:6:11: sweep.space.name: this key cannot vary in a sweep; remove it"},
        Case{"{replicates: {choice: [2]}}", "x.yaml:6:11: sweep.space.replicates: this key cannot vary in a sweep; remove it"},
        Case{"{budget.params: {choice: [2]}}", "x.yaml:6:11: sweep.space.budget.params: this key cannot vary in a sweep; remove it"},
        Case{"{model: {choice: [2]}}", "x.yaml:6:11: sweep.space.model: a group of keys; name one of them, such as model.cell"},
        Case{"{model.dropout: 0.1, model.dropout.rate: 0.2}",
             "x.yaml:6:31: sweep.space.model.dropout.rate: the space has model.dropout.rate twice here; remove one of them"},
        Case{"{model.hidden: 3, model.cell: {choice: {gru: {model.hidden: 4}}}}",
             "x.yaml:6:56: sweep.space.model.hidden: the space has model.hidden twice here; remove one of them"},
        Case{"{}", "x.yaml:6:3: sweep.space: empty; name a key that varies or remove sweep"},
        Case{"[a]", "x.yaml:6:10: sweep.space: expected keys with their values, such as model.hidden: {choice: [16, 32]}, got a list"}));

INSTANTIATE_TEST_SUITE_P(
    Specifications, SpaceMistakeTest,
    ::testing::Values(
        Case{"{model.hidden: {}}",
             "x.yaml:6:25: sweep.space.model.hidden: expected one of choice: [...], float: [lowest, highest], int: [lowest, highest], bool"},
        Case{"{model.hidden: {ints: [1, 2]}}", "x.yaml:6:26: sweep.space.model.hidden.ints: unknown key; did you mean 'int'?"},
        Case{"{model.hidden: {int: [1, 2], choice: [3]}}", "x.yaml:6:39: sweep.space.model.hidden: both int and choice; keep one"},
        Case{"{model.hidden: {choice: [3], log: true}}",
             "x.yaml:6:39: sweep.space.model.hidden.log: belongs to float and int; remove it or the choice"},
        Case{"{model.hidden: {choice: []}}", "x.yaml:6:34: sweep.space.model.hidden: expected a list of values, choice: [a, b], got none"},
        Case{"{model.hidden: {choice: 3}}", "x.yaml:6:34: sweep.space.model.hidden: expected a list of values, choice: [a, b], got '3'"},
        Case{"{model.hidden: {choice: [3, 4, 3]}}", "x.yaml:6:41: sweep.space.model.hidden: the choice has 3 twice; remove one"},
        Case{"{model.cell: {choice: {gru: 3}}}",
             "x.yaml:6:38: sweep.space.model.cell: expected the keys that vary below gru, got '3'; write {} where none do"},
        Case{"{model.hidden: {float: [1, 2], steps: 2}}", "x.yaml:6:26: sweep.space.model.hidden: an integer; write int: [1, 2]"},
        Case{"{task.unit: {int: [1, 2]}}", "x.yaml:6:23: sweep.space.task.unit: not a number; list its values, choice: [a, b]"},
        Case{"{model.hidden: {int: [1]}}",
             "x.yaml:6:31: sweep.space.model.hidden: expected int: [lowest, highest], two integers, got [1]"},
        Case{"{model.hidden: {int: [1, 2.5]}}",
             "x.yaml:6:31: sweep.space.model.hidden: expected int: [lowest, highest], two integers, got [1, 2.5]"},
        Case{"{train.optimizer.lr: {float: [a, 1], steps: 2}}",
             "x.yaml:6:39: sweep.space.train.optimizer.lr: expected float: [lowest, highest], two numbers, got [a, 1]"},
        Case{"{model.hidden: {int: [4, 2]}}", "x.yaml:6:31: sweep.space.model.hidden: the lowest value has to be below the highest, got [4, 2]"},
        Case{"{model.dropout: {float: [0, 0.5], log: true, steps: 2}}",
             "x.yaml:6:34: sweep.space.model.dropout: log needs a lowest value above 0, got 0"},
        Case{"{model.hidden: {int: [1, 2], log: 3}}", "x.yaml:6:44: sweep.space.model.hidden.log: expected true or false, got '3'"},
        Case{"{model.hidden: {int: [1, 9], steps: 1}}",
             "x.yaml:6:46: sweep.space.model.hidden.steps: expected an integer of at least 2, got '1'"}));

INSTANTIATE_TEST_SUITE_P(
    Values, SpaceMistakeTest,
    ::testing::Values(
        Case{"{model.hidden: {choice: [16, many]}}", "x.yaml:6:39: model.hidden: expected an integer (hidden size H), got 'many'"},
        Case{"{model.hidden: {int: [0, 2]}}", "x.yaml:6:25: model.hidden: must be at least 1 and at most 1048576, got 0"},
        Case{"{model.dropout: {float: [0.5, 1.5]}}", "x.yaml:6:26: model.dropout.rate: must be at least 0 and less than 1, got 1.5",
             "{kind: random, trials: 3}"},
        Case{"{model.cell: {choice: [gru, ltsm]}}", "x.yaml:6:38: model.cell: unknown cell 'ltsm'; did you mean 'lstm'?"},
        Case{"{model.cell: {choice: [gru, {lstm: {model.hyper.reset_after: {bool: }}}]}}",
             "x.yaml:6:72: model.hyper.reset_after: cell 'lstm' has no 'reset_after', only gru has; put it under the choice that has it"},
        Case{"{model.cell: {choice: [lstm, gru]}, model.hyper.forget_bias: {choice: [0, 1]}}",
             "x.yaml:6:81: model.hyper.forget_bias: cell 'gru' has no 'forget_bias', only lstm has; put it under the choice that has it"},
        Case{"{model.cell: {choice: {lstm: {model.hyper.forget_bias: {float: [0, 20], steps: 2}}}}}",
             "x.yaml:6:65: model.hyper.forget_bias: must be at least -10 and at most 10, got 20"},
        Case{"{train.optimizer: {choice: [adam, sdg]}}", "x.yaml:6:44: train.optimizer.kind: unknown kind 'sdg'; did you mean 'sgd'?"},
        Case{"{task.split.train: {choice: [0.7, 0.8]}}",
             "x.yaml:6:44: task.split: train, valid and test are 0.8 + 0.15 + 0.15 = 1.1; they may sum to at most 1"}));

INSTANTIATE_TEST_SUITE_P(
    Grids, SpaceMistakeTest,
    ::testing::Values(
        Case{"{train.optimizer.lr: {float: [0.1, 0.2]}}",
             "x.yaml:6:31: sweep.space.train.optimizer.lr: a grid needs to know how many values to try; add steps: 3, or sample with kind: random"},
        Case{"{model.hidden: {int: [1, 5000]}}",
             "x.yaml:6:25: sweep.space.model.hidden: a grid would try 5000 values; add steps: 5, or sample with kind: random"},
        Case{"{model.hidden: {int: [1, 900]}, seed: {int: [1, 900]}}",
             "x.yaml:6:3: sweep.space: the grid has 810000 points, more than 100000; take fewer values or sample with kind: random"},
        Case{"{model.hidden: {int: [1, 2]}}", "x.yaml:5:12: sweep.sampler.kind: unknown kind 'bayes'; known: grid, random", "bayes"},
        Case{"{model.hidden: {int: [1, 2]}}", "x.yaml:5:3: sweep.sampler.trials: missing; expected an integer (points that are drawn)", "random"},
        Case{"{model.hidden: {int: [1, 2]}}", "x.yaml:5:25: sweep.sampler.trials: kind 'grid' has no 'trials', only random has; remove it",
             "{kind: grid, trials: 3}"}));

TEST(SpaceMistakesTest, ABudgetDecidesTheHiddenSizeAlone) {
  EXPECT_THAT(mistakes(sweep("{model.hidden: {choice: [1, 2]}}") + "budget: {params: 100}\n"),
              ElementsAre("x.yaml:6:25: sweep.space.model.hidden: budget.params decides the hidden size; remove one of the two"));
}

TEST(SpaceMistakesTest, AnObjectiveHasToBeKnownToEveryTask) {
  EXPECT_THAT(mistakes("name: a\ntask: {kind: forecast, window: 3, data: {csv: a}}\nmodel: {cell: gru}\nsweep:\n  objective: valid/rmse\n"
                       "  space: {task.kind: {choice: {forecast: , language_model: {task.data.text: b}}}}"),
              ElementsAre("x.yaml:5:14: sweep.objective.metric: language_model has no valid/rmse; use valid/loss, which every task has"));
}

TEST(SpaceMistakesTest, ASweepNeedsASpace) {
  EXPECT_THAT(mistakes(forecast("{cell: gru}", "sweep: {sampler: grid}")),
              ElementsAre("x.yaml:4:1: sweep.space: missing; expected a map (the keys that vary, each with its values)"));
}

}  // namespace
}  // namespace recur::sweep
