// Running: what is repeated and what is not, interruptions, workers, failures.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "program.hpp"

namespace recur::tool {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
namespace json = boost::json;

// A sweep over three cells with two replicates.
const char* const kSweep =
    "replicates: 2\n"
    "sweep: {space: {model.cell: {choice: [vanilla, lstm, gru]}}}\n";

class Run : public ToolTest {
 protected:
  Run() {
    write("waves.csv", waves(160));
    write("x.yaml", forecast());
    write("sweep.yaml", forecast("{cell: gru, hidden: 6}", kSweep));
  }

  // Trial files below a results' directory: name to path.
  std::map<std::string, fs::path> trials(const std::string& root, const std::string& experiment = "waves") const {
    std::map<std::string, fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(path(root) / experiment))
      if (entry.path().extension() == ".h5" && entry.path().filename() != "index.h5") files[entry.path().filename().string()] = entry.path();
    return files;
  }

  void expect_equal_weights(const fs::path& a, const fs::path& b) {
    for (const char* group : {"/weights/last", "/weights/best", "/results"}) {
      const Result result = execute({"h5diff", "-r", a.string(), b.string(), group});
      EXPECT_EQ(result.code, 0) << a << " " << b << " " << group << "\n" << result.out << result.err;
    }
  }

  void expect_equal_trials(const std::string& a, const std::string& b) {
    const auto left = trials(a), right = trials(b);
    ASSERT_EQ(left.size(), right.size());
    for (const auto& [name, file] : left) {
      ASSERT_TRUE(right.contains(name)) << name;
      expect_equal_weights(file, right.at(name));
    }
  }

  json::object list() { return json::parse(recur({"list", "--json"}).out).at("experiments").as_array().at(0).as_object(); }
};

TEST_F(Run, ASingleTrainingPrintsItsMetricsBesideTheBaselines) {
  const Result result = recur({"run", "x.yaml"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("test/rmse"), HasSubstr("gru"), HasSubstr("persistence")));
  EXPECT_THAT(result.err, AllOf(HasSubstr("epoch 3/3"), HasSubstr("Results are in results/waves")));
  EXPECT_THAT(trials("results"), SizeIs(1));
}

TEST_F(Run, MoreReplicatesGoOnFromThoseThatAreThere) {
  ASSERT_EQ(recur({"run", "sweep.yaml", "replicates=1"}).code, 0);
  const auto before = trials("results");
  ASSERT_THAT(before, SizeIs(3));
  std::map<std::string, std::string> contents;
  for (const auto& [name, file] : before) contents[name] = read("results/waves/" + name);
  const Result more = recur({"run", "sweep.yaml", "replicates=3", "about=with more of them"});
  EXPECT_EQ(more.code, 0) << more.err;
  EXPECT_THAT(more.err, HasSubstr("waves: 9 trials, 3 finished before"));
  EXPECT_THAT(trials("results"), SizeIs(9));
  for (const auto& [name, text] : contents) EXPECT_EQ(read("results/waves/" + name), text) << name;
  EXPECT_THAT(more.out, HasSubstr("3/3"));
  EXPECT_THAT(read("results/waves/definition.yaml"), AllOf(HasSubstr("replicates: 3"), HasSubstr("with more of them")));
  // What is there is not forgotten by asking for less.
  const Result fewer = recur({"run", "sweep.yaml", "replicates=2"});
  EXPECT_EQ(fewer.code, 2);
  EXPECT_THAT(fewer.err, HasSubstr("belongs to another definition"));
}

