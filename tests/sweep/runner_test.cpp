#include "recur/sweep/runner.hpp"

#include <mutex>

#include "planning.hpp"
#include "recur/store/experiment.hpp"

namespace recur::sweep {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Keeps what it is told, and sets a flag at a given epoch.
class Ear final : public Listener {
 public:
  explicit Ear(std::atomic<bool>* stop = nullptr, int64_t at = -1) : stop_(stop), at_(at) {}

  void began(const fs::path&, const Plan&, int64_t finished_before, int workers) override { before = finished_before, at_a_time = workers; }
  void trial_epoch(size_t, const EpochNews& news) override {
    const std::lock_guard lock(mutex_);
    ++epochs;
    if (stop_ != nullptr && news.epoch == at_) *stop_ = true;
  }
  void trial_ended(size_t trial, const TrialEnd& end) override {
    const std::lock_guard lock(mutex_);
    ends[trial] = end;
  }

  int64_t before = -1, epochs = 0;
  int at_a_time = 0;
  std::map<size_t, TrialEnd> ends;

 private:
  std::mutex mutex_;
  std::atomic<bool>* stop_;
  int64_t at_;
};

class RunnerTest : public PlanningTest {
 protected:
  RunReport run_plan(const Plan& p, Listener& listener, RunOptions options = {}) {
    options.root = directory_ / "results";
    return run(p, {registry_, tasks_, paths_}, options, listener);
  }
  std::vector<store::TrialRecord> trials() { return store::read_experiment(directory_ / "results/waves", {}).trials; }

