#include "archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "file_contents.hpp"
#include "recur/data/gzip.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

namespace fs = std::filesystem;

// "./a/b" is a/b.
std::string plain(std::string name) {
  while (name.starts_with("./")) name.erase(0, 2);
  return name;
}

using Endings = std::vector<std::string_view>;

bool is_wanted(std::string_view name, const Endings& endings) {
  const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
  return std::any_of(endings.begin(), endings.end(), ends) && !name.substr(name.rfind('/') + 1).starts_with('.');
}

std::vector<ArchiveFile> read_folder(const std::string& path, const Endings& endings) {
  std::vector<ArchiveFile> files;
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
      if (!entry.is_regular_file()) continue;
      std::string name = entry.path().lexically_relative(path).generic_string();
      if (is_wanted(name, endings)) files.push_back({std::move(name), file_bytes(entry.path().string())});
    }
  } catch (const fs::filesystem_error& error) {
    throw UserError(Place{path}, fmt::format("cannot be read: {}", error.code().message()));
  }
  return files;
}

struct Free {
  void operator()(archive* a) const { archive_read_free(a); }
};

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), archive_(archive_read_new()) {
    RECUR_CHECK(archive_ != nullptr, "no memory for an archive");
    archive_read_support_filter_all(archive_.get());
    archive_read_support_format_all(archive_.get());
    if (archive_read_open_filename(archive_.get(), path.c_str(), 1 << 16) != ARCHIVE_OK) fail("is neither a folder nor an archive such as tar.gz or zip");
  }

  // The next regular file that is wanted; false at the end.
  bool next(const Endings& endings, ArchiveFile& file) {
    archive_entry* entry = nullptr;
    for (;;) {
      const int status = archive_read_next_header(archive_.get(), &entry);
      if (status == ARCHIVE_EOF) return false;
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) fail("is neither a folder nor an archive such as tar.gz or zip, or it is damaged");
      const char* const name = archive_entry_pathname(entry);
      if (archive_entry_filetype(entry) != AE_IFREG || name == nullptr) continue;
      file.name = plain(name);
      if (is_wanted(file.name, endings)) break;
    }
    read(file);
    return true;
  }

 private:
  void read(ArchiveFile& file) {
    file.bytes.clear();
    std::string block(1 << 16, '\0');
    for (;;) {
      const la_ssize_t got = archive_read_data(archive_.get(), block.data(), block.size());
      if (got == 0) break;
      if (got < 0) fail("is cut short or damaged at " + file.name);
      file.bytes.append(block, 0, static_cast<size_t>(got));
    }
    if (is_gzip(file.bytes)) file.bytes = gunzip(file.bytes, path_ + ":" + file.name);
  }

  [[noreturn]] void fail(const std::string& what) const {
    const char* const why = archive_error_string(archive_.get());
    throw UserError(Place{path_}, fmt::format("{} ({}); get the file anew", what, why == nullptr ? "no reason given" : why));
  }

  const std::string& path_;
  std::unique_ptr<archive, Free> archive_;
};

}  // namespace

std::vector<ArchiveFile> read_archive(const std::string& path, std::string_view ending) { return read_archive(path, Endings{ending}); }

std::vector<ArchiveFile> read_archive(const std::string& path, const Endings& endings) {
  std::vector<ArchiveFile> files;
  if (fs::is_directory(path)) {
    files = read_folder(path, endings);
  } else {
    if (!fs::exists(path)) throw UserError(Place{path}, "cannot be read: No such file or directory");
    Reader reader(path);
    for (ArchiveFile file; reader.next(endings, file);) files.push_back(std::move(file));
  }
  if (files.empty())
    throw UserError(Place{path}, endings.front().empty() ? std::string("holds no files")
                                                         : fmt::format("holds no file whose name ends in {}", fmt::join(endings, " or ")));
  std::sort(files.begin(), files.end(), [](const ArchiveFile& a, const ArchiveFile& b) { return a.name < b.name; });
  return files;
}

}  // namespace recur::data
