#include "interrupt.hpp"

#include <signal.h>
#include <unistd.h>

#include <string_view>

#include "verb.hpp"

namespace recur::tool {
namespace {

std::atomic<bool> stop = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait");

extern "C" void on_interrupt(int) {
  if (stop.exchange(true)) _exit(kInterrupted);  // no destructors: trial files are readable at every instant
  constexpr std::string_view kMessage = "\nrecur: stopping after a checkpoint; once more stops at once\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kMessage.data(), kMessage.size());
}

}  // namespace

const std::atomic<bool>& watch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return stop;
}

}  // namespace recur::tool
