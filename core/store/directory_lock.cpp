#include "directory_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "process.hpp"
#include "recur/error/error.hpp"

namespace recur::store {
namespace {

constexpr const char* kFile = "lock";

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string holder(int fd) {
  std::string text(128, '\0');
  const ssize_t n = pread(fd, text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return text.substr(0, text.find('\n'));
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& directory)
    : fd_(open((directory / kFile).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (fd_ < 0)
    throw UserError(fmt::format("{}: cannot be written: {}; give another directory", directory.string(),
                                std::strerror(errno)));
  struct flock lock = whole_file();
  if (fcntl(fd_, F_OFD_SETLK, &lock) == 0) {
    // For whoever is refused. A write that fails loses only that hint.
    const ProcessId me = this_process();
    const std::string text = fmt::format("process {} on {}\n", me.pid, me.host);
    if (ftruncate(fd_, 0) != 0 || pwrite(fd_, text.data(), text.size(), 0) < 0) errno = 0;
    return;
  }
  const int why = errno;
  const std::string who = holder(fd_);
  close(fd_);
  if (why == EAGAIN || why == EACCES)
    throw UserError(fmt::format("{}: is being run by {}; wait for it, or use --fresh for a directory of its own",
                                directory.string(), who.empty() ? "another process" : who));
  throw UserError(fmt::format("{}: this file system cannot lock files ({}), so results would not be safe; give a "
                              "directory on a local disk",
                              directory.string(), std::strerror(why)));
}

DirectoryLock::~DirectoryLock() { close(fd_); }

bool DirectoryLock::held(const std::filesystem::path& directory) {
  const int fd = open((directory / kFile).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct flock lock = whole_file();
  // Asking about a write lock needs no right to write, unlike taking one.
  const bool held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(fd);
  return held;
}

}  // namespace recur::store
