#include <gmock/gmock.h>

#include <hdf5.h>
#include <sys/stat.h>

#include <thread>

#include "fixture.hpp"
#include "recur/error/error.hpp"

namespace recur::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(StoreTest, AFinishedTrialReadsBackWhole) {
  Experiment experiment(options());
  TrialWriter writer = experiment.begin(spec());
  train(writer, 0, 3);
  writer.log(Level::warning, "a line\nand another \\ with\ttab, größer");
  const Outcome given = outcome();
  writer.finish(given);

  const TrialRecord read = read_trial(experiment.trial_file(spec().name));
  EXPECT_EQ(read.spec, spec());
  EXPECT_EQ(read.state(), TrialState::done);
  EXPECT_EQ(read.outcome.results, given.results);
  EXPECT_EQ(read.outcome.best_epoch, 2);
  EXPECT_EQ(read.outcome.details, given.details);
  EXPECT_EQ(read.outcome.baselines, given.baselines);
  EXPECT_EQ(read.outcome.last, given.last);
  EXPECT_EQ(read.outcome.best, given.best);
  EXPECT_THAT(read.epochs.columns, ElementsAre("epoch", "step", "seconds", "train/loss", "valid/rmse"));
  EXPECT_THAT(read.epochs.column("valid/rmse"), ElementsAre(20, 19, 18));
  EXPECT_EQ(read.epochs_done, 3);
  EXPECT_EQ(read.steps.rows(), 30);
  EXPECT_EQ(read.steps_logged, 30);
  EXPECT_EQ(read.seconds, 3);
  EXPECT_GT(read.started, 1.6e9);
  EXPECT_GE(read.ended, read.started);
  ASSERT_EQ(read.log.size(), 3U);
  EXPECT_EQ(read.log[1].text, "a line\nand another \\ with\ttab, größer");
  EXPECT_EQ(read.log[1].level, Level::warning);
  EXPECT_EQ(read.log[2].text, "ended: done");
}

TEST_F(StoreTest, ATrialOfATaskWithoutFilesHasNone) {
  Experiment experiment(options());
  TrialSpec generated = spec();
  generated.provenance.data.clear();
  experiment.begin(generated).finish(outcome());
  EXPECT_EQ(read_trial(experiment.trial_file(generated.name)).spec, generated);
}

// Files of before all data files were kept have the main one as attributes alone.
TEST_F(StoreTest, AnOldTrialTellsItsMainDataFile) {
  Experiment experiment(options());
  experiment.begin(spec()).finish(outcome());
  const std::filesystem::path file = experiment.trial_file(spec().name);
  const hid_t open = H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  ASSERT_GE(H5Ldelete(open, "provenance/data", H5P_DEFAULT), 0);
  ASSERT_GE(H5Fclose(open), 0);
  const TrialRecord read = read_trial(file);
  const std::vector<DataFile> main{{"", "/data/größe.tsv", content_hash("train")}};
  EXPECT_EQ(read.spec.provenance.data, main);
  EXPECT_EQ(read.outcome.best, outcome().best);
}

TEST_F(StoreTest, StatesOfEveryEpochAreKept) {
  Experiment experiment(options());
  TrialSpec logged = spec();
  logged.states = {{"layer0/w", {2, 3}}, {"layer1/c", {2, 1, 2}}};
  TrialWriter writer = experiment.begin(logged);
  const auto values = [](float epoch) { return std::vector<float>{epoch, 1, 2, 3, 4, 5, -epoch, 7, 8, 9}; };
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    train(writer, epoch, epoch + 1);
    writer.append_states(values(static_cast<float>(epoch)));
  }
  writer.flush();
  const auto expect = [&](const TrialRecord& read, int64_t epochs) {
    EXPECT_EQ(read.spec, logged);
    ASSERT_EQ(read.states.size(), 2U);
    const std::vector<int64_t> first{epochs, 2, 3}, second{epochs, 2, 1, 2};
    EXPECT_EQ(read.states[0].shape, first);
    EXPECT_EQ(read.states[1].shape, second);
    for (size_t e = 0; e < static_cast<size_t>(epochs); ++e) {
      EXPECT_EQ(read.states[0].values[6 * e], static_cast<float>(e));
      EXPECT_EQ(read.states[0].values[6 * e + 5], 5);
      EXPECT_EQ(read.states[1].values[4 * e], -static_cast<float>(e));
      EXPECT_EQ(read.states[1].values[4 * e + 3], 9);
    }
  };
  expect(*experiment.trial(logged.name, {}), 3);

  // Goes on after the checkpoint of the second epoch.
  {
    TrialWriter again = experiment.begin(logged);
    for (int64_t epoch = 0; epoch < 2; ++epoch) {
      train(again, epoch, epoch + 1);
      again.append_states(values(static_cast<float>(epoch)));
    }
    again.checkpoint({.arrays = weights(1)});
    train(again, 2, 3);
    again.append_states(values(77));
  }
  TrialWriter resumed = experiment.resume(logged, *experiment.checkpoint(logged.name));
  train(resumed, 2, 3);
  resumed.append_states(values(2));
  resumed.finish(outcome());
  expect(read_trial(experiment.trial_file(logged.name)), 3);
  const TrialRecord summary = read_trial(experiment.trial_file(logged.name), kSummary);
  EXPECT_TRUE(summary.states.empty());
  TrialSpec others = logged;
  others.states.pop_back();
  Checkpoint checkpoint;
  checkpoint.epochs.columns = {"epoch", "step", "seconds", "train/loss", "valid/rmse"};
  checkpoint.steps.columns = {"step", "epoch", "seconds", "loss", "grad_norm", "lr"};
  checkpoint.states = {{"layer0/other", {0, 2, 3}, {}, {}}};
  EXPECT_THROW(experiment.resume(others, checkpoint), StoreError);
}

