#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cells.hpp"

namespace recur::sweep {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST(ToYamlTest, FillsInEveryDefault) {
  EXPECT_EQ(to_yaml(parse(forecast("{cell: lstm, dropout: 0.5}"))), R"(name: waves
seed: 1
task:
  kind: forecast
  data:
    csv: waves.csv
    columns: []
  window: 12
  horizon: 1
  season: 0
  split:
    train: 0.7
    valid: 0.15
    test: 0.15
model:
  cell: lstm
  hyper:
    forget_bias: 1
    peepholes: false
  hidden: 32
  layers: 1
  embedding: 0
  characters:
    hidden: 0
    cell: lstm
    embedding: 0
  dropout:
    kind: between_layers
    rate: 0.5
    words: 0
  crf: false
  init:
    scheme: cell
  readout: last
train:
  optimizer:
    kind: adam
    lr: 0.001
    beta1: 0.9
    beta2: 0.999
    eps: 1.0e-08
    weight_decay: 0
  schedule:
    kind: constant
    warmup: 0
  epochs: 10
  batch: 32
  clip_norm: null
  clip_value: null
  early_stopping: null
  max_minutes: null
replicates: 1
budget: null
log: null
sweep: null
)");
}

TEST(ToYamlTest, ReadsBackAsTheSameDefinitionWithTheSameTrials) {
  const std::string definitions[] = {
      forecast("{cell: vanilla, hyper: {activation: relu}}", "train: {optimizer: {kind: rmsprop, centered: true}, clip_value: 2}"),
      sweep("{model.cell: {choice: [vanilla, {lstm: {model.hyper.forget_bias: {float: [0, 2], steps: 2}}}, gru]}, "
            "train.optimizer.kind: {choice: {adam: {train.optimizer.beta1: {choice: [0.5]}}, sgd: }}, "
            "train.clip_norm: {choice: [null, 1]}, model.hidden: {int: [8, 64], log: true, steps: 2}}",
            "grid", "{cell: lstm, hyper: {forget_bias: 3}}"),
      sweep("{train.optimizer.lr: {float: [1e-5, 1e-2], log: true}, model.cell: {choice: [gru, lstm]}}", "{kind: random, trials: 4}", "{}"),
  };
  for (const std::string& text : definitions) {
    const Definition d = parse(text);
    const Definition again = parse(to_yaml(d));
    EXPECT_EQ(to_yaml(again), to_yaml(d));
    const std::vector<Point> first = points(d), second = points(again);
    ASSERT_EQ(first.size(), second.size());
    for (size_t i = 0; i < first.size(); ++i)
      EXPECT_EQ(canonical_text(apply(d, first[i])), canonical_text(apply(again, second[i]))) << to_string(first[i]);
  }
}

TEST(CanonicalTextTest, HoldsWhatMakesATrialAndNothingElse) {
  const std::string text = canonical_text(parse(forecast("{cell: gru}", "replicates: 3\nabout: waves\nseed: 4\n")));
  EXPECT_THAT(text, HasSubstr("\nmodel.cell: gru\n"));
  EXPECT_THAT(text, HasSubstr("\nmodel.hyper.reset_after: true\n"));
  EXPECT_THAT(text, HasSubstr("\nseed: 4\n"));
  for (const char* absent : {"name", "about", "replicates", "sweep", "extends"})
    EXPECT_THAT(text, Not(HasSubstr(std::string("\n") + absent))) << absent;
}

TEST(TrialNameTest, SaysTheCellTheSizeTheHashAndTheReplicate) {
  const Definition d = parse(forecast("{cell: gru, hidden: 24}"));
  EXPECT_THAT(trial_name(d, 3), MatchesRegex("gru-h24-[0-9a-f]{12}-r3"));
  EXPECT_THAT(trial_hash(d), MatchesRegex("[0-9a-f]{32}"));
}

TEST(TrialNameTest, IsTheSameForWhatIsTheSameHoweverItIsWritten) {
  const std::string hash = trial_hash(parse(forecast("{cell: gru, hidden: 32}")));
  EXPECT_EQ(trial_hash(parse(forecast("{hidden: 3.2e1, cell: gru, hyper: {reset_after: True}}"))), hash) << "order, defaults, notation";
  EXPECT_EQ(trial_hash(parse(forecast("{cell: lstm}"), {"model.cell=gru"})), hash);
  const Definition swept = parse(sweep("{model.hidden: {choice: [16, 32]}}"));
  EXPECT_EQ(trial_hash(apply(swept, points(swept)[1])), hash) << "a point, or written out";
  EXPECT_NE(trial_hash(parse(forecast("{cell: gru, hidden: 33}"))), hash);
  EXPECT_NE(trial_hash(parse(forecast("{cell: gru}", "seed: 2"))), hash);
}

// Results that exist are found again by these names: a change here orphans them.
TEST(TrialNameTest, StaysWhatItWas) {
  EXPECT_EQ(trial_name(parse(forecast("{cell: gru}")), 0), "gru-h32-8c3555574cc4-r0");
}

TEST(TrialNameTest, KnowsAKeyThatCameLaterByItsValueAlone) {
  EXPECT_EQ(trial_name(parse(forecast("{cell: gru, readout: last}")), 0), trial_name(parse(forecast("{cell: gru}")), 0));
  EXPECT_NE(trial_name(parse(forecast("{cell: gru, readout: mean}")), 0), trial_name(parse(forecast("{cell: gru}")), 0));
  const auto music = [](const std::string& data) {
    return canonical_text(parse("name: m\ntask: {kind: music, data: {" + data + "}}\nmodel: {cell: gru}\n"));
  };
  EXPECT_THAT(music("json: a"), ::testing::AllOf(HasSubstr("task.data.json: a"), Not(HasSubstr("task.data.format"))));
  EXPECT_THAT(music("format: midi, train: a"), HasSubstr("task.data.format: midi"));
  const auto name = [](const std::string& model) { return trial_name(parse("name: t\ntask: {kind: tagging, data: {train: a}}\nmodel: " + model), 0); };
  EXPECT_EQ(name("{cell: gru, crf: false}"), name("{cell: gru}"));
  EXPECT_EQ(name("{cell: gru, characters: 0, dropout: {words: 0}}"), name("{cell: gru}"));
  EXPECT_NE(name("{cell: gru, crf: true}"), name("{cell: gru}"));
}

TEST(TrialNameTest, FitsAFileName) {
  const Definition d = parse_definition(forecast("{cell: lab/my cell}"), "x.yaml", {.find_files = false});
  EXPECT_THAT(trial_name(d, 0), MatchesRegex("lab_my_cell-h32-[0-9a-f]+-r0"));
}

TEST(DefinitionSchemaTest, ListsTheCellsWithTheirHyperParameters) {
  namespace json = boost::json;
  const json::value schema = json::parse(definition_schema(*three_cells()));
  EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  const json::value& model = schema.at_pointer("/else/properties/model");
  EXPECT_EQ(json::serialize(model.at_pointer("/properties/cell/enum")), R"(["vanilla","lstm","gru"])");
  EXPECT_EQ(model.at_pointer("/allOf/1/if/properties/cell/const"), "lstm");
  EXPECT_EQ(json::serialize(model.at_pointer("/allOf/1/then/properties/hyper/properties/forget_bias")),
            R"({"type":"number","minimum":-10,"maximum":10,"default":1,"description":"initial bias of the forget gate"})");
  EXPECT_EQ(json::serialize(schema.at_pointer("/else/required")), R"(["name","task","model"])");
}

TEST(DefinitionSchemaTest, KnowsTheKeysThatASpaceMayHave) {
  namespace json = boost::json;
  const json::value schema = json::parse(definition_schema(*three_cells()));
  const json::object& keys = schema.at_pointer("/$defs/space/properties").get_object();
  for (const char* key : {"model.cell", "model.hyper.forget_bias", "train.optimizer.lr", "train.optimizer", "task.data.csv", "seed", "model.dropout"})
    EXPECT_TRUE(keys.contains(key)) << key;
  for (const char* key : {"name", "about", "replicates", "budget.params", "sweep.sampler.kind"}) EXPECT_FALSE(keys.contains(key)) << key;
}

}  // namespace
}  // namespace recur::sweep
