#include "recur/config/data_path.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "recur/error/error.hpp"

namespace recur::config {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

// Sets a variable of the environment for a test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_) setenv(name_, before_->c_str(), 1);
    else unsetenv(name_);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class DataPathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / ("recur_data_path_test_" + std::to_string(getpid())) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    for (const char* name : {"beside", "one", "two", "home/recur"}) fs::create_directories(root_ / name);
  }
  void TearDown() override { fs::remove_all(root_); }
  std::string in(const std::string& name) const { return (root_ / name).string(); }
  void touch(const std::string& name) { std::ofstream(root_ / name) << "x"; }

  fs::path root_;
};

TEST_F(DataPathTest, LooksBesideThenInRecurDataThenInTheUsersDirectory) {
  const Variable data("RECUR_DATA", in("one") + "::" + in("two"));
  const Variable home("XDG_DATA_HOME", in("home"));
  EXPECT_THAT(data_directories({in("beside")}), ElementsAre(in("beside"), in("one"), in("two"), in("home/recur")));
  touch("home/recur/a.csv");
  EXPECT_EQ(find_data_file("a.csv", {in("beside")}), in("home/recur/a.csv"));
  touch("two/a.csv");
  EXPECT_EQ(find_data_file("a.csv", {in("beside")}), in("two/a.csv"));
  touch("one/a.csv");
  EXPECT_EQ(find_data_file("a.csv", {in("beside")}), in("one/a.csv"));
  touch("beside/a.csv");
  EXPECT_EQ(find_data_file("a.csv", {in("beside")}), in("beside/a.csv"));
  EXPECT_EQ(find_data_file("../beside/a.csv", {in("one")}), in("beside/a.csv"));
  EXPECT_EQ(find_data_file(in("one/a.csv"), {in("beside")}), in("one/a.csv"));
}

TEST_F(DataPathTest, FindsDirectoriesWhereTheyAreAskedFor) {
  const Variable data("RECUR_DATA", in("one") + ":" + in("home"));
  EXPECT_THROW(find_data_file("recur", {in("beside")}), UserError);
  EXPECT_EQ(find_data_file("recur", {in("beside")}, DataPath::file_or_directory), in("home/recur"));
  EXPECT_EQ(find_data_file(in("two"), {in("beside")}, DataPath::file_or_directory), in("two"));
  touch("one/recur");
  EXPECT_EQ(find_data_file("recur", {in("beside")}, DataPath::file_or_directory), in("one/recur"));
}

TEST_F(DataPathTest, ARelativeXdgDataHomeIsIgnored) {
  const Variable data("RECUR_DATA", "");
  const Variable home("XDG_DATA_HOME", "relative");
  const Variable user("HOME", "/somewhere");
  EXPECT_THAT(data_directories({}), ElementsAre("/somewhere/.local/share/recur"));
}

TEST_F(DataPathTest, DataOfManyFilesMayBeAFolder) {
  const Variable data("RECUR_DATA", in("home"));
  EXPECT_EQ(find_data_file("recur", {in("beside")}, DataPath::file_or_directory), in("home/recur"));
  EXPECT_EQ(find_data_file(in("one"), {}, DataPath::file_or_directory), in("one"));
}

TEST_F(DataPathTest, TellsWhereItLooked) {
  const Variable data("RECUR_DATA", in("one"));
  const Variable home("XDG_DATA_HOME", in("home"));
  const auto message = [&](const std::string& written) -> std::string {
    try {
      return find_data_file(written, {in("beside")});
    } catch (const UserError& error) {
      return error.what();
    }
  };
  EXPECT_EQ(message("a.csv"), "data file 'a.csv' not found in " + in("beside") + ", " + in("one") + ", " + in("home/recur") +
                                  "; put it there or name its directory in RECUR_DATA (`recur data` tells where the known data sets come from)");
  EXPECT_EQ(message(in("a.csv")), "no file '" + in("a.csv") + "'; correct the path");
  EXPECT_EQ(message(in("one")), "'" + in("one") + "' is a directory; name a file in it");
  EXPECT_EQ(message("../one"), "'../one' is a directory; name a file in it");
  EXPECT_EQ(message(""), "expected the path of a data file, got an empty text");
}

}  // namespace
}  // namespace recur::config
