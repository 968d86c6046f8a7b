#include "recur/sweep/definition.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cells.hpp"

namespace recur::sweep {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr const char* kWhole = R"(
name: sunspots
about: Monthly mean sunspot number, one month ahead.
task:
  kind: forecast
  data: {csv: data/sunspots.csv, columns: [mean]}
  window: 132
  horizon: 1
  split: {train: 0.7, valid: 0.15, test: 0.15}      # in time order
model: {cell: gru, hidden: 32, layers: 1, dropout: 0.2, init: pytorch}
train:
  optimizer: {kind: adam, lr: 3e-3}
  epochs: 40
  batch: 32
  clip_norm: 1.0
  early_stopping: {metric: valid/rmse, patience: 6}
replicates: 5
sweep:
  sampler: {kind: grid}
  objective: {metric: valid/rmse, goal: min}
  space:
    model.cell: {choice: [vanilla, lstm, gru]}
    train.optimizer.lr: {float: [1e-3, 1e-2], log: true, steps: 3}
)";

TEST(DefinitionTest, ReadsWhatTheContractShows) {
  const Definition d = parse(kWhole);
  EXPECT_EQ(d.name, "sunspots");
  EXPECT_EQ(d.seed, 1);
  EXPECT_EQ(d.task.kind, "forecast");
  EXPECT_EQ(d.task.forecast.csv, "data/sunspots.csv");
  EXPECT_THAT(d.task.forecast.columns, ElementsAre("mean"));
  EXPECT_EQ(d.task.forecast.window, 132);
  EXPECT_EQ(d.model.cell, "gru");
  EXPECT_EQ(d.model.dropout.rate, 0.2);
  EXPECT_EQ(d.model.dropout.kind, "between_layers");
  EXPECT_EQ(d.model.init.scheme, "pytorch");
  EXPECT_EQ(d.train.optimizer.lr, 3e-3);
  EXPECT_EQ(d.train.clip_norm, 1.0);
  EXPECT_EQ(d.train.clip_value, std::nullopt);
  ASSERT_TRUE(d.train.early_stopping);
  EXPECT_EQ(d.train.early_stopping->patience, 6);
  EXPECT_EQ(d.replicates, 5);
  EXPECT_FALSE(d.budget);
  ASSERT_TRUE(d.sweep);
  EXPECT_EQ(d.sweep->objective.metric, "valid/rmse");
  EXPECT_EQ(d.sweep->space.parameters.size(), 2u);
  EXPECT_EQ(points(d).size(), 9u);
}

TEST(DefinitionTest, ReadsALanguageModel) {
  const Definition d = parse("{name: l, task: {kind: language_model, data: {text: a.txt}, unit: word, min_count: 2}, model: {cell: lstm}}");
  EXPECT_EQ(d.task.language_model.text, "a.txt");
  EXPECT_EQ(d.task.language_model.unit, "word");
  EXPECT_EQ(d.task.language_model.split.train, 0.9);
  EXPECT_FALSE(d.sweep);
  EXPECT_EQ(points(d).size(), 1u);
}

TEST(DefinitionTest, FillsInTheCellsHyperParameters) {
  EXPECT_THAT(parse(forecast("{cell: lstm}")).model.hyper,
              ElementsAre(Pair("forget_bias", config::Scalar(1.0)), Pair("peepholes", config::Scalar(false))));
  EXPECT_THAT(parse(forecast("{cell: lstm, hyper: {forget_bias: 2}}")).model.hyper,
              ElementsAre(Pair("forget_bias", config::Scalar(2.0)), Pair("peepholes", config::Scalar(false))));
  EXPECT_THAT(parse(forecast("{cell: lstm, hyper: {forget_bias: 2}}"), {"model.cell=gru"}).model.hyper,
              ElementsAre(Pair("groups", config::Scalar(int64_t{1})), Pair("reset_after", config::Scalar(true))));
}