// Who develops a cell builds it again and runs the same definition: the old results are not what the new build would give.
TEST_F(Run, AnotherBuildOfThePluginDoesNotGoOnWithTheOldOnesTrials) {
  write("mgu.yaml", forecast("{cell: mgu, hidden: 4}", "replicates: 2\n"));
  fs::copy_file(fs::path(RECUR_FIXTURES) / "mgu.so", path("mgu.so"));
  const std::vector<std::string> run{"run", "mgu.yaml", "--plugin", path("mgu.so").string()};
  ASSERT_EQ(recur(run).code, 0);
  std::ofstream(path("mgu.so"), std::ios::app) << "another build";

  const Result finished = recur(run);
  EXPECT_EQ(finished.code, 0) << "nothing is left to do";
  EXPECT_THAT(finished.err, HasSubstr("was trained with another build of"));

  fs::remove(trials("results").begin()->second);
  const Result mixed = recur(run);
  EXPECT_EQ(mixed.code, 2);
  EXPECT_THAT(mixed.err, AllOf(HasSubstr("was trained with another build of"), HasSubstr("--fresh")));
  EXPECT_THAT(trials("results"), SizeIs(1));
}

// So with data, whichever of the files: results of two data sets do not compare.
TEST_F(Run, OtherDataDoNotGoOnWithTheOldOnesTrials) {
  write("train.tsv", "the\tD\ndog\tN\n\ncats\tN\nrun\tV\n\n");
  write("valid.tsv", "the\tD\ncats\tN\n\n");
  write("test.tsv", "dog\tN\nrun\tV\n\n");
  write("tag.yaml",
        "name: tag\nreplicates: 2\ntask: {kind: tagging, data: {format: columns, train: train.tsv, valid: valid.tsv, test: test.tsv}}\n"
        "model: {cell: gru, hidden: 4, embedding: 4}\ntrain: {epochs: 1, batch: 2}\n");
  ASSERT_EQ(recur({"run", "tag.yaml"}).code, 0);
  for (const char* file : {"train.tsv", "valid.tsv", "test.tsv"}) {
    const std::string before = read(file);
    write(file, before + "dog\tN\n\n");
    const Result finished = recur({"run", "tag.yaml"});
    EXPECT_EQ(finished.code, 0) << "nothing is left to do";
    EXPECT_THAT(finished.err, AllOf(HasSubstr("was trained with another content of"), HasSubstr(file)));
    write(file, before);
  }
  EXPECT_THAT(recur({"run", "tag.yaml"}).err, Not(HasSubstr("another content")));

  fs::remove(trials("results", "tag").begin()->second);
  write("test.tsv", "dog\tN\n\n");
  const Result mixed = recur({"run", "tag.yaml"});
  EXPECT_EQ(mixed.code, 2);
  EXPECT_THAT(mixed.err, AllOf(HasSubstr("test.tsv"), HasSubstr("--fresh")));
  EXPECT_THAT(trials("results", "tag"), SizeIs(1));
}

TEST_F(Run, ASweepPrintsTheComparison) {
  const Result result = recur({"run", "sweep.yaml"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("vanilla"), HasSubstr("lstm"), HasSubstr("gru"), HasSubstr("2/2"), HasSubstr("persistence")));
  EXPECT_EQ(recur({"compare", "waves"}).out, result.out);
}

TEST_F(Run, ASecondRunRepeatsNothing) {
  const Result first = recur({"run", "sweep.yaml"});
  ASSERT_EQ(first.code, 0) << first.err;
  const auto before = results();
  const Result second = recur({"run", "sweep.yaml"});
  EXPECT_EQ(second.code, 0);
  EXPECT_EQ(second.out, first.out);
  EXPECT_THAT(second.err, HasSubstr("6 finished before"));
  auto after = results();
  for (const auto& [name, content] : before) {
    if (!name.ends_with("index.h5") && !name.ends_with("lock")) {
      EXPECT_EQ(after[name], content) << name;
    }
  }
}

TEST_F(Run, FreshStartsOverBesideWhatIsThere) {
  ASSERT_EQ(recur({"run", "x.yaml"}).code, 0);
  const auto before = results();
  ASSERT_EQ(recur({"run", "x.yaml", "--fresh"}).code, 0);
  auto after = results();
  for (const auto& [name, content] : before) EXPECT_EQ(after[name], content) << name;
  EXPECT_THAT(trials("results", "waves-2"), SizeIs(1));
}