TEST_F(StoreTest, ASummaryLeavesOutWhatIsLarge) {
  Experiment experiment(options());
  TrialWriter writer = experiment.begin(spec());
  train(writer, 0, 2);
  writer.finish(outcome());
  const TrialRecord read = read_trial(experiment.trial_file(spec().name), kSummary);
  EXPECT_TRUE(read.outcome.best.empty());
  EXPECT_TRUE(read.log.empty());
  EXPECT_EQ(read.steps.rows(), 0);
  EXPECT_EQ(read.steps_logged, 20);
  EXPECT_EQ(read.spec, spec());
  EXPECT_EQ(read.metric("test/rmse"), 19.5);
}

TEST_F(StoreTest, ARunningTrialCanBeReadInItsOwnProcess) {
  Experiment experiment(options());
  TrialWriter writer = experiment.begin(spec());
  train(writer, 0, 2);
  writer.flush();
  const TrialRecord read = *experiment.trial(spec().name, {});
  EXPECT_EQ(read.state(), TrialState::running);
  EXPECT_EQ(read.epochs_done, 2);
  EXPECT_EQ(read.steps.rows(), 20);
  EXPECT_EQ(read.objective(), 19);  // the best so far
  EXPECT_EQ(read.metric("train/loss"), 0.5);
  EXPECT_EQ(read.metric("test/rmse"), std::nullopt);
}

TEST_F(StoreTest, AWriterThatIsDroppedLeavesAStaleTrialToBeContinued) {
  Experiment experiment(options());
  {
    TrialWriter writer = experiment.begin(spec());
    train(writer, 0, 2);
  }
  const TrialRecord read = *experiment.trial(spec().name);
  EXPECT_EQ(read.state(), TrialState::stale);
  EXPECT_EQ(read.outcome.message, "interrupted");
  EXPECT_EQ(read.epochs_done, 2);
  EXPECT_EQ(read.steps_logged, 20);
}

TEST_F(StoreTest, AFailedTrialSaysWhyAndKeepsItsRows) {
  Experiment experiment(options());
  TrialWriter writer = experiment.begin(spec());
  train(writer, 0, 1);
  writer.append_step(10, 1, 1.1, std::vector<double>{std::nan(""), 1e30, 1e-3});
  writer.fail("loss is not finite at step 10 (gradient norm 1e30)");
  const TrialRecord read = *experiment.trial(spec().name, {});
  EXPECT_EQ(read.state(), TrialState::failed);
  EXPECT_EQ(read.outcome.message, "loss is not finite at step 10 (gradient norm 1e30)");
  EXPECT_EQ(read.steps.rows(), 11);
  EXPECT_EQ(read.log[1].level, Level::error);
}

TEST_F(StoreTest, ASecondAttemptKeepsTheLogAndTheStartOfTheFirst) {
  Experiment experiment(options());
  double started = 0;
  {
    TrialWriter writer = experiment.begin(spec());
    writer.log(Level::info, "of the first attempt");
    writer.fail("no luck");
    started = experiment.trial(spec().name)->started;
  }
  TrialWriter writer = experiment.begin(spec());
  writer.finish(outcome());
  const TrialRecord read = *experiment.trial(spec().name, {});
  EXPECT_EQ(read.log[1].text, "of the first attempt");
  EXPECT_EQ(read.started, started);
  EXPECT_EQ(read.epochs.rows(), 0);
}

