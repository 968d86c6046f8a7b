// Other programs open the files with no help from recur.
#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>

#include "fixture.hpp"

namespace recur::store {
namespace {

using testing::HasSubstr;

struct Ran {
  int status;
  std::string out;
};

Ran run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, ""};
  std::string out;
  for (char buffer[4096]; fgets(buffer, sizeof buffer, pipe) != nullptr;) out += buffer;
  return {pclose(pipe), out};
}

TEST_F(StoreTest, H5pyReadsAFinishedTrialACheckpointAndTheIndex) {
  if (run("python3 -c 'import h5py'").status != 0) GTEST_SKIP() << "python3 has no h5py";
  {
    Experiment experiment(options());
    TrialWriter writer = experiment.begin(spec());
    train(writer, 0, 3);
    writer.finish(outcome());
    TrialWriter other = experiment.begin(spec("lstm"));
    other.checkpoint({.arrays = weights(2), .scalars = {{"epoch", int64_t{1}}}});
    other.finish({.state = TrialState::stale});
  }
  const Ran python = run("python3 " RECUR_SOURCE_DIR "/tests/store/read_with_h5py.py " + (root_ / "sunspots").string() +
                         " " + spec().name + " " + spec("lstm").name);
  EXPECT_EQ(python.status, 0) << python.out;
}

TEST_F(StoreTest, H5pyReadsARunningTrial) {
  if (run("python3 -c 'import h5py'").status != 0) GTEST_SKIP() << "python3 has no h5py";
  Experiment experiment(options());
  TrialWriter writer = experiment.begin(spec());
  train(writer, 0, 2);
  writer.flush();
  const Ran python = run("python3 -c \"import h5py; f = h5py.File('" + writer.file().string() +
                         "', 'r', swmr=True); print(f.attrs['state'], f['metrics/epochs'].shape)\"");
  EXPECT_EQ(python.status, 0);
  EXPECT_THAT(python.out, HasSubstr("running (2, 5)"));
}

TEST_F(StoreTest, H5dumpReadsAFinishedTrial) {
  if (run("h5dump --version").status != 0) GTEST_SKIP() << "h5dump is not installed";
  Experiment experiment(options());
  TrialWriter writer = experiment.begin(spec());
  train(writer, 0, 3);
  writer.finish(outcome());
  const Ran dump = run("h5dump -d /metrics/epochs -a /state " + writer.file().string());
  EXPECT_EQ(dump.status, 0);
  EXPECT_THAT(dump.out, HasSubstr("\"done\""));
  EXPECT_THAT(dump.out, HasSubstr("\"valid/rmse\""));
}

}  // namespace
}  // namespace recur::store
