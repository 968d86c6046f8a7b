// A process that writes results until it is killed, or until the disk takes no more.
//
// victim append ROOT          appends epochs, steps, log lines and checkpoints; prints each epoch once it is
//                             with the operating system
// victim full ROOT BYTES N    the same without printing, with N log lines an epoch, in files of at most BYTES (a full
//                             disk); prints how it ended
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "recur/store/experiment.hpp"

using namespace recur::store;

namespace {

TrialSpec spec() {
  TrialSpec s;
  s.definition = "victim";
  s.name = trial_name(s.definition, 0);
  s.variant = "victim";
  s.epoch_metrics = {"a", "b", "c", "d", "e"};
  s.step_metrics = {"loss"};
  return s;
}

void epoch(TrialWriter& writer, int64_t n) {
  const double x = static_cast<double>(n);
  for (int64_t step = 4 * n; step < 4 * (n + 1); ++step) writer.append_step(step, n, x, std::vector<double>{x});
  writer.append_epoch(n, 4 * (n + 1), x, std::vector<double>{x, x, x, x, x});
  if (n % 7 == 0) writer.log(Level::info, "epoch " + std::to_string(n));
  if (n % 5 == 0)
    writer.checkpoint({.arrays = {{"W", {1000}, std::vector<float>(1000, static_cast<float>(n)), {}}},
                       .scalars = {{"epoch", n}}});
}

int append_until_killed(Experiment& experiment) {
  const std::optional<Checkpoint> from = experiment.checkpoint(spec().name);
  TrialWriter writer = from ? experiment.resume(spec(), *from) : experiment.begin(spec());
  for (int64_t n = from ? from->integer("epoch") + 1 : 0;; ++n) {
    epoch(writer, n);
    writer.flush();
    if (write(STDOUT_FILENO, &n, sizeof n) != sizeof n) return 1;
  }
}

int append_until_full(Experiment& experiment, rlim_t bytes, int lines) {
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit then fails like one to a full disk
  const rlimit limit{bytes, bytes};
  TrialWriter writer = experiment.begin(spec());
  setrlimit(RLIMIT_FSIZE, &limit);
  try {
    for (int64_t n = 0; n < 1000000; ++n) {
      epoch(writer, n);
      for (int i = 0; i < lines; ++i) writer.log(Level::debug, "x");
    }
    writer.finish({});
    std::puts("finished");
  } catch (const StoreError& error) {
    writer.fail(error.what());
    std::printf("failed: %s\n", error.what());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  Experiment experiment({.root = argv[2], .name = "victim", .definition = "victim"});
  if (argc == 5) return append_until_full(experiment, std::strtoull(argv[3], nullptr, 10), std::atoi(argv[4]));
  return append_until_killed(experiment);
}
