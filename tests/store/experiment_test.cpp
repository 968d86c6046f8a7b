#include <gmock/gmock.h>

#include "fixture.hpp"
#include "recur/error/error.hpp"

namespace recur::store {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

template <class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const UserError& error) {
    return error.what();
  }
  return "not refused";
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(StoreTest, MakesTheDirectoryWithTheDefinition) {
  const Experiment experiment(options());
  EXPECT_EQ(experiment.directory(), root_ / "sunspots");
  EXPECT_EQ(text_of(root_ / "sunspots/definition.yaml"), options().definition);
}

TEST_F(StoreTest, GoesOnInADirectoryOfTheSameDefinition) {
  { Experiment(options()).begin(spec()).finish(outcome()); }
  const Experiment again(options());
  EXPECT_EQ(again.trial(spec().name)->state(), TrialState::done);
  EXPECT_EQ(again.trial("absent"), std::nullopt);
}

TEST_F(StoreTest, RefusesADirectoryOfAnotherDefinitionAndSaysWhereItDiffers) {
  { const Experiment experiment(options()); }
  ExperimentOptions other = options();
  other.definition = "name: sunspots\ntrain: {epochs: 4}\n";
  const std::string message = refusal([&] { Experiment experiment(other); });
  EXPECT_THAT(message, HasSubstr("belongs to another definition (line 2: 'train: {epochs: 3}' there, 'train: {epochs: 4}' now)"));
  EXPECT_THAT(message, HasSubstr("--fresh"));
  EXPECT_EQ(text_of(root_ / "sunspots/definition.yaml"), options().definition);
}

TEST_F(StoreTest, FreshTakesANewDirectoryAndDeletesNothing) {
  { Experiment(options()).begin(spec()).finish(outcome()); }
  ExperimentOptions fresh = options();
  fresh.fresh = true;
  const Experiment second(fresh);
  const Experiment third(fresh);
  EXPECT_EQ(second.name(), "sunspots-2");
  EXPECT_EQ(third.name(), "sunspots-3");
  EXPECT_EQ(read_experiment(root_ / "sunspots").trials.size(), 1U);
}

TEST_F(StoreTest, RefusesADirectoryThatIsBeingRun) {
  const Experiment running(options());
  EXPECT_THAT(refusal([&] { Experiment second(options()); }), HasSubstr("is being run by process"));
  EXPECT_TRUE(read_experiment(running.directory()).running);
}

TEST_F(StoreTest, LetsGoOfTheDirectoryAtTheEnd) {
  { const Experiment experiment(options()); }
  EXPECT_FALSE(read_experiment(root_ / "sunspots").running);
  const Experiment again(options());
}

TEST_F(StoreTest, RefusesADirectoryThatIsNotAnExperiments) {
  fs::create_directories(root_ / "sunspots");
  std::ofstream(root_ / "sunspots/thesis.tex") << "\\documentclass";
  EXPECT_THAT(refusal([&] { Experiment experiment(options()); }), HasSubstr("is not empty and not an experiment's"));
  EXPECT_FALSE(fs::exists(root_ / "sunspots/lock"));
}

TEST_F(StoreTest, RefusesADirectoryThatCannotBeMade) {
  std::ofstream(root_ / "file") << "in the way";
  ExperimentOptions impossible = options();
  impossible.root = root_ / "file";
  EXPECT_THAT(refusal([&] { Experiment experiment(impossible); }), HasSubstr("cannot be made"));
  EXPECT_THAT(refusal([&] { Experiment experiment(options("file")); }), HasSubstr("cannot be made: File exists"));
}

TEST_F(StoreTest, RefusesADirectoryThatCannotBeWritten) {
  if (geteuid() == 0) GTEST_SKIP() << "the superuser may write everywhere";
  fs::create_directories(root_ / "sunspots");
  fs::permissions(root_ / "sunspots", fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THAT(refusal([&] { Experiment experiment(options()); }), HasSubstr("cannot be written: Permission denied"));
}

TEST_F(StoreTest, RefusesNamesThatAreNoNames) {
  for (const char* name : {"", "a/b", "..", "-x", "mit Leerzeichen"})
    EXPECT_THAT(refusal([&] { Experiment experiment(options(name)); }), HasSubstr("cannot name an experiment")) << name;
}

TEST_F(StoreTest, RemovesWhatAKilledProcessHalfWrote) {
  { const Experiment experiment(options()); }
  std::ofstream(root_ / "sunspots/abc.h5.tmp") << "half";
  const Experiment again(options());
  EXPECT_FALSE(fs::exists(root_ / "sunspots/abc.h5.tmp"));
}

TEST_F(StoreTest, TheIndexCanBeMadeAgainFromTheTrialFiles) {
  {
    Experiment experiment(options());
    experiment.begin(spec("gru", 0)).finish(outcome());
    experiment.begin(spec("lstm", 0)).fail("no luck");
  }
  const fs::path index = root_ / "sunspots/index.h5";
  EXPECT_TRUE(fs::exists(index));
  fs::remove(index);
  rebuild_index(root_ / "sunspots");
  EXPECT_TRUE(fs::exists(index));
  EXPECT_EQ(read_experiment(root_ / "sunspots").trials.size(), 2U);
}

TEST_F(StoreTest, ListsExperimentsAndOrdersTheirTrials) {
  {
    Experiment experiment(options());
    for (const int64_t replicate : {1, 0})
      for (const char* variant : {"lstm", "gru"}) experiment.begin(spec(variant, replicate)).finish(outcome());
    const Experiment other(options("airline"));
  }
  const std::vector<fs::path> all = list_experiments(root_);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].filename(), "airline");
  const ExperimentRecord read = read_experiment(all[1]);
  EXPECT_EQ(read.name, "sunspots");
  EXPECT_EQ(read.definition, options().definition);
  std::vector<std::string> order;
  for (const TrialRecord& trial : read.trials) order.push_back(trial.spec.variant + std::to_string(trial.spec.replicate));
  EXPECT_EQ(order, (std::vector<std::string>{"gru0", "gru1", "lstm0", "lstm1"}));
  EXPECT_TRUE(list_experiments(root_ / "absent").empty());
  EXPECT_EQ(read_experiment(root_ / "sunspots/").name, "sunspots");
}

TEST_F(StoreTest, FindsAResultByWhatAPersonWrites) {
  { Experiment(options()).begin(spec()).finish(outcome()); }
  const fs::path directory = root_ / "sunspots";
  const std::string trial = spec().name;
  EXPECT_EQ(find_result(root_, "sunspots").directory, directory);
  EXPECT_EQ(find_result("elsewhere", directory.string()).directory, directory);
  EXPECT_EQ(find_result(root_, "sunspots").trial, "");
  EXPECT_EQ(find_result(root_, "sunspots/" + trial.substr(0, 5)).trial, directory / (trial + ".h5"));
  EXPECT_EQ(find_result("elsewhere", (directory / (trial + ".h5")).string()).trial, directory / (trial + ".h5"));
  EXPECT_THAT(refusal([&] { find_result(root_, "sunspot"); }), HasSubstr("did you mean 'sunspots'?"));
  EXPECT_THAT(refusal([&] { find_result(root_, "sunspots/zz"); }), HasSubstr("has no trial 'zz'"));
}

}  // namespace
}  // namespace recur::store
