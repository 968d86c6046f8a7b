// A directory of a test's own for its input files, and the message of what it throws.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "recur/error/error.hpp"

namespace recur::data {

class Scratch : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "recur-data-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return (directory_ / name).string(); }
  std::string file(const std::string& name, const std::string& contents) const {
    std::ofstream(path(name), std::ios::binary) << contents;
    return path(name);
  }

  // What the UserError of an action says, without the scratch directory; "" if it throws none.
  template <class Action>
  std::string error_of(Action action) const {
    try {
      action();
    } catch (const UserError& error) {
      std::string message = error.what();
      const std::string prefix = directory_.string() + "/";
      for (size_t at; (at = message.find(prefix)) != std::string::npos;) message.erase(at, prefix.size());
      return message;
    }
    return "";
  }

 private:
  std::filesystem::path directory_;
};

}  // namespace recur::data