TEST_F(Run, TheNumberOfWorkersChangesNoBit) {
  ASSERT_EQ(recur({"run", "sweep.yaml", "--jobs", "1", "--results", "one"}).code, 0);
  ASSERT_EQ(recur({"run", "sweep.yaml", "--jobs", "2", "--results", "two"}).code, 0);
  ASSERT_EQ(recur({"run", "sweep.yaml", "--jobs", "5", "--results", "five"}).code, 0);
  expect_equal_trials("one", "two");
  expect_equal_trials("one", "five");
}

TEST_F(Run, ReplicatesDifferAndTheirSeedsArePaired) {
  ASSERT_EQ(recur({"run", "sweep.yaml"}).code, 0);
  const auto files = trials("results");
  ASSERT_THAT(files, SizeIs(6));
  const auto gru = std::find_if(files.begin(), files.end(), [](const auto& each) { return each.first.starts_with("gru"); });
  EXPECT_NE(execute({"h5diff", gru->second.string(), std::next(gru)->second.string(), "/weights/last"}).code, 0);
}

class Interrupted : public Run, public testing::WithParamInterface<int> {};

std::string name_of(const testing::TestParamInfo<int>& info) {
  return info.param == SIGINT ? "CtrlC" : info.param == SIGTERM ? "Terminate" : "Kill";
}

// Long enough that the signal comes while it trains: the program is told to stop when it has said that epoch 40 is done.
TEST_P(Interrupted, ARunGoesOnToTheSameBits) {
  const std::vector<std::string> training{"run", "x.yaml", "train.epochs=3000", "model.hidden=16", "model.dropout=0.1"};
  std::vector<std::string> whole = training;
  whole.insert(whole.end(), {"--results", "whole", "--quiet"});
  ASSERT_EQ(recur(whole).code, 0);

  const std::unique_ptr<Started> started = start(training);
  ASSERT_TRUE(started->wait_for("epoch 40/"));
  started->signal(GetParam());
  const Result interrupted = started->wait();
  ASSERT_EQ(interrupted.code, GetParam() == SIGKILL ? 128 + SIGKILL : 130) << interrupted.err;
  EXPECT_THAT(interrupted.err, Not(HasSubstr("epoch 3000/3000")));
  EXPECT_EQ(list().at("state").as_string(), "unfinished");

  const Result second = recur(training);
  EXPECT_EQ(second.code, 0) << second.err;
  if (GetParam() != SIGKILL) {  // a kill may come before the first checkpoint
    EXPECT_THAT(second.err, Not(HasSubstr("epoch 1/")));
  }
  expect_equal_trials("whole", "results");
}

INSTANTIATE_TEST_SUITE_P(By, Interrupted, testing::Values(SIGINT, SIGTERM, SIGKILL), name_of);

TEST_F(Run, AnInterruptedSweepBeginsNoFurtherTrial) {
  const std::vector<std::string> sweep{"run", "sweep.yaml", "train.epochs=1500", "--jobs", "1"};
  std::vector<std::string> verbose = sweep;
  verbose.push_back("--verbose");
  const std::unique_ptr<Started> started = start(verbose);
  ASSERT_TRUE(started->wait_for("epoch 5/"));
  started->signal(SIGINT);
  const Result interrupted = started->wait();
  EXPECT_EQ(interrupted.code, 130);
  EXPECT_THAT(interrupted.err, HasSubstr("6 of 6 trials unfinished; the same command goes on"));
  const json::object states = list().at("states").as_object();
  EXPECT_EQ(states.at("stale").as_int64(), 1);
  EXPECT_EQ(states.at("queued").as_int64(), 5);
}

TEST_F(Run, DryRunPrintsThePlanAndWritesNothing) {
  const Result result = recur({"run", "sweep.yaml", "--dry-run", "budget.params=200"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("name: waves"), HasSubstr("model.cell=lstm"), HasSubstr("to do")));
  EXPECT_THAT(results(), IsEmpty());
  EXPECT_FALSE(fs::exists(path("results")));
}

