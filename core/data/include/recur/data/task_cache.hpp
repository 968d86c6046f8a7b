// One data set for all trials of a process: loaded by the first that asks, shared by the others.
//
// Threading: get may be called from any thread; a second caller for the same options waits for the first.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "recur/data/options.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

class TaskCache {
 public:
  // make_task(options), once for equal options. A load that throws does so for everyone who waits for it and is
  // tried again by the next call. A file that changes later is not read again.
  std::shared_ptr<const Task> get(const TaskOptions& options);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_future<std::shared_ptr<const Task>>> loaded_;
};

// Equal for equal options of the chosen kind, different for different ones.
std::string cache_key(const TaskOptions& options);

}  // namespace recur::data