TEST_F(StoreTest, AQueuedTrialHasAFileUntilItRunsAndIsNotQueuedTwice) {
  Experiment experiment(options());
  const std::vector<TrialSpec> planned = {spec("gru", 0), spec("gru", 1)};
  experiment.queue(planned);
  EXPECT_EQ(experiment.trial(planned[0].name)->state(), TrialState::queued);
  EXPECT_EQ(experiment.trial(planned[0].name)->spec, planned[0]);
  experiment.begin(planned[0]).finish(outcome());
  experiment.queue(planned);
  EXPECT_EQ(experiment.trial(planned[0].name)->state(), TrialState::done);
  EXPECT_EQ(experiment.trial(planned[1].name)->state(), TrialState::queued);
}

TEST_F(StoreTest, ManyTrialsCanBeWrittenFromManyThreadsAtOnce) {
  Experiment experiment(options());
  constexpr int kThreads = 4, kTrials = 5;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kTrials; ++i) {
        TrialWriter writer = experiment.begin(spec("cell" + std::to_string(t), i));
        train(writer, 0, 7);
        writer.checkpoint({.arrays = weights(1)});
        writer.finish(outcome());
      }
    });
  for (std::thread& thread : threads) thread.join();
  const ExperimentRecord read = read_experiment(experiment.directory(), {});
  EXPECT_TRUE(read.damaged.empty());
  ASSERT_EQ(read.trials.size(), size_t{kThreads * kTrials});
  for (const TrialRecord& trial : read.trials) {
    EXPECT_EQ(trial.state(), TrialState::done);
    EXPECT_EQ(trial.epochs_done, 7);
    EXPECT_EQ(trial.steps.rows(), 70);
    EXPECT_EQ(trial.steps.column("step").back(), 69);
    EXPECT_EQ(trial.outcome.best, weights(0.5F));
  }
}

TEST_F(StoreTest, AnEndedTrialTakesNothingMore) {
  Experiment experiment(options());
  TrialWriter writer = experiment.begin(spec());
  writer.finish(outcome());
  EXPECT_THROW(writer.append_epoch(1, 1, 1, std::vector<double>{1, 2}), InvariantError);
}

TEST_F(StoreTest, ARowOfTheWrongWidthIsAMistakeOfTheProgram) {
  Experiment experiment(options());
  TrialWriter writer = experiment.begin(spec());
  EXPECT_THROW(writer.append_epoch(1, 1, 1, std::vector<double>{1}), InvariantError);
}

TEST_F(StoreTest, SaysWhatAFileIsNot) {
  const std::filesystem::path text = root_ / "a.h5";
  std::ofstream(text) << "not HDF5";
  EXPECT_THROW(
      {
        try {
          read_trial(text);
        } catch (const UserError& error) {
          EXPECT_THAT(error.what(), HasSubstr("is not a trial file of recur"));
          throw;
        }
      },
      UserError);
  EXPECT_THROW(read_trial(root_ / "absent.h5"), UserError);
  Experiment experiment(options());
  experiment.begin(spec()).finish(outcome());
  EXPECT_THROW(read_checkpoint(experiment.trial_file(spec().name)), UserError);
}

TEST_F(StoreTest, ADamagedFileIsNamedAndDoesNotHideTheOthers) {
  Experiment experiment(options());
  experiment.begin(spec("gru", 0)).finish(outcome());
  experiment.begin(spec("gru", 1)).finish(outcome());
  const std::filesystem::path broken = experiment.trial_file(spec("gru", 1).name);
  std::filesystem::resize_file(broken, 1000);
  EXPECT_THROW(read_trial(broken), StoreError);
  const ExperimentRecord read = read_experiment(experiment.directory());
  ASSERT_EQ(read.trials.size(), 1U);
  ASSERT_EQ(read.damaged.size(), 1U);
  EXPECT_THAT(read.damaged[0], HasSubstr(broken.filename().string()));
  // And it can be run again.
  experiment.begin(spec("gru", 1)).finish(outcome());
  EXPECT_EQ(read_trial(broken).state(), TrialState::done);
}

TEST_F(StoreTest, TheHashOfADirectoryIsThatOfItsFilesByName) {
  const std::filesystem::path root = root_ / "data";
  const auto write = [&](const char* name, const char* text) {
    std::filesystem::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
  };
  write("b", "abc");
  write("a/c", "");
  const std::string listing = content_hash("") + "  a/c\n" + content_hash("abc") + "  b\n";
  EXPECT_EQ(path_hash(root), content_hash(listing));
  EXPECT_EQ(path_hash(root / "b"), content_hash("abc"));
  write("a/c", "x");
  EXPECT_NE(path_hash(root), content_hash(listing));
}

TEST(HashTest, GivesThePublishedValues) {
  // FIPS 180-4 examples, https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
  EXPECT_EQ(content_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(content_hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(content_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_NE(trial_name("a", 0), trial_name("a", 1));
  EXPECT_EQ(trial_name("a", 0).size(), 16U);
}

}  // namespace
}  // namespace recur::store
