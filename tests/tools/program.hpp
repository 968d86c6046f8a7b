// The built program, driven as a user would: arguments, environment and files in; exit code, stdout and stderr out.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace recur::tool {

namespace fs = std::filesystem;

struct Result {
  int code = -1;
  std::string out;
  std::string err;
};

// A program that runs while the test looks at it.
class Started {
 public:
  Started(pid_t pid, int err, fs::path out) : pid_(pid), err_(err), out_(std::move(out)) {}
  ~Started();
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;

  // Reads stderr until it holds the text; false where the program ended before.
  bool wait_for(const std::string& text);
  void signal(int number);
  Result wait();

 private:
  bool read_some();

  pid_t pid_;
  int err_;
  fs::path out_;
  std::string read_;
};

// A directory of the test's own, which is also where the program runs; its caches, results and data are apart from this machine's.
class ToolTest : public testing::Test {
 protected:
  ToolTest();
  ~ToolTest() override;

  fs::path path(const std::string& name) const { return directory_ / name; }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  // Every file below results/, by path, with its content.
  std::map<std::string, std::string> results() const;

  Result recur(const std::vector<std::string>& arguments);
  std::unique_ptr<Started> start(const std::vector<std::string>& arguments);
  // Any other program, found in PATH.
  Result execute(const std::vector<std::string>& command);

  std::map<std::string, std::string> environment_;

 private:
  fs::path directory_;
  int runs_ = 0;
};

// A series of `rows` rows "month,value" that a network can learn from.
std::string waves(int rows);

// A forecast of waves.csv that takes a moment; more: further top-level keys.
std::string forecast(const std::string& model = "{cell: gru, hidden: 4}", const std::string& more = "", const std::string& train = "");

}  // namespace recur::tool