TEST(DefinitionTest, ACellThatCanModelItsInputDoesSoForADensity) {
  LoadOptions with_vrnn = options();
  with_vrnn.cells = std::make_shared<const Cells>(Cells{{"vrnn",
                                                         "",
                                                         {{"output", std::string("state"), {.choices = {"state", "density"}}},
                                                          {"emission", std::string("gaussian"), {.choices = {"gaussian", "bernoulli"}}}}},
                                                        {"bi", "", {{"output", std::string("sum"), {.choices = {"sum", "both"}}}}}});
  const auto hyper = [&](const std::string& task, const std::string& model) {
    return parse_definition(fmt::format("name: x\ntask: {}\nmodel: {}\n", task, model), "x.yaml", with_vrnn).model.hyper;
  };
  using Text = std::string;
  const std::string music = "{kind: density, data: {format: music, json: x.json}}", csv = "{kind: density, data: {csv: x.csv}}";
  EXPECT_THAT(hyper(music, "{cell: vrnn}"), ElementsAre(Pair("emission", config::Scalar(Text("bernoulli"))), Pair("output", config::Scalar(Text("density")))));
  EXPECT_THAT(hyper(csv, "{cell: vrnn}"), ElementsAre(Pair("emission", config::Scalar(Text("gaussian"))), Pair("output", config::Scalar(Text("density")))));
  EXPECT_THAT(hyper(csv, "{cell: vrnn, hyper: {output: state}}"), ElementsAre(Pair("emission", testing::_), Pair("output", config::Scalar(Text("state")))));
  EXPECT_THAT(hyper(csv, "{cell: bi}"), ElementsAre(Pair("output", config::Scalar(Text("sum")))));
  EXPECT_THAT(hyper("{kind: forecast, data: {csv: x.csv}, window: 3}", "{cell: vrnn}"), ElementsAre(testing::_, Pair("output", config::Scalar(Text("state")))));
}

TEST(DefinitionTest, WithoutARegistryCellsAreTakenAsWritten) {
  const Definition d = parse_definition(forecast("{cell: mine, hyper: {a: 1, b: x}}"), "x.yaml", {.find_files = false});
  EXPECT_EQ(d.model.cell, "mine");
  EXPECT_THAT(d.model.hyper, ElementsAre(Pair("a", config::Scalar(int64_t{1})), Pair("b", config::Scalar(std::string("x")))));
}

TEST(DefinitionTest, TheObjectiveKnowsWhatIsBetter) {
  const char* language = "{name: l, task: {kind: language_model, data: {text: a}}, model: {cell: lstm}, "
                         "sweep: {objective: %s, space: {model.hidden: {choice: [1, 2]}}}}";
  const auto objective = [&](const std::string& given) {
    std::string text = language;
    text.replace(text.find("%s"), 2, given);
    const ObjectiveOptions o = parse(text).sweep->objective;
    return o.metric + " " + o.goal;
  };
  EXPECT_EQ(objective("{}"), "valid/loss min");
  EXPECT_EQ(objective("valid/accuracy"), "valid/accuracy max");
  EXPECT_EQ(objective("{metric: train/perplexity}"), "train/perplexity min");
}

TEST(DefinitionTest, KnowsWhereEveryKeyStands) {
  const Definition d = parse(kWhole, {"train.epochs=3"});
  EXPECT_EQ(to_string(d.place("task.data.csv")), "x.yaml:6:15");
  EXPECT_EQ(to_string(d.place("task.data")), "x.yaml:6:3");
  EXPECT_EQ(to_string(d.place("task.season")), "x.yaml:4:1") << "not written: the nearest group that is";
  EXPECT_EQ(to_string(d.place("seed")), "x.yaml");
  EXPECT_EQ(to_string(d.place("train.epochs")), "command line");
  EXPECT_STREQ(d.error("task.data.csv", "no rows").what(), "x.yaml:6:15: task.data.csv: no rows");
  const Definition trial = apply(d, points(d).front());
  EXPECT_EQ(to_string(trial.place("model.cell")), "x.yaml:22:27");
}

TEST(ApplyTest, GivesTheDefinitionOfOneTrial) {
  const Definition d = parse(kWhole);
  const Definition trial = apply(d, points(d)[4]);
  EXPECT_EQ(trial.model.cell, "lstm");
  EXPECT_EQ(trial.train.optimizer.lr, 0.00316228);
  EXPECT_THAT(trial.model.hyper, ElementsAre(Pair("forget_bias", config::Scalar(1.0)), Pair("peepholes", config::Scalar(false))));
  EXPECT_FALSE(trial.sweep);
  EXPECT_EQ(trial.train.epochs, 40);
  EXPECT_THAT(points(trial), ::testing::SizeIs(1));
}

