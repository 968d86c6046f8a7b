#include "program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace recur::tool {
namespace {

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// stdout goes to a file, stderr to a pipe, so that a test can wait for what it says. Between fork and exec nothing is
// allocated.
pid_t spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment, const fs::path& directory, const fs::path& out, int& err) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  const std::vector<char*> arguments = pointers(command), variables = pointers(environment);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) {
    const int file = open(out.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    const int nothing = open("/dev/null", O_RDONLY);
    if (file < 0 || nothing < 0 || chdir(directory.c_str()) != 0) _exit(126);
    dup2(nothing, STDIN_FILENO);
    dup2(file, STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execvpe(arguments[0], arguments.data(), variables.data());
    _exit(127);
  }
  close(ends[1]);
  err = ends[0];
  return pid;
}

}  // namespace

Started::~Started() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    wait();
  }
}

bool Started::read_some() {
  char buffer[4096];
  ssize_t n = 0;
  do n = ::read(err_, buffer, sizeof buffer);
  while (n < 0 && errno == EINTR);
  if (n <= 0) return false;
  read_.append(buffer, static_cast<size_t>(n));
  return true;
}

bool Started::wait_for(const std::string& text) {
  while (read_.find(text) == std::string::npos)
    if (!read_some()) return false;
  return true;
}

void Started::signal(int number) { kill(pid_, number); }

Result Started::wait() {
  while (read_some()) {
  }
  close(err_);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text_of(out_), read_};
}

ToolTest::ToolTest() {
  std::string pattern = (fs::temp_directory_path() / "recur-tool-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  directory_ = fs::canonical(pattern);
  const char* path = std::getenv("PATH");
  environment_ = {{"PATH", fmt::format("{}:{}", RECUR_PROGRAM_DIRECTORY, path == nullptr ? "" : path)},
                  {"HOME", directory_.string()},
                  {"XDG_CACHE_HOME", (directory_ / ".cache").string()},
                  {"TMPDIR", fs::temp_directory_path().string()}};
  // How a sanitizer looks at the programs, where there is one.
  for (const char* name : {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"})
    if (const char* value = std::getenv(name)) environment_[name] = value;
}

ToolTest::~ToolTest() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void ToolTest::write(const std::string& name, const std::string& text) const {
  fs::create_directories(path(name).parent_path());
  std::ofstream(path(name), std::ios::binary) << text;
}

std::string ToolTest::read(const std::string& name) const { return text_of(path(name)); }

std::map<std::string, std::string> ToolTest::results() const {
  std::map<std::string, std::string> files;
  if (!fs::exists(path("results"))) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path("results")))
    if (entry.is_regular_file()) files[fs::relative(entry.path(), path("results")).string()] = text_of(entry.path());
  return files;
}

std::unique_ptr<Started> ToolTest::start(const std::vector<std::string>& arguments) {
  std::vector<std::string> command{RECUR_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment_) variables.push_back(name + "=" + value);
  const fs::path out = path(fmt::format(".out-{}", ++runs_));
  int err = -1;
  const pid_t pid = spawn(command, variables, directory_, out, err);
  return std::make_unique<Started>(pid, err, out);
}

Result ToolTest::recur(const std::vector<std::string>& arguments) { return start(arguments)->wait(); }

Result ToolTest::execute(const std::vector<std::string>& command) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment_) variables.push_back(name + "=" + value);
  const fs::path out = path(fmt::format(".out-{}", ++runs_));
  int err = -1;
  const pid_t pid = spawn(command, variables, directory_, out, err);
  return Started(pid, err, out).wait();
}

std::string waves(int rows) {
  std::string text = "month,value\n";
  for (int i = 0; i < rows; ++i) text += fmt::format("m{},{:.4f}\n", i, 10 + std::sin(i * 0.5) + 0.3 * std::cos(i * 1.3));
  return text;
}

std::string forecast(const std::string& model, const std::string& more, const std::string& train) {
  return fmt::format(
      "name: waves\n"
      "task: {{kind: forecast, data: {{csv: waves.csv}}, window: 8}}\n"
      "model: {}\n"
      "train: {{epochs: 3, batch: 8{}}}\n"
      "{}",
      model, train.empty() ? "" : ", " + train, more);
}

}  // namespace recur::tool
