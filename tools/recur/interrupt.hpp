// Ctrl-C: the first asks the run to stop, the second ends the program at once.
#pragma once

#include <atomic>

namespace recur::tool {

// From here on SIGINT and SIGTERM set the flag; a second one exits with 130.
const std::atomic<bool>& watch_interrupts();

}  // namespace recur::tool
