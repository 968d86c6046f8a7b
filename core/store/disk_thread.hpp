// The one thread of the process that calls HDF5. The library holds one global lock, so more threads would only wait for
// each other, and a training thread would wait for a disk.
//
// Threading: every function from any thread. Not to be used in a forked child that does not exec.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>

#include <sys/types.h>

namespace recur::store {

class DiskThread {
 public:
  static DiskThread& instance();  // started at the first use; at exit it does what is queued, then ends

  // Hands over a task that must not throw. `bytes` is the memory that it keeps alive. Waits only while
  // the queue is full.
  void post(std::function<void()> task, size_t bytes = 0);

  // Does `work` on the disk thread after everything posted before, and returns what it returns or throws what it
  // throws. On the disk thread itself: at once.
  template <class Work>
  auto run(Work&& work) -> std::invoke_result_t<Work&> {
    using Result = std::invoke_result_t<Work&>;
    if (std::this_thread::get_id() == thread_.get_id()) return work();
    if constexpr (std::is_void_v<Result>) {
      wait_for([&] { work(); });
    } else {
      std::optional<Result> result;
      wait_for([&] { result.emplace(work()); });
      return std::move(*result);
    }
  }

  DiskThread(const DiskThread&) = delete;
  DiskThread& operator=(const DiskThread&) = delete;

 private:
  struct Task {
    std::function<void()> work;
    size_t bytes;
  };

  DiskThread();
  ~DiskThread();
  void loop();
  void wait_for(const std::function<void()>& work);

  static constexpr size_t kMostTasks = 1024;
  static constexpr size_t kMostBytes = size_t{256} << 20;

  std::mutex mutex_;
  std::condition_variable filled_, drained_;
  std::deque<Task> tasks_;
  size_t bytes_ = 0;
  bool ending_ = false;
  pid_t process_;
  std::thread thread_;
};

}  // namespace recur::store
