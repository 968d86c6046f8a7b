// recur-probe FILE [ID=FILE ...]: tries one plugin for the registry and reports on file descriptor 3. Not for people.
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include "probe.hpp"

namespace {

void put(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(3, text.data(), text.size());
    if (done <= 0) return;
    text.remove_prefix(static_cast<size_t>(done));
  }
}

void enter(const std::string& stage) { put("stage " + stage + "\n"); }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("recur-probe tries plugins for recur; see recur cells\n", stderr);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  std::map<std::string, std::filesystem::path> others;
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t equals = argument.find('=');
    if (equals != std::string_view::npos) others[std::string(argument.substr(0, equals))] = argument.substr(equals + 1);
  }
  recur::plugin::FileReport report;
  try {
    report = recur::plugin::try_plugin(argv[1], others, &enter);
  } catch (const std::exception& error) {
    report.problem = fmt::format("recur failed on it: {}", error.what());
  }
  put("report " + boost::json::serialize(recur::plugin::to_json(report)) + "\n");
  enter("at the end of the program");
  return 0;
}
