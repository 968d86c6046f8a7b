#include "atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "recur/store/values.hpp"

namespace recur::store {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw StoreError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

void sync(const std::filesystem::path& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) fail(path);
  // Some file systems cannot sync a directory; the rename is then as safe as they make it.
  const bool failed = fsync(fd) != 0 && errno != EINVAL;
  const int why = errno;
  close(fd);
  if (failed) {
    errno = why;
    fail(path);
  }
}

}  // namespace

std::filesystem::path begin_replacing(const std::filesystem::path& file) {
  std::filesystem::path temporary = file;
  temporary += ".tmp";
  std::error_code error;
  std::filesystem::remove(temporary, error);
  return temporary;
}

void commit_replacing(const std::filesystem::path& temporary, const std::filesystem::path& file, Outlives what) {
  if (what == Outlives::power_cut) sync(temporary, O_RDONLY);
  if (rename(temporary.c_str(), file.c_str()) != 0) fail(file);
  if (what == Outlives::power_cut) sync(file.parent_path(), O_RDONLY | O_DIRECTORY);
}

void replace_text(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path temporary = begin_replacing(file);
  {
    std::ofstream out(temporary, std::ios::binary);
    if (!out) fail(temporary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    if (!out) fail(temporary);
  }
  commit_replacing(temporary, file);
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) fail(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace recur::store
