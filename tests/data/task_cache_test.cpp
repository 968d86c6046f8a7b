#include "recur/data/task_cache.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "scratch.hpp"

namespace recur::data {
namespace {

class TaskCacheTest : public Scratch {
 protected:
  TaskOptions forecast(const std::string& csv) const {
    TaskOptions options;
    options.kind = "forecast";
    options.forecast.csv = csv;
    options.forecast.window = 2;
    return options;
  }
  std::string series() const { return file("x.csv", "v\n1\n2\n4\n3\n5\n8\n7\n9\n6\n1\n"); }
};

TEST_F(TaskCacheTest, LoadsOnceForAllThreads) {
  const TaskOptions options = forecast(series());
  TaskCache cache;
  std::vector<std::shared_ptr<const Task>> tasks(8);
  {
    std::vector<std::jthread> threads;
    for (auto& task : tasks) threads.emplace_back([&cache, &options, &task] { task = cache.get(options); });
  }
  ASSERT_NE(tasks[0], nullptr);
  for (const auto& task : tasks) EXPECT_EQ(task, tasks[0]);
}

TEST_F(TaskCacheTest, KeepsDifferentOptionsApart) {
  const TaskOptions base = forecast(series());
  TaskCache cache;
  TaskOptions other = base;
  other.forecast.window = 3;
  EXPECT_NE(cache.get(base), cache.get(other));
  EXPECT_EQ(cache.get(base), cache.get(base));

  const auto key = [&](auto change) {
    TaskOptions options = base;
    change(options);
    return cache_key(options);
  };
  const std::vector<std::string> keys{
      cache_key(base),
      key([](TaskOptions& o) { o.kind = "language_model"; }),
      key([](TaskOptions& o) { o.forecast.csv += "x"; }),
      key([](TaskOptions& o) { o.forecast.window = 3; }),
      key([](TaskOptions& o) { o.forecast.horizon = 2; }),
      key([](TaskOptions& o) { o.forecast.season = 3; }),
      key([](TaskOptions& o) { o.forecast.split.test = 0.1; }),
      key([](TaskOptions& o) { o.forecast.columns = {"a b"}; }),
      key([](TaskOptions& o) { o.forecast.columns = {"a", "b"}; }),
      key([](TaskOptions& o) { o.kind = "density"; }),
      key([](TaskOptions& o) { o.kind = "density", o.density.importance_samples = 2; }),
      key([](TaskOptions& o) { o.kind = "density", o.density.columns = {"a"}; }),
      key([](TaskOptions& o) { o.kind = "anomaly"; }),
      key([](TaskOptions& o) { o.kind = "anomaly", o.anomaly.normal = "2"; }),
      key([](TaskOptions& o) { o.kind = "anomaly", o.anomaly.test_learned = true; }),
      key([](TaskOptions& o) { o.kind = "tagging"; }),
      key([](TaskOptions& o) { o.kind = "tagging", o.tagging.characters.length = 8; }),
      key([](TaskOptions& o) { o.kind = "tagging", o.tagging.characters.length = 8, o.tagging.characters.min_count = 2; }),
  };
  for (size_t i = 0; i < keys.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(keys[i], keys[j]) << i << " " << j;
  }
}

TEST_F(TaskCacheTest, ALoadThatFailedIsTriedAgain) {
  const TaskOptions options = forecast(path("x.csv"));
  TaskCache cache;
  EXPECT_EQ(error_of([&] { cache.get(options); }), "x.csv: cannot be read: No such file or directory");
  series();
  EXPECT_NE(cache.get(options), nullptr);
}

TEST_F(TaskCacheTest, SuggestsTheNearestKindOfTask) {
  TaskOptions options;
  options.kind = "forcast";
  EXPECT_EQ(error_of([&] { make_task(options); }), "task.kind: unknown kind 'forcast'; did you mean 'forecast'?");
}

}  // namespace
}  // namespace recur::data
