// Looking at what a trained model holds while it reads a sequence.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

#include "program.hpp"

namespace recur::tool {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
namespace json = boost::json;

class States : public ToolTest {
 protected:
  States() {
    write("copy.yaml",
          "name: copy\n"
          "task: {kind: algorithm, data: {problem: copy, bits: 2, max_length: 3}, sequences: {train: 8, valid: 4, test: 4}}\n"
          "model: {cell: ntm, hidden: 5, hyper: {rows: 8, width: 3, read_heads: 2}}\n"
          "train: {epochs: 1, batch: 4}\n");
    write("waves.csv", waves(160));
    write("waves.yaml", forecast("{cell: lstm, hidden: 4, layers: 2}"));
  }
  void train(const std::string& definition) {
    const Result run = recur({"run", definition, "-q"});
    ASSERT_EQ(run.code, 0) << run.err;
  }
};

TEST_F(States, OfAMemoryArePrintedAHeadAtATime) {
  train("copy.yaml");
  const Result result = recur({"show", "copy", "--states", "write_weights,read_weights", "--length", "7"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("sequence 0 of the test part, 15 steps, best weights"), HasSubstr("\nlayer0/write_weights: blank 0, "),
                                HasSubstr("\nlayer0/read_weights 0: "), HasSubstr("\nlayer0/read_weights 1: "), HasSubstr("\n7 │")));
}

// Boundaries are for layers of levels; a cell that goes step by step does not mind them.
TEST_F(States, OfACellWhoseSequencesHaveBoundariesAreShown) {
  std::string rows = "sequence,label\n";
  for (int i = 0; i < 20; ++i) rows += i % 2 == 0 ? "ACACAC,fast\n" : "GTGT,slow\n";
  write("classes.csv", rows);
  write("classes.yaml",
        "name: classes\ntask: {kind: classification, data: {format: table, file: classes.csv, segment: 2}, split: {train_rows: 15}}\n"
        "model: {cell: gru, hidden: 4}\ntrain: {epochs: 1, batch: 4}\nlog: {states: [h]}\n");
  train("classes.yaml");
  const Result result = recur({"show", "classes", "--states", "h", "--sequence", "1", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json::value document = json::parse(result.out);
  EXPECT_EQ(document.at("steps").as_int64(), 4);
  EXPECT_EQ(document.at("states").at(0).at("values").as_array().size(), 4U);
}

// With fold 0 each replicate was trained on a fold of its own; the sequences are those of that.
TEST_F(States, OfAReplicateWithAFoldOfItsOwnAreShown) {
  write("letters.csv", "sequence,label\nAA,A\nACA,A\nAGAG,A\nATATA,A\nCC,C\nCAC,C\nCGCG,C\nCTCTC,C\n");
  write("folds.yaml",
        "name: folds\ntask: {kind: classification, data: {format: table, file: letters.csv}, split: {folds: 4, fold: 0, valid: 0}}\n"
        "model: {cell: gru, hidden: 4}\ntrain: {epochs: 1, batch: 4}\nreplicates: 4\n");
  train("folds.yaml");
  const json::value trials = json::parse(recur({"show", "folds", "--json"}).out).at("trials");
  int64_t steps = 0;
  for (const json::value& trial : trials.as_array())
    for (const char* sequence : {"0", "1"}) {
      const Result result = recur({"show", "folds/" + std::string(trial.at("name").as_string()), "--states", "h", "--sequence", sequence, "--json"});
      ASSERT_EQ(result.code, 0) << result.err;
      steps += json::parse(result.out).at("steps").as_int64();
    }
  EXPECT_EQ(steps, 28) << "every sequence is tested once";
}

TEST_F(States, AsJsonAreTheNumbersOfEveryStep) {
  train("copy.yaml");
  const Result result = recur({"show", "copy", "--states", "read_weights,prediction,target", "--length", "4", "--sequence", "2", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json::value document = json::parse(result.out);
  EXPECT_EQ(document.at("steps").as_int64(), 9);
  const json::value& weights = document.at("states").at(0);
  EXPECT_EQ(weights.at("name").as_string(), "layer0/read_weights");
  EXPECT_EQ(weights.at("dims"), json::parse("[2, 8]"));
  ASSERT_EQ(weights.at("values").as_array().size(), 9U);
  for (const json::value& step : weights.at("values").as_array()) {
    double sum = 0;
    for (const json::value& value : step.as_array()) sum += value.to_number<double>();
    EXPECT_NEAR(sum, 2, 1e-5) << "each head's weights are a distribution over the rows";
  }
  EXPECT_EQ(document.at("states").at(2).at("name").as_string(), "target");
}

TEST_F(States, CanBeWrittenAsATableAndAsPictures) {
  train("waves.yaml");
  const Result result = recur({"show", "waves", "--states", "h", "--part", "valid", "--sequence", "3", "--csv", "h.csv", "--svg", "h.svg", "-q"});
  ASSERT_EQ(result.code, 0) << result.err;
  const std::string table = read("h.csv");
  EXPECT_THAT(table, StartsWith("state,step,index,value\nlayer0/h,1,0,"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1 + 2 * 8 * 4);
  EXPECT_THAT(table, HasSubstr("\nlayer1/h,8,3,"));
  EXPECT_THAT(read("h.svg"), StartsWith("<svg"));
}

// The last epoch of this training is its best, so what was logged last is what the best weights hold.
TEST_F(States, AreLoggedAfterEveryEpochWhereADefinitionAsks) {
  write("logged.yaml", read("copy.yaml") + "log: {states: [read_weights, write_weights], sequence: 1}\n");
  const std::string trial = [&] {
    const Result run = recur({"run", "logged.yaml", "-q", "train.epochs=3", "train.optimizer.lr=1e-4"});
    EXPECT_EQ(run.code, 0) << run.err;
    return std::string(json::parse(recur({"show", "copy", "--json"}).out).at("trials").at(0).at("name").as_string());
  }();
  EXPECT_THAT(recur({"show", "copy/" + trial}).out, HasSubstr("States after each epoch"));
  const auto states = [&](const std::vector<std::string>& more) {
    std::vector<std::string> command{"show", "copy", "--states", "read_weights", "--json"};
    command.insert(command.end(), more.begin(), more.end());
    const Result result = recur(command);
    EXPECT_EQ(result.code, 0) << result.err;
    return json::parse(result.out).at("states").at(0).at("values");
  };
  const json::value last = states({"--epoch", "3"});
  EXPECT_EQ(last, states({"--part", "valid", "--sequence", "1", "--weights", "last"}));
  EXPECT_NE(last, states({"--epoch", "1"}));
  const Result beyond = recur({"show", "copy", "--states", "read_weights", "--epoch", "4"});
  EXPECT_EQ(beyond.code, 2);
  EXPECT_THAT(beyond.err, HasSubstr("has states of 3 epochs, not of epoch 4"));
}

TEST_F(States, ToBeLoggedAreCheckedBeforeTheRun) {
  write("wrong.yaml", read("copy.yaml") + "log: {states: [read_weight]}\n");
  const Result name = recur({"run", "wrong.yaml"});
  EXPECT_EQ(name.code, 2);
  EXPECT_THAT(name.err, AllOf(HasSubstr("wrong.yaml:5:"), HasSubstr("no model has a state 'read_weight'; did you mean")));
  write("wrong.yaml", read("copy.yaml") + "log: {states: [read_weights], sequence: 4}\n");
  const Result sequence = recur({"run", "wrong.yaml"});
  EXPECT_EQ(sequence.code, 2);
  EXPECT_THAT(sequence.err, HasSubstr("there is no sequence 4: the valid part has 4"));
  EXPECT_FALSE(fs::exists(path("results")));
}

// A sweep over cells logs what each of them has, and logging makes no other trial of it.
TEST_F(States, ThatOnlySomeModelsHaveAreLoggedOfThose) {
  const std::string space = "sweep: {space: {model.cell: {choice: [vanilla, lstm]}}}\n";
  write("some.yaml", forecast("{cell: gru, hidden: 4}", space + "log: {states: [c, h], part: test}\n"));
  write("none.yaml", forecast("{cell: gru, hidden: 4}", space));
  ASSERT_EQ(recur({"run", "some.yaml", "-q"}).code, 0);
  ASSERT_EQ(recur({"run", "none.yaml", "-q", "--results", "others"}).code, 0);
  const json::value trials = json::parse(recur({"show", "waves", "--json"}).out).at("trials");
  const json::value others = json::parse(recur({"show", "waves", "--json", "--results", "others"}).out).at("trials");
  for (size_t i = 0; i < 2; ++i) {
    const std::string name(trials.at(i).at("name").as_string());
    EXPECT_EQ(trials.at(i).at("name"), others.at(i).at("name"));
    EXPECT_EQ(trials.at(i).at("results"), others.at(i).at("results"));
    EXPECT_EQ(recur({"show", "waves/" + name, "--states", "h", "--epoch", "2"}).code, 0);
    const Result cells = recur({"show", "waves/" + name, "--states", "c", "--epoch", "2"});
    EXPECT_EQ(cells.code, name.starts_with("lstm") ? 0 : 2) << cells.err;
  }
}

TEST_F(States, ThatAreNotThereAreTold) {
  train("waves.yaml");
  const struct {
    std::vector<std::string> arguments;
    const char* message;
  } kWrong[] = {{{"--states", "layer0/hh"}, "did you mean 'layer0/h'?"},
                {{"--states", "h", "--sequence", "1000"}, "there is no sequence 1000"},
                {{"--states", "h", "--length", "9"}, "--length is for generated sequences"},
                {{"--part", "valid"}, "--states"},
                {{"--states", "h", "--svg", "nowhere/h.svg"}, "nowhere/h.svg: cannot be written"}};
  for (const auto& wrong : kWrong) {
    std::vector<std::string> command{"show", "waves"};
    command.insert(command.end(), wrong.arguments.begin(), wrong.arguments.end());
    const Result result = recur(command);
    EXPECT_EQ(result.code, 2) << wrong.message;
    EXPECT_THAT(result.err, HasSubstr(wrong.message));
  }
}

}  // namespace
}  // namespace recur::tool
