// The lock on an experiment's directory: one process runs it at a time.
//
// An open-file-description lock on the file `lock`: released by the system when the process dies, whatever the
// reason; two openings in one process exclude each other as well; and a reader can ask without taking it.
#pragma once

#include <filesystem>

namespace recur::store {

class DirectoryLock {
 public:
  // Throws UserError where another holds it, where the directory cannot be written, or where the file system has no
  // locks.
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

  // Whether some process holds it now. False where there is no lock file or no answer.
  static bool held(const std::filesystem::path& directory);

 private:
  int fd_;
};

}  // namespace recur::store
