// What bad input gets: one line with place and remedy, exit code 2, nothing written.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ostream>

#include "program.hpp"

namespace recur::tool {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

struct BadInput {
  std::string what;                   // names the test
  std::string definition;             // x.yaml
  std::vector<std::string> says;      // in its one line
  std::vector<std::string> arguments{};           // after `run x.yaml`
  std::map<std::string, std::string> files{};     // beside waves.csv
  std::map<std::string, std::string> environment{};
};

void PrintTo(const BadInput& bad, std::ostream* out) { *out << bad.what; }

std::string name_of(const testing::TestParamInfo<BadInput>& info) { return info.param.what; }

class BadInputTest : public ToolTest, public testing::WithParamInterface<BadInput> {};

TEST_P(BadInputTest, IsToldInOneLineAndNothingIsWritten) {
  const BadInput& bad = GetParam();
  write("waves.csv", waves(120));
  write("x.yaml", bad.definition);
  for (const auto& [name, text] : bad.files) write(name, text);
  for (const auto& [name, value] : bad.environment) environment_[name] = value;
  std::vector<std::string> arguments{"run", "x.yaml"};
  arguments.insert(arguments.end(), bad.arguments.begin(), bad.arguments.end());

  const Result result = recur(arguments);

  EXPECT_EQ(result.code, 2) << result.err;
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  for (const std::string& text : bad.says) EXPECT_THAT(result.err, HasSubstr(text));
  EXPECT_THAT(results(), IsEmpty());
  EXPECT_FALSE(fs::exists(path("results")));
}

const std::string kHostile = RECUR_FIXTURES "/hostile";

std::string with_csv(const std::string& csv) {
  return fmt::format("name: waves\ntask: {{kind: forecast, data: {{csv: {}}}, window: 8}}\nmodel: {{cell: gru, hidden: 4}}\n", csv);
}

std::string of_text(const std::string& more) {
  return fmt::format("name: text\ntask: {{kind: language_model, data: {{text: t.txt}}, {}}}\nmodel: {{cell: gru, hidden: 4}}\n", more);
}

INSTANTIATE_TEST_SUITE_P(
    Definition, BadInputTest,
    testing::Values(
        BadInput{"UnknownKey", forecast("{cell: gru, hiden: 4}"), {"x.yaml:3:", "model.hiden: unknown key; did you mean 'hidden'?"}},
        BadInput{"UnknownKeyOnTheCommandLine", forecast(), {"train.epoch", "did you mean 'epochs'?"}, {"train.epoch=3"}},
        BadInput{"NoKeyOnTheCommandLine", forecast(), {"epochs", "key.path=value"}, {"epochs"}},
        BadInput{"UnknownCell", forecast("{cell: gur, hidden: 4}"), {"x.yaml:3:", "model.cell: unknown cell 'gur'; did you mean 'gru'?"}},
        BadInput{"UnknownHyperParameter", forecast("{cell: lstm, hyper: {forget_bais: 1}}"), {"x.yaml:3:", "did you mean 'forget_bias'?"}},
        BadInput{"HyperParameterOfAnotherCell", forecast("{cell: gru, hyper: {forget_bias: 1}}"), {"x.yaml:3:", "forget_bias"}},
        BadInput{"UnknownMetric", forecast("{cell: gru}", "", "early_stopping: {metric: valid/rsme}"), {"x.yaml:4:", "did you mean 'valid/rmse'?"}},
        BadInput{"TestMetricThatWouldChoose", forecast("{cell: gru}", "", "early_stopping: {metric: test/rmse}"), {"x.yaml:4:", "valid/rmse"}},
        BadInput{"ValueOutOfItsRange", forecast("{cell: gru}", "", "optimizer: {lr: -1}"), {"x.yaml:4:", "train.optimizer.lr", "greater than 0"}},
        BadInput{"HyperParameterOutOfItsRange", forecast("{cell: lstm, hyper: {forget_bias: 100}}"), {"x.yaml:3:", "forget_bias", "10"}},
        BadInput{"ValueOfAnotherType", forecast("{cell: gru, hidden: many}"), {"x.yaml:3:", "model.hidden", "'many'"}},
        BadInput{"NotYaml", "name: [waves\n", {"x.yaml:"}},
        BadInput{"BudgetThatNoSizeMeets", forecast("{cell: lstm}", "budget: {params: 3}\n"), {"x.yaml:5:", "budget.params: 3 is too small", "14 parameters"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Data, BadInputTest,
    testing::Values(
        BadInput{"MissingFile", with_csv("wave.csv"), {"x.yaml:2:", "task.data.csv", "'wave.csv' not found", "RECUR_DATA"}},
        BadInput{"EmptyFile", with_csv("e.csv"), {"e.csv", "empty"}, {}, {{"e.csv", ""}}},
        BadInput{"RaggedRow", with_csv("e.csv"), {"e.csv:3", "fields"}, {}, {{"e.csv", "a,b\n1,2\n3\n4,5\n"}}},
        BadInput{"TextInAColumnThatIsAskedFor", "name: w\ntask: {kind: forecast, data: {csv: waves.csv, columns: [month]}, window: 8}\nmodel: {cell: gru}\n",
                 {"waves.csv:2:1", "'m0'"}},
        BadInput{"Gap", with_csv("e.csv"), {"e.csv:4:3", "b"}, {}, {{"e.csv", "a,b\n1,2\n3,4\n5,\n7,8\n"}}},
        BadInput{"TextAmongNumbers", with_csv("e.csv"), {"e.csv:3:3", "'x'"}, {}, {{"e.csv", "a,b\n1,2\n3,x\n5,6\n"}}},
        BadInput{"UnknownColumn", "name: w\ntask: {kind: forecast, data: {csv: waves.csv, columns: [valu]}, window: 8}\nmodel: {cell: gru}\n",
                 {"waves.csv", "did you mean 'value'?"}},
        BadInput{"SeriesShorterThanWindowAndHorizon", forecast(), {"waves.csv", "window 100 + horizon 1 needs 101"}, {"task.window=100"}},
        BadInput{"TextShorterThanABatch", of_text("steps: 64"), {"t.txt", "32 rows by 64 steps needs"}, {}, {{"t.txt", "To be, or not to be, that is the question.\n"}}},
        BadInput{"EmptyText", of_text("steps: 4"), {"t.txt", "empty"}, {}, {{"t.txt", ""}}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Plugin, BadInputTest,
    testing::Values(
        BadInput{"PluginThatDoesNotLoad", forecast(), {"aborts_loading.so", "SIGABRT"}, {"--plugin", kHostile + "/aborts_loading.so"}},
        BadInput{"PluginThatIsNone", forecast(), {"no_symbol.so", "recur_plugin_entry_v1"}, {"--plugin", kHostile + "/no_symbol.so"}},
        BadInput{"PluginThatIsMissing", forecast(), {"nowhere.so", "no such plugin"}, {"--plugin", "nowhere.so"}},
        BadInput{"CellThatCannotBeUsed", forecast("{cell: throws, hidden: 4}"), {"x.yaml:3:", "'throws' cannot be used", "the author forgot something"}, {}, {},
                 {{"RECUR_PLUGIN_PATH", kHostile + "/throws_recording.so"}}}),
    name_of);

// ---- Where results go ----------------------------------------------------------------------------------------

class ResultsDirectory : public ToolTest {
 protected:
  ResultsDirectory() {
    write("waves.csv", waves(120));
    write("x.yaml", forecast());
  }
};

TEST_F(ResultsDirectory, OfAnotherDefinitionIsRefusedAndStaysAsItWas) {
  ASSERT_EQ(recur({"run", "x.yaml"}).code, 0);
  const auto before = results();
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", "x.yaml", "train.epochs=4"}, {"run", "x.yaml", "train.epochs=4", "--dry-run"}}) {
    const Result result = recur(arguments);
    EXPECT_EQ(result.code, 2);
    EXPECT_EQ(result.out.find("epochs: 4") != std::string::npos, arguments.back() == "--dry-run") << "the plan is told, and that it would not run";
    EXPECT_THAT(result.err, AllOf(HasSubstr("results/waves: belongs to another definition"), HasSubstr("--fresh")));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1);
  }
  EXPECT_EQ(results(), before);
}

TEST_F(ResultsDirectory, BelowAFileIsRefused) {
  write("file", "");
  const Result result = recur({"run", "x.yaml", "--results", "file/results"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("file/results"), HasSubstr("give another directory"), EndsWith("\n")));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1);
}

TEST_F(ResultsDirectory, ThatCannotBeWrittenIsRefused) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  fs::create_directory(path("results"));
  fs::permissions(path("results"), fs::perms::owner_read | fs::perms::owner_exec);
  const Result result = recur({"run", "x.yaml"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("give another directory"));
}

TEST_F(ResultsDirectory, ManyMistakesAreToldAtOnce) {
  write("x.yaml", forecast("{cell: gur, hiden: 4}", "replicate: 2\n"));
  const Result result = recur({"run", "x.yaml"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 3) << result.err;
}

}  // namespace
}  // namespace recur::tool