  exec::PathMemory paths_;
};

TEST_F(RunnerTest, WritesWhatContractAsksOfATrial) {
  const Plan p = plan(define("cell: gru, hidden: 4", "replicates: 2\n"));
  Ear ear;
  const RunReport report = run_plan(p, ear);
  EXPECT_EQ(report.done, 2);
  EXPECT_EQ(report.unfinished, 0);
  ASSERT_THAT(trials(), SizeIs(2));
  for (const store::TrialRecord& trial : trials()) {
    EXPECT_EQ(trial.state(), store::TrialState::done);
    EXPECT_EQ(trial.spec.variant, "gru");
    EXPECT_EQ(trial.spec.definition, to_yaml(p.points[0].definition));
    EXPECT_EQ(trial.spec.parameters, p.points[0].parameters);
    EXPECT_GT(trial.spec.flops_per_step, 0);
    EXPECT_THAT(trial.spec.encoding, HasSubstr("forecast"));
    EXPECT_EQ(trial.epochs_done, 2);
    EXPECT_GT(trial.steps_logged, 0);
    ASSERT_THAT(trial.spec.provenance.data, SizeIs(1));
    EXPECT_EQ(trial.spec.provenance.data[0].key, "task.data.csv");
    EXPECT_EQ(trial.spec.provenance.data[0].hash, store::file_hash(directory_ / "waves.csv"));
    EXPECT_EQ(trial.spec.provenance.plugin_hash, store::file_hash(trial.spec.provenance.plugin_file));
    EXPECT_TRUE(trial.spec.provenance.libraries.contains("onednn"));
    EXPECT_TRUE(trial.outcome.results.contains("test/rmse"));
    EXPECT_THAT(trial.outcome.baselines, SizeIs(1));
    EXPECT_FALSE(trial.outcome.best.empty());
    EXPECT_EQ(trial.outcome.best.size(), trial.outcome.last.size());
    EXPECT_FALSE(trial.log.empty());
  }
}

TEST_F(RunnerTest, DoesOnlyWhatIsLeft) {
  const Plan p = plan(define("cell: gru, hidden: 4", "replicates: 3\n"));
  Ear first, second;
  run_plan(p, first);
  const RunReport report = run_plan(p, second);
  EXPECT_EQ(report.finished_before, 3);
  EXPECT_EQ(report.done, 0);
  EXPECT_EQ(second.before, 3);
  EXPECT_EQ(second.epochs, 0);
}

TEST_F(RunnerTest, StopsAfterACheckpointAndGoesOnToTheSameBits) {
  const Plan p = plan(define("cell: gru, hidden: 4", "replicates: 2\n", "epochs: 30, batch: 8"));
  std::atomic<bool> stop = false;
  Ear stopper(&stop, 4);
  const RunReport interrupted = run_plan(p, stopper, {.jobs = 1, .stop = &stop});
  EXPECT_TRUE(interrupted.interrupted);
  EXPECT_EQ(interrupted.unfinished, 2);
  EXPECT_EQ(stopper.ends.at(0).state, store::TrialState::stale);

  Ear rest;
  const RunReport report = run_plan(p, rest, {.jobs = 1});
  EXPECT_FALSE(report.interrupted);
  EXPECT_EQ(report.done, 2);
  EXPECT_LT(rest.epochs, 60);  // not everything again
  const std::vector<store::TrialRecord> resumed = trials();

  fs::remove_all(directory_ / "results");
  Ear whole;
  run_plan(p, whole, {.jobs = 2});
  const std::vector<store::TrialRecord> at_once = trials();
  ASSERT_EQ(resumed.size(), at_once.size());
  for (size_t i = 0; i < resumed.size(); ++i) {
    EXPECT_EQ(resumed[i].outcome.last, at_once[i].outcome.last);
    EXPECT_EQ(resumed[i].outcome.best, at_once[i].outcome.best);
    EXPECT_EQ(resumed[i].outcome.results, at_once[i].outcome.results);
    EXPECT_EQ(resumed[i].epochs.column("valid/loss"), at_once[i].epochs.column("valid/loss"));
    EXPECT_EQ(resumed[i].steps.column("loss"), at_once[i].steps.column("loss"));
  }
}

TEST_F(RunnerTest, BeginsNothingOnceItIsToStop) {
  const Plan p = plan(define("cell: gru, hidden: 4", "replicates: 2\n"));
  const std::atomic<bool> stop = true;
  Ear ear;
  const RunReport report = run_plan(p, ear, {.stop = &stop});
  EXPECT_TRUE(report.interrupted);
  EXPECT_EQ(report.unfinished, 2);
  for (const store::TrialRecord& trial : trials()) EXPECT_EQ(trial.state(), store::TrialState::queued);
}

TEST_F(RunnerTest, RecordsAFailureAndGoesOn) {
  const Plan p = plan(define("cell: gru, hidden: 4", "sweep: {space: {train.optimizer.lr: {choice: [1.0e+30, 0.01]}}}\n", "epochs: 2, batch: 8, optimizer: sgd"));
  Ear ear, again, retry;
  const RunReport report = run_plan(p, ear, {.jobs = 1});
  EXPECT_EQ(report.failed, 1);
  EXPECT_EQ(report.done, 1);
  EXPECT_EQ(ear.ends.at(0).state, store::TrialState::failed);
  EXPECT_THAT(ear.ends.at(0).message, HasSubstr("finite"));
  EXPECT_EQ(run_plan(p, again).failed, 1);
  EXPECT_TRUE(again.ends.empty());
  EXPECT_EQ(run_plan(p, retry, {.retry_failed = true}).failed, 1);
  EXPECT_THAT(retry.ends, SizeIs(1));
}

TEST_F(RunnerTest, PutsAFileThatCannotBeReadAside) {
  const Plan p = plan(define("cell: gru, hidden: 4"));
  Ear first, second;
  const RunReport report = run_plan(p, first);
  const fs::path file = report.directory / (p.trials[0].name + ".h5");
  fs::resize_file(file, 100);
  EXPECT_EQ(run_plan(p, second).done, 1);
  EXPECT_TRUE(fs::exists(file.string() + ".damaged"));
  EXPECT_EQ(trials().at(0).state(), store::TrialState::done);
}

TEST_F(RunnerTest, TellsWhenATrialsFileCannotBeWritten) {
  const Plan p = plan(define("cell: gru, hidden: 4"));
  Ear ear;
  fs::create_directories(directory_ / "results");
  std::ofstream(directory_ / "results/waves") << "a file";
  EXPECT_THROW(run_plan(p, ear), UserError);
  EXPECT_EQ(ear.before, -1);
}

}  // namespace
}  // namespace recur::sweep
