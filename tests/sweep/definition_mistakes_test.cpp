#include <gmock/gmock.h>

#include <ostream>

#include "cells.hpp"

namespace recur::sweep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Case {
  std::string text;
  std::string message;
  friend void PrintTo(const Case& each, std::ostream* stream) { *stream << each.text; }
};

class DefinitionMistakeTest : public ::testing::TestWithParam<Case> {};

TEST_P(DefinitionMistakeTest, IsToldWithPlaceAndRemedy) {
  EXPECT_THAT(mistakes(GetParam().text), ElementsAre(GetParam().message));
}

std::string language(const std::string& more) {
  return "name: l\ntask: {kind: language_model, data: {text: a}}\nmodel: {cell: lstm}\n" + more;
}

std::string music(const std::string& data, const std::string& more = "") {
  return "name: m\ntask: {kind: music, data: {" + data + "}}\nmodel: {cell: gru}\n" + more;
}

TEST(DefinitionMistakesTest, AHiddenSizeOnTheCommandLineIsNotSilentlyReplacedByTheBudgets) {
  const std::string text = forecast("{cell: gru, hidden: 8}", "budget: {params: 1000}\n");
  EXPECT_THAT(mistakes(text), testing::IsEmpty());
  EXPECT_THAT(mistakes(text, {"model.hidden=32"}),
              ElementsAre("command line: model.hidden: budget.params decides the hidden size; add budget=null to choose it yourself"));
  EXPECT_THAT(mistakes(text, {"model.hidden=32", "budget=null"}), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Keys, DefinitionMistakeTest,
    ::testing::Values(
        Case{forecast("{cell: gru, hiden: 32}"), "x.yaml:3:20: model.hiden: unknown key; did you mean 'hidden'?"},
        Case{forecast("{cell: gur}"), "x.yaml:3:15: model.cell: unknown cell 'gur'; did you mean 'gru'?"},
        Case{forecast("{cell: transformer}"), "x.yaml:3:15: model.cell: unknown cell 'transformer'; known: vanilla, lstm, gru"},
        Case{forecast("{hidden: 3}"), "x.yaml:3:1: model.cell: missing; expected one of vanilla, lstm, gru (id of the recurrence; `recur cells` lists them)"},
        Case{"name: l\ntask: {kind: language_model, data: {text: a}}\nmodel: {cell: lstm, readout: mean}\n",
             "x.yaml:3:30: model.readout: a language_model has an output at every step; leave readout out"},
        Case{forecast("{cell: gru, hyper: {reset_afer: true}}"), "x.yaml:3:28: model.hyper.reset_afer: unknown key; did you mean 'reset_after'?"},
        Case{forecast("{cell: gru, hyper: {forget_bias: 1}}"),
             "x.yaml:3:28: model.hyper.forget_bias: cell 'gru' has no 'forget_bias', only lstm has; remove it"},
        Case{forecast("{cell: lstm, hyper: {forget_bias: 11}}"), "x.yaml:3:42: model.hyper.forget_bias: must be at least -10 and at most 10, got 11"},
        Case{forecast("{cell: lstm, hyper: {forget_bias: big}}"),
             "x.yaml:3:42: model.hyper.forget_bias: expected a number (initial bias of the forget gate), got 'big'"},
        Case{forecast("{cell: lstm, hyper: {peepholes: 1}}"), "x.yaml:3:40: model.hyper.peepholes: expected true or false, got '1'"},
        Case{forecast("{cell: gru, hyper: {groups: 1.5}}"), "x.yaml:3:36: model.hyper.groups: expected an integer, got '1.5'"},
        Case{forecast("{cell: vanilla, hyper: {activation: tanhh}}"),
             "x.yaml:3:44: model.hyper.activation: unknown activation 'tanhh'; did you mean 'tanh'?"},
        Case{forecast("{cell: gru, dropout: 1}"), "x.yaml:3:29: model.dropout.rate: must be at least 0 and less than 1, got 1"},
        Case{forecast("{cell: gru, init: torch}"), "x.yaml:3:26: model.init.scheme: unknown scheme 'torch'; did you mean 'pytorch'?"},
        Case{forecast("{cell: gru, characters: 8}"),
             "x.yaml:3:20: model.characters: is for tasks whose tokens are words of which the spelling is told, and task.kind is forecast; leave it out"},
        Case{"name: t\ntask: {kind: tagging, data: {train: a}}\nmodel: {cell: gru, characters: 8}",
             "x.yaml:3:20: model.characters: needs to know how words are spelled; set task.characters, such as task.characters=16"},
        Case{"name: t\ntask: {kind: tagging, data: {train: a}, characters: 9}\nmodel: {cell: gru, characters: {cell: gur, hidden: 8}}",
             "x.yaml:3:39: model.characters.cell: unknown cell 'gur'; did you mean 'gru'?"},
        Case{forecast("{cell: gru, dropout: {words: 0.1}}"),
             "x.yaml:3:37: model.dropout.words: takes tokens for <unk>, and a task of kind forecast has none; leave it out"},
        Case{"name: d\ntask: {kind: density, data: {csv: a}}\nmodel: {cell: gru, dropout: {words: 0.1}}\n",
             "x.yaml:3:37: model.dropout.words: takes tokens for <unk>, and a task of kind density has none; leave it out"},
        Case{"name: a\ntask: {kind: anomaly, data: {train: a, test: a}}\nmodel: {cell: gru, dropout: {words: 0.1}}\n",
             "x.yaml:3:37: model.dropout.words: takes tokens for <unk>, and a task of kind anomaly has none; leave it out"},
        Case{"name: c\ntask: {kind: classification, data: {format: ucr, train: a, test: a}}\nmodel: {cell: gru, dropout: {words: 0.1}}\n",
             "x.yaml:3:37: model.dropout.words: takes tokens for <unk>, and sequences of format ucr are values; leave it out"},
        Case{forecast("{cell: gru, crf: true}"), "x.yaml:3:25: model.crf: is for tasks that tag every word of a sentence, and task.kind is forecast; leave it out"},
        Case{forecast("{cell: gru}", "train: {optimizer: {kind: sgd, beta1: 0.9}}"),
             "x.yaml:4:32: train.optimizer.beta1: kind 'sgd' has no 'beta1', only adam, adamw have; remove it"},
        Case{forecast("{cell: gru}", "train: {optimizer: {kind: sgd, nesterov: true}}"),
             "x.yaml:4:42: train.optimizer.nesterov: needs train.optimizer.momentum above 0, such as 0.9"},
        Case{forecast("{cell: gru}", "train: {schedule: {every: 3}}"),
             "x.yaml:4:20: train.schedule.every: kind 'constant' has no 'every', only step has; remove it"},
        Case{forecast("{cell: gru}", "train: {lr: 0.1}"), "x.yaml:4:9: train.lr: unknown key; did you mean train.optimizer.lr?"},
        Case{forecast("{cell: gru}", "", "unit: word"), "x.yaml:2:60: task.unit: kind 'forecast' has no 'unit', only language_model has; remove it"},
        Case{forecast("{cell: gru}", "", "split: {train: 0.9, valid: 0.2}"),
             "x.yaml:2:60: task.split: train, valid and test are 0.9 + 0.2 + 0.15 = 1.25; they may sum to at most 1"},
        Case{music("format: midi, json: a, train: b"), "x.yaml:2:42: task.data.json: format 'midi' has no 'json', only json has; remove it"},
        Case{music("json: a, steps_per_quarter: 4"),
             "x.yaml:2:37: task.data.steps_per_quarter: format 'json' has no 'steps_per_quarter', only midi has; remove it"},
        Case{forecast("{cell: gru}", "budget: {}"), "x.yaml:4:1: budget.params: missing; expected an integer (trainable parameters; "
                                                    "each variant gets the hidden size that comes nearest)"},
        Case{forecast("{cell: gru}", "replicates: 0"), "x.yaml:4:13: replicates: must be at least 1, got 0"},
        Case{"name: a/b\ntask: {kind: forecast, data: {csv: a}, window: 1}\nmodel: {cell: gru}",
             "x.yaml:1:7: name: 'a/b' cannot name a directory; use letters, digits, '-', '_' and '.', a letter or digit first"},
        Case{"name: a\ntask: {kind: forcast}\nmodel: {cell: gru}", "x.yaml:2:14: task.kind: unknown kind 'forcast'; did you mean 'forecast'?"}));

std::string speech(const std::string& data, const std::string& split) {
  return "name: s\nmodel: {cell: gru}\ntask:\n  kind: classification\n  data: {" + data + "}\n  split: {" + split + "}\n";
}

INSTANTIATE_TEST_SUITE_P(
    Recordings, DefinitionMistakeTest,
    ::testing::Values(
        Case{speech("format: audio, file: a", "valid: 0"), "x.yaml:5:3: task.data.name: missing; expected a text (what the files' names tell, such as '{label}_{speaker}_{index}')"},
        Case{speech("format: audio, file: a, name: '{speaker}'", "valid: 0"),
             "x.yaml:5:40: task.data.name: '{speaker}' does not say where the class stands, {label}; write it like '{label}_{speaker}_{index}'"},
        Case{speech("format: audio, file: a, name: '{label}_{index}'", "test_where: indx=0-4"),
             "x.yaml:6:23: task.split.test_where: task.data.name has no field 'indx'; did you mean 'index'?"},
        Case{speech("format: audio, file: a, name: '{label}_{index}'", "test_where: index=0-4, folds: 5"),
             "x.yaml:6:23: task.split.test_where: says what the test part is; leave out folds, train_rows and test_rows, or test_where"},
        Case{speech("format: table, file: a", "test_where: index=0-4"),
             "x.yaml:6:23: task.split.test_where: picks by the names of recordings, which table has not; leave it out"},
        Case{speech("format: audio, file: a, name: '{label}', features: {kind: mfcc, coefficients: 41}", "valid: 0"),
             "x.yaml:5:88: task.data.features.coefficients: 41 of 40 filters; ask for at most as many as there are filters"},
        Case{speech("format: audio, file: a, name: '{label}', features: {coefficients: 13}", "valid: 0"),
             "x.yaml:5:62: task.data.features.coefficients: kind 'log_mel' has no 'coefficients', only mfcc has; remove it"},
        Case{speech("format: table, file: a, features: {kind: mfcc}", "valid: 0"),
             "x.yaml:5:34: task.data.features: format 'table' has no 'features', only audio has; remove it"}));

std::string spoken_density(const std::string& data, const std::string& more) {
  return "name: s\nmodel: {cell: gru}\ntask:\n  kind: density\n  data: {" + data + "}\n  " + more + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    DensityOfRecordings, DefinitionMistakeTest,
    ::testing::Values(
        Case{spoken_density("format: audio", ""), "x.yaml:5:3: task.data.file: missing; expected a text (a folder or an archive of recordings)"},
        Case{spoken_density("format: audio, file: a, test_where: index=0-4", ""),
             "x.yaml:5:46: task.data.test_where: picks by what the files' names tell; say it with task.data.name, such as '{speaker}_{index}'"},
        Case{spoken_density("format: audio, file: a, name: '{index}', test_where: indx=0-4", ""),
             "x.yaml:5:63: task.data.test_where: task.data.name has no field 'indx'; did you mean 'index'?"},
        Case{spoken_density("format: audio, file: a, valid_share: 0", "\ntrain: {early_stopping: {metric: valid/nll}}"),
             "x.yaml:7:34: train.early_stopping.metric: 'valid/nll' needs a validation part, but task.data.valid_share is 0; raise it or use train/nll"},
        Case{spoken_density("csv: a, test_where: index=0-4", ""),
             "x.yaml:5:18: task.data.test_where: format 'csv' has no 'test_where', only audio has; remove it"}));

std::string folds(const std::string& data, const std::string& split, const std::string& more = "") {
  return "name: f\ntask: {kind: classification, data: {" + data + "}, split: {" + split + "}}\nmodel: {cell: gru}\n" + more;
}

INSTANTIATE_TEST_SUITE_P(
    Folds, DefinitionMistakeTest,
    ::testing::Values(
        Case{folds("file: a", "folds: 3, fold: 4"), "x.yaml:2:71: task.split.fold: 4 of 3 folds; give 1 to 3"},
        Case{folds("file: a", "fold: 0"), "x.yaml:2:61: task.split.fold: 0 gives each replicate a fold of its own, but task.split.folds is 0; say how many folds there are"},
        Case{folds("file: a", "folds: 3, fold: 0", "replicates: 4"),
             "x.yaml:4:13: replicates: 4 replicates, but task.split.fold 0 gives each a fold of its own and there are 3; give 1 to 3"},
        Case{folds("format: ucr, train: a, test: b", "folds: 3"), "x.yaml:2:85: task.split.folds: ucr has a test file of its own; leave out folds"},
        Case{folds("format: documents, file: a, fold_pattern: 'x'", "valid: 0"),
             "x.yaml:2:79: task.data.fold_pattern: needs task.split.folds, the number of folds; give it, or leave the pattern out"},
        Case{folds("file: a, fold_pattern: x", "valid: 0"),
             "x.yaml:2:46: task.data.fold_pattern: format 'table' has no 'fold_pattern', only documents has; remove it"}));

TEST(DefinitionMistakesTest, TellThatAPatternIsNoRegularExpression) {
  EXPECT_THAT(mistakes(folds("format: documents, file: a, class_pattern: '('", "valid: 0")),
              ElementsAre(HasSubstr("x.yaml:2:80: task.data.class_pattern: '(' is no regular expression: ")));
}

INSTANTIATE_TEST_SUITE_P(
    Metrics, DefinitionMistakeTest,
    ::testing::Values(
        Case{forecast("{cell: gru}", "train: {early_stopping: {metric: valid/rsme}}"),
             "x.yaml:4:34: train.early_stopping.metric: unknown metric 'valid/rsme'; did you mean 'valid/rmse'?"},
        Case{forecast("{cell: gru}", "train: {early_stopping: {metric: rmse}}"),
             "x.yaml:4:34: train.early_stopping.metric: unknown metric 'rmse'; did you mean 'valid/rmse'?"},
        Case{forecast("{cell: gru}", "train: {early_stopping: {metric: test/rmse}}"),
             "x.yaml:4:34: train.early_stopping.metric: 'test/rmse' would let the test part choose; use valid/rmse"},
        Case{forecast("{cell: gru}", "train: {early_stopping: {metric: valid/accuracy}}"),
             "x.yaml:4:34: train.early_stopping.metric: unknown metric 'valid/accuracy'; known: valid/loss, valid/rmse, valid/mae, "
             "valid/mase, train/loss, train/rmse, train/mae, train/mase"},
        Case{forecast("{cell: gru}", "train: {early_stopping: {metric: valid/mae}}", "split: {valid: 0}"),
             "x.yaml:4:34: train.early_stopping.metric: 'valid/mae' needs a validation part, but task.split.valid is 0; raise it or use train/mae"},
        Case{music("format: midi, train: a", "train: {early_stopping: {metric: valid/nll}}"),
             "x.yaml:4:34: train.early_stopping.metric: 'valid/nll' needs a validation part; give task.data.valid or use train/nll"},
        Case{language("train: {early_stopping: {metric: valid/bits_per_word}}"),
             "x.yaml:4:34: train.early_stopping.metric: unknown metric 'valid/bits_per_word'; did you mean 'valid/bits_per_character'?"},
        Case{language("sweep: {objective: {metric: test/accuracy}, space: {seed: {choice: [1]}}}"),
             "x.yaml:4:29: sweep.objective.metric: 'test/accuracy' would let the test part choose; use valid/accuracy"},
        Case{language("sweep: {objective: {metric: valid/accuracy, goal: min}, space: {seed: {choice: [1]}}}"),
             "x.yaml:4:51: sweep.objective.goal: min of valid/accuracy would choose the worst; write max or leave goal out"}));

TEST(DefinitionMistakesTest, AreToldAllAtOnceInTheOrderOfTheFile) {
  EXPECT_THAT(mistakes("tsk: 1\nmodel: {cell: gur, layers: 0}\nreplicates: two\n", {"train.epcohs=5", "nonsense"}),
              ElementsAre("command line: 'nonsense' is no override; write key.path=value, such as train.epochs=5",
                          "command line: train.epcohs: unknown key; did you mean 'epochs'?",
                          "x.yaml: name: missing; expected a text (names the results' directory)",
                          "x.yaml: task: missing; expected a map of keys (what is learned, from which data)",
                          "x.yaml:1:1: tsk: unknown key; did you mean 'task'?",
                          "x.yaml:2:15: model.cell: unknown cell 'gur'; did you mean 'gru'?",
                          "x.yaml:2:28: model.layers: must be at least 1 and at most 1024, got 0",
                          "x.yaml:3:13: replicates: expected an integer (trainings of each variant, with paired seeds), got 'two'"));
}

TEST(DefinitionMistakesTest, TellThatNoCellCanBeUsed) {
  LoadOptions none{.cells = std::make_shared<const Cells>(), .find_files = false};
  try {
    parse_definition(forecast(), "x.yaml", none);
    FAIL() << "did not throw";
  } catch (const UserError& error) {
    EXPECT_THAT(error.messages(), ElementsAre(HasSubstr("x.yaml:3:15: model.cell: no cell can be used; `recur cells` tells")));
  }
}

}  // namespace
}  // namespace recur::sweep
