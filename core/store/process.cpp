#include "process.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <sstream>

namespace recur::store {
namespace {

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// Field 22 of /proc/PID/stat; 0 where there is no such process. The name in field 2 may hold blanks and brackets,
// so fields are counted from its last bracket.
int64_t start_of(int64_t pid) {
  const std::string stat = first_line("/proc/" + std::to_string(pid) + "/stat");
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string field;
  fields >> field;
  if (field == "Z" || field == "X") return 0;  // killed, only not yet waited for
  for (int i = 4; i <= 21; ++i) fields >> field;
  int64_t start = 0;
  fields >> start;
  return start;
}

}  // namespace

ProcessId this_process() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return {host.data(), first_line("/proc/sys/kernel/random/boot_id"), getpid(), start_of(getpid())};
}

Life life_of(const ProcessId& process) {
  const ProcessId here = this_process();
  if (process.host != here.host) return Life::elsewhere;
  if (process.boot != here.boot) return Life::gone;
  const int64_t start = start_of(process.pid);
  return start != 0 && start == process.started ? Life::alive : Life::gone;
}

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace recur::store
