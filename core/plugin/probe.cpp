#include "probe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include "recur/error/error.hpp"

extern char** environ;

namespace recur::plugin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kReportFd = 3;  // recur-probe writes here: "stage ..." lines, then one "report {...}" line

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd() { close(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

struct Pipe {
  Fd read, write;
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw UserError(fmt::format("cannot make a pipe to try a plugin: {}", std::strerror(errno)));
    read = Fd(ends[0]);
    write = Fd(ends[1]);
  }
};

// The child, in a process group of its own so that what it starts ends with it.
class Child {
 public:
  Child(const std::filesystem::path& program, std::vector<std::string> arguments, const Pipe& report, const Pipe& errors) {
    std::vector<char*> argv;
    arguments.insert(arguments.begin(), program.string());
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, errors.write.get(), STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, report.write.get(), kReportFd);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    const int failure = posix_spawn(&pid_, program.c_str(), &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
      throw UserError(fmt::format("{}: cannot be started to try plugins: {}; is recur installed whole?", program.string(), std::strerror(failure)));
  }
  ~Child() {
    if (!ended_) stop();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void stop() {
    kill(-pid_, SIGKILL);
    while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    ended_ = true;
  }
  // Waits until it has ended or the deadline is there; false then.
  bool wait(Clock::time_point deadline) {
    while (true) {
      const pid_t got = waitpid(pid_, &status_, WNOHANG);
      if (got == pid_) return ended_ = true;
      if (Clock::now() >= deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  int status() const { return status_; }

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

// Reads both pipes to their ends; false where the deadline came first.
bool read_all(const Fd& report, std::string* report_text, const Fd& errors, std::string* errors_text, Clock::time_point deadline) {
  constexpr size_t kMost = size_t{16} << 20;
  pollfd fds[] = {{report.get(), POLLIN, 0}, {errors.get(), POLLIN, 0}};
  std::string* texts[] = {report_text, errors_text};
  while (fds[0].fd >= 0) {  // what a plugin leaves running may hold its errors open; the report is what counts
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    if (poll(fds, 2, static_cast<int>(left)) < 0 && errno != EINTR) return false;
    for (int i = 0; i < 2; ++i) {
      if (fds[i].revents == 0) continue;
      char buffer[4096];
      const ssize_t got = read(fds[i].fd, buffer, sizeof(buffer));
      if (got > 0 && texts[i]->size() < kMost) texts[i]->append(buffer, static_cast<size_t>(got));
      if (got <= 0) fds[i].fd = -1;
    }
  }
  return true;
}

// What the child wrote last for people to read, to be put behind a reason.
std::string last_words(const std::string& errors) {
  size_t end = errors.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return "";
  const size_t begin = errors.rfind('\n', end);
  std::string line = errors.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin + 1) + 1);
  constexpr size_t kMost = 160;
  if (line.size() > kMost) line = line.substr(0, kMost) + "...";
  return ": " + line;
}

std::string duration_text(std::chrono::milliseconds limit) {
  return fmt::format("{} s", static_cast<double>(limit.count()) / 1000);
}

}  // namespace

FileReport probe_file(const std::filesystem::path& program, const std::filesystem::path& file,
                      const std::map<std::string, std::filesystem::path>& others, std::chrono::milliseconds limit) {
  std::vector<std::string> arguments{file.string()};
  for (const auto& [id, other] : others) arguments.push_back(id + "=" + other.string());
  Pipe report_pipe, errors_pipe;
  Child child(program, std::move(arguments), report_pipe, errors_pipe);
  report_pipe.write.close();
  errors_pipe.write.close();
  const Clock::time_point deadline = Clock::now() + limit;
  std::string text, errors;
  const bool in_time = read_all(report_pipe.read, &text, errors_pipe.read, &errors, deadline) && child.wait(deadline);
  if (!in_time) child.stop();

  FileReport report;
  std::string stage = "while starting";
  bool reported = false;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    if (line.starts_with("stage ")) stage = line.substr(6);
    if (line.starts_with("report ")) {
      try {
        report = report_from_json(boost::json::parse(line.substr(7)));
        reported = true;
      } catch (const std::exception&) {  // a line cut short by a crash, which is told below
      }
    }
    at = end + 1;
  }
  std::string problem;
  if (!in_time) {
    problem = fmt::format("did not come to an end within {} {}; it is tried again when the file changes", duration_text(limit), stage);
  } else if (WIFSIGNALED(child.status())) {
    const char* name = sigabbrev_np(WTERMSIG(child.status()));
    problem = fmt::format("crashed {} (SIG{}){}", stage, name == nullptr ? std::to_string(WTERMSIG(child.status())) : name, last_words(errors));
  } else if (!reported || WEXITSTATUS(child.status()) != 0) {
    problem = fmt::format("ended the program {} (status {}){}", stage, WEXITSTATUS(child.status()), last_words(errors));
  }
  if (!problem.empty()) report = {problem, "", "", {}};
  return report;
}

}  // namespace recur::plugin