TEST_F(Run, ABudgetGivesEveryVariantTheSizeThatFits) {
  const json::value plan = json::parse(recur({"run", "sweep.yaml", "--dry-run", "--json", "budget.params=500"}).out);
  std::map<std::string, int64_t> hidden;
  for (const json::value& trial : plan.at("trials").as_array()) {
    hidden[std::string(trial.at("variant").as_string())] = trial.at("hidden").as_int64();
    EXPECT_LE(trial.at("parameters").as_int64(), 500);
    EXPECT_GT(trial.at("parameters").as_int64(), 350);
  }
  EXPECT_GT(hidden["vanilla"], hidden["gru"]);
  EXPECT_GT(hidden["gru"], hidden["lstm"]);
}

TEST_F(Run, AFailingTrialIsRecordedAndTheRestIsDone) {
  write("bad.yaml", forecast("{cell: gru, hidden: 4}", "sweep: {space: {train.optimizer.lr: {choice: [0.01, 1.0e+30]}}}\n", "optimizer: {kind: sgd}"));
  const Result first = recur({"run", "bad.yaml"});
  EXPECT_EQ(first.code, 3) << first.err;
  EXPECT_THAT(first.err, AllOf(HasSubstr("failed:"), HasSubstr("1 of 2 trials failed")));
  const json::object states = list().at("states").as_object();
  EXPECT_EQ(states.at("failed").as_int64(), 1);
  EXPECT_EQ(states.at("done").as_int64(), 1);
  EXPECT_THAT(recur({"show", "waves"}).out, HasSubstr("finite"));

  const Result second = recur({"run", "bad.yaml"});
  EXPECT_EQ(second.code, 3);
  EXPECT_THAT(second.err, Not(HasSubstr("failed: ")));
  const Result third = recur({"run", "bad.yaml", "--retry-failed"});
  EXPECT_EQ(third.code, 3);
  EXPECT_THAT(third.err, HasSubstr("failed: "));
}

TEST_F(Run, ABrokenPluginTakesNothingFromTheOthers) {
  environment_["RECUR_PLUGIN_PATH"] = RECUR_FIXTURES "/hostile/nan_parameters.so:" RECUR_FIXTURES "/hostile/aborts_loading.so";
  write("mgu.yaml", forecast("{cell: mgu, hidden: 4}"));
  const Result result = recur({"run", "--plugin", RECUR_FIXTURES "/mgu.so", "mgu.yaml", "train.epochs=2"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("mgu"));
}

TEST_F(Run, VariantsOfOneNameInTwoExperimentsAreTwo) {
  ASSERT_EQ(recur({"run", "x.yaml", "-q"}).code, 0);
  ASSERT_EQ(recur({"run", "x.yaml", "-q", "name=longer", "train.epochs=4"}).code, 0);
  ASSERT_EQ(recur({"run", "x.yaml", "-q", "name=other", "model.cell=lstm"}).code, 0);
  const Result result = recur({"compare", "waves", "longer", "other"});
  EXPECT_THAT(result.out, AllOf(HasSubstr("waves/gru"), HasSubstr("longer/gru"), HasSubstr(" lstm "), Not(HasSubstr("other/lstm"))));
}

TEST_F(Run, QuietSaysNothing) {
  const Result result = recur({"run", "sweep.yaml", "--quiet"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, IsEmpty());
}

TEST_F(Run, VariantsOfOneCellAreItsChoices) {
  write("optimizers.yaml", forecast("{cell: gru, hidden: 4}", "sweep: {space: {train.optimizer.kind: {choice: [adam, rmsprop]}}}\n"));
  const Result result = recur({"run", "optimizers.yaml"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("adam"), HasSubstr("rmsprop")));
}

}  // namespace
}  // namespace recur::tool
