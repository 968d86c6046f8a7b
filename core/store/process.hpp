// Which process wrote something, and whether it still lives.
#pragma once

#include <cstdint>
#include <string>

namespace recur::store {

struct ProcessId {
  std::string host;
  std::string boot;      // changes with every boot of the machine
  int64_t pid = 0;
  int64_t started = 0;   // clock ticks after boot: tells a process from a later one with the same pid

  bool operator==(const ProcessId&) const = default;
};

ProcessId this_process();

enum class Life { alive, gone, elsewhere };
// elsewhere: another machine, about which nothing can be said from here.
Life life_of(const ProcessId& process);

double now();  // seconds since 1970-01-01 UTC

}  // namespace recur::store
