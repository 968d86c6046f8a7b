#include "file_contents.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "recur/data/gzip.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw UserError(Place{path}, fmt::format("cannot be read: {}", std::generic_category().message(error)));
}

}  // namespace

std::string file_bytes(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) fail(path, errno);
  if (S_ISDIR(status.st_mode)) fail(path, EISDIR);
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) fail(path, errno);

  // The size is a hint: a pipe has none, and a file may grow while it is read.
  std::string contents(static_cast<size_t>(status.st_size) + 1, '\0');
  size_t length = 0;
  while (const size_t got = std::fread(contents.data() + length, 1, contents.size() - length, file.get())) {
    length += got;
    if (length == contents.size()) contents.resize(2 * length);
  }
  if (std::ferror(file.get())) fail(path, errno);
  contents.resize(length);
  return is_gzip(contents) ? gunzip(contents, path) : contents;
}

std::string_view text_of(const std::string& path, std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (bytes.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw UserError(Place{path}, "is empty; give a file that holds data");
  }
  return bytes;
}

std::string file_contents(const std::string& path) {
  std::string contents = file_bytes(path);
  contents.erase(0, contents.size() - text_of(path, contents).size());
  return contents;
}

}  // namespace recur::data
