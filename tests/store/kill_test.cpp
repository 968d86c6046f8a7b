// What contract.md promises: killed at any instant, the files stay readable and no finished epoch is lost.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "fixture.hpp"
#include "recur/error/error.hpp"

namespace recur::store {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr const char* kVictim = RECUR_BINARY_DIR "/tests/recur_store_victim";

// Starts the victim with its standard output in a pipe.
struct Victim {
  pid_t pid = -1;
  int out = -1;

  explicit Victim(const fs::path& root) {
    int ends[2];
    if (pipe(ends) != 0) return;
    pid = fork();
    if (pid == 0) {
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      close(ends[1]);
      execl(kVictim, kVictim, "append", root.c_str(), nullptr);
      _exit(127);
    }
    close(ends[1]);
    out = ends[0];
  }
  ~Victim() {
    close(out);
    waitpid(pid, nullptr, 0);
  }
  // The next epoch that is acknowledged; -1 at the end.
  int64_t next() const {
    int64_t epoch = -1;
    return read(out, &epoch, sizeof epoch) == sizeof epoch ? epoch : -1;
  }
};

int kills() {
  const char* text = std::getenv("RECUR_TEST_KILLS");
  return text == nullptr ? 20 : std::max(1, std::atoi(text));
}

// Each kill comes after a number of acknowledged epochs and then some microseconds that are drawn anew, in one
// directory, so that most rounds also resume what the one before left.
TEST_F(StoreTest, NoAcknowledgedEpochIsLostByAKillAndEveryFileStaysReadable) {
  std::mt19937 random(20240611);
  int64_t continued_from = 0;
  for (int round = 0; round < kills(); ++round) {
    int64_t acknowledged = -1;
    {
      const Victim victim(root_);
      ASSERT_GT(victim.pid, 0);
      const int epochs = std::uniform_int_distribution<>(0, 30)(random);
      for (int i = 0; i < epochs; ++i) acknowledged = victim.next();
      usleep(static_cast<useconds_t>(std::uniform_int_distribution<>(0, epochs == 0 ? 20000 : 1000)(random)));
      kill(victim.pid, SIGKILL);
      for (int64_t more; (more = victim.next()) >= 0;) acknowledged = more;
    }
    if (!fs::exists(root_ / "victim/definition.yaml")) continue;  // killed before anything was there
    const ExperimentRecord read = read_experiment(root_ / "victim", {});
    ASSERT_TRUE(read.damaged.empty()) << "round " << round << ": " << read.damaged.front();
    EXPECT_FALSE(read.running);
    if (read.trials.empty()) continue;
    const TrialRecord& trial = read.trials.front();
    EXPECT_EQ(trial.state(), TrialState::stale);
    ASSERT_GE(trial.epochs_done, acknowledged + 1) << "round " << round;
    for (int64_t row = 0; row < trial.epochs_done; ++row)
      for (size_t column : {0U, 2U, 3U, 7U}) ASSERT_EQ(trial.epochs.at(row, column), row) << "round " << round;
    ASSERT_GE(trial.steps.rows(), 4 * (acknowledged + 1));
    for (int64_t row = 0; row < trial.steps.rows(); ++row) ASSERT_EQ(trial.steps.at(row, 0), row);
    for (const Event& event : trial.log) ASSERT_FALSE(event.text.empty());
    if (const fs::path file = root_ / "victim" / (trial.spec.name + ".ckpt.h5"); fs::exists(file)) {
      const Checkpoint checkpoint = read_checkpoint(file);
      const int64_t epoch = checkpoint.integer("epoch");
      ASSERT_EQ(checkpoint.epochs.rows(), epoch + 1);
      ASSERT_EQ(checkpoint.array("W").values, std::vector<float>(1000, static_cast<float>(epoch)));
      ASSERT_GE(epoch, continued_from);
      continued_from = epoch;
    }
  }
  EXPECT_GT(continued_from, 0) << "no round ever went on from a checkpoint";
}

// With many log lines the file of the failed trial is larger than the live one and does not fit either: how the trial
// ended then stands in the bytes that the live file reserved.
TEST_F(StoreTest, AFullDiskFailsTheTrialWithItsReasonAndLeavesTheRestReadable) {
  for (const auto& [bytes, lines] : {std::pair(40000, 0), {60000, 0}, {40000, 50}, {50001, 50}, {60000, 50}, {70007, 50}}) {
    const fs::path root = root_ / fmt::format("{}-{}", bytes, lines);
    FILE* out = popen(fmt::format("{} full {} {} {}", kVictim, root.string(), bytes, lines).c_str(), "r");
    ASSERT_NE(out, nullptr);
    char text[1000] = "";
    const bool said = fgets(text, sizeof text, out) != nullptr;
    EXPECT_EQ(pclose(out), 0);
    ASSERT_TRUE(said);
    EXPECT_THAT(text, HasSubstr("failed: "));
    EXPECT_THAT(text, HasSubstr("File too large"));
    const ExperimentRecord read = read_experiment(root / "victim", {});
    ASSERT_TRUE(read.damaged.empty()) << read.damaged.front();
    ASSERT_EQ(read.trials.size(), 1U);
    EXPECT_EQ(read.trials[0].state(), TrialState::failed);
    EXPECT_THAT(read.trials[0].outcome.message, HasSubstr("File too large"));
    EXPECT_GT(read.trials[0].log.size(), 0U);
    for (const fs::directory_entry& entry : fs::directory_iterator(root / "victim"))
      EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
  }
}

TEST_F(StoreTest, ATrialIsReadWhileAnotherProcessWritesIt) {
  const Victim victim(root_);
  ASSERT_GT(victim.pid, 0);
  int64_t acknowledged = victim.next();
  ASSERT_EQ(acknowledged, 0);
  for (int i = 0; i < 50; ++i) {
    const ExperimentRecord read = read_experiment(root_ / "victim");
    ASSERT_TRUE(read.damaged.empty()) << read.damaged.front();
    EXPECT_TRUE(read.running);
    ASSERT_EQ(read.trials.size(), 1U);
    EXPECT_EQ(read.trials[0].state(), TrialState::running);
    ASSERT_GE(read.trials[0].epochs_done, acknowledged + 1);
    acknowledged = victim.next();
  }
  EXPECT_THROW(Experiment({.root = root_, .name = "victim", .definition = "victim"}), UserError);
  kill(victim.pid, SIGKILL);
}

}  // namespace
}  // namespace recur::store
