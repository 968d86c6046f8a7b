#include "disk_thread.hpp"

#include <hdf5.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "recur/error/error.hpp"

namespace recur::store {

DiskThread& DiskThread::instance() {
  static DiskThread thread;
  return thread;
}

DiskThread::DiskThread() : process_(getpid()) {
  // Signals are for the threads that know what to do with them; a new thread inherits the mask.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { loop(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

DiskThread::~DiskThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  filled_.notify_all();
  if (getpid() == process_) {
    thread_.join();
  } else {
    thread_.detach();  // a forked child: the thread is the parent's
  }
}

void DiskThread::post(std::function<void()> task, size_t bytes) {
  RECUR_CHECK(getpid() == process_, "process {} used the disk thread of process {}", getpid(), process_);
  std::unique_lock lock(mutex_);
  // A task that is larger than the limit goes in alone.
  drained_.wait(lock, [&] { return tasks_.size() < kMostTasks && (bytes_ == 0 || bytes_ + bytes <= kMostBytes); });
  bytes_ += bytes;
  tasks_.push_back({std::move(task), bytes});
  lock.unlock();
  filled_.notify_one();
}

void DiskThread::wait_for(const std::function<void()>& work) {
  std::exception_ptr thrown;
  bool finished = false;
  std::mutex mutex;
  std::condition_variable ready;
  post([&] {
    try {
      work();
    } catch (...) {  // carried over to the thread that waits
      thrown = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    finished = true;
    ready.notify_one();  // under the lock: the waiting thread's stack may be gone right after it
  });
  std::unique_lock lock(mutex);
  ready.wait(lock, [&] { return finished; });
  if (thrown) std::rethrow_exception(thrown);
}

void DiskThread::loop() {
  // HDF5's own exit handler would flush files that a full disk refuses; every file here is closed by its owner.
  H5dont_atexit();
  H5open();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures become exceptions; nothing is printed
  std::unique_lock lock(mutex_);
  for (;;) {
    filled_.wait(lock, [&] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task.work();
    task.work = nullptr;  // frees what it kept before the queue counts it as gone
    lock.lock();
    bytes_ -= task.bytes;
    drained_.notify_all();
  }
}

}  // namespace recur::store