TEST(ApplyTest, TheKeysOfAKindGoWithTheKind) {
  const Definition d = parse(sweep("{train.optimizer.kind: {choice: [adam, sgd]}, model.cell: {choice: [lstm, gru]}}", "grid",
                                   "{cell: lstm, hyper: {forget_bias: 3}}") +
                             "train: {optimizer: {kind: adam, beta1: 0.5, lr: 0.25}}\n");
  const std::vector<Point> all = points(d);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(apply(d, all[0]).train.optimizer.beta1, 0.5);
  EXPECT_EQ(apply(d, all[0]).model.hyper.at("forget_bias"), config::Scalar(3.0));
  const Definition other = apply(d, all[3]);
  EXPECT_EQ(other.train.optimizer.kind, "sgd");
  EXPECT_EQ(other.train.optimizer.lr, 0.25);
  EXPECT_FALSE(other.model.hyper.contains("forget_bias"));
}

TEST(ApplyTest, ASpaceMayGiveKeysThatHaveNoDefault) {
  const Definition d = parse(R"(
name: open
task: {data: {csv: a.csv}}
model: {hidden: 8}
sweep:
  space:
    task.kind: {choice: {forecast: {task.window: {int: [3, 4]}}}}
    model.cell: {choice: [lstm, gru]}
)");
  EXPECT_EQ(d.model.cell, "lstm");
  const std::vector<Point> all = points(d);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(apply(d, all[3]).task.forecast.window, 4);
  EXPECT_EQ(apply(d, all[3]).model.cell, "gru");
}

TEST(WithTest, SetsOneKeyAndChecksIt) {
  const Definition d = parse(forecast());
  EXPECT_EQ(with(d, "model.hidden", int64_t{17}).model.hidden, 17);
  EXPECT_EQ(with(d, "model.dropout", 0.5).model.dropout.rate, 0.5);
  EXPECT_EQ(with(d, "model.cell", std::string("lstm")).model.cell, "lstm");
  EXPECT_THROW(with(d, "model.hidden", int64_t{0}), UserError);
  EXPECT_THROW(with(d, "model.hiden", int64_t{1}), UserError);
}

class DataFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / ("recur_definition_test_" + std::to_string(getpid()));
    fs::create_directories(root_ / "base");
  }
  void TearDown() override { fs::remove_all(root_); }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name) << text;
    return (root_ / name).string();
  }
  fs::path root_;
};

TEST_F(DataFileTest, IsLookedUpBesideTheFileThatNamesIt) {
  const std::string data = write("base/waves.csv", "x\n1\n");
  write("base/base.yaml", forecast());
  const std::string top = write("top.yaml", "{extends: base/base.yaml, name: top}");
  const Definition d = load_definition(top, {.cells = three_cells()});
  EXPECT_EQ(d.name, "top");
  EXPECT_EQ(d.task.forecast.csv, data);
  EXPECT_THAT(to_yaml(d), HasSubstr("csv: waves.csv")) << "as written, so that results do not depend on where data lie";
  EXPECT_THAT(canonical_text(d), HasSubstr("task.data.csv: waves.csv"));
}

TEST_F(DataFileTest, IsMissedAtItsKeyTogetherWithOtherMistakes) {
  const std::string file = write("a.yaml", forecast("{cell: gru, hiden: 3}"));
  try {
    load_definition(file, {.cells = three_cells()});
    FAIL() << "did not throw";
  } catch (const UserError& error) {
    EXPECT_THAT(error.messages(),
                ElementsAre(HasSubstr("a.yaml:2:36: task.data.csv: data file 'waves.csv' not found in " + root_.string() + ", "),
                            HasSubstr("a.yaml:3:20: model.hiden: unknown key; did you mean 'hidden'?")));
  }
}

}  // namespace
}  // namespace recur::sweep
