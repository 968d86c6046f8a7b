// Where plugins are looked for, and in which order.
#include "discovery.hpp"

#include <cstdlib>

#include "scanning.hpp"

namespace recur::plugin {
namespace {

class DiscoveryTest : public testing::Test {
 protected:
  DiscoveryTest() {
    for (const char* place : {"explicit", "environment", "tree"}) {
      fs::create_directory(root_ / place);
      write(root_ / place / "b.so", "");
      write(root_ / place / "a.so", "");
      write(root_ / place / "notes.txt", "");
    }
    options_ = scan_of({root_ / "explicit"});
    options_.environment = (root_ / "environment").string();
    options_.tree = {{root_ / "tree"}};
  }
  std::vector<std::string> found() const {
    std::vector<std::string> names;
    for (const FoundFile& file : discover(options_)) names.push_back(fs::relative(file.file, root_).string());
    return names;
  }

  TemporaryDirectory directory_;
  fs::path root_ = directory_.path();
  ScanOptions options_;
};

TEST_F(DiscoveryTest, TakesExplicitPathsThenTheEnvironmentThenTheTree) {
  EXPECT_EQ(found(), (std::vector<std::string>{"explicit/a.so", "explicit/b.so", "environment/a.so", "environment/b.so", "tree/a.so", "tree/b.so"}));
}

TEST_F(DiscoveryTest, TakesFilesAsWellAsDirectories) {
  options_.paths = {root_ / "explicit" / "notes.txt"};
  options_.environment = (root_ / "tree" / "b.so").string() + "::" + (root_ / "environment").string();
  options_.tree.emplace();
  EXPECT_EQ(found(), (std::vector<std::string>{"explicit/notes.txt", "tree/b.so", "environment/a.so", "environment/b.so"}));
}

TEST_F(DiscoveryTest, TakesAFileOnceUnderWhateverName) {
  fs::create_symlink(root_ / "explicit" / "a.so", root_ / "environment" / "c.so");
  options_.tree = {{root_ / "explicit" / ".." / "explicit"}};
  EXPECT_EQ(found(), (std::vector<std::string>{"explicit/a.so", "explicit/b.so", "environment/a.so", "environment/b.so"}));
}

TEST_F(DiscoveryTest, RefusesAnExplicitPathThatIsNotThere) {
  options_.paths = {root_ / "none.so"};
  EXPECT_EQ(message_of([&] { discover(options_); }), (root_ / "none.so").string() + ": no such plugin file or directory");
}

TEST_F(DiscoveryTest, ShowsAPlaceOfTheEnvironmentThatIsNotThere) {
  options_.environment = "/nowhere/plugins";
  const Registry registry(options_);
  EXPECT_EQ(registry.rows().at(2).file, "/nowhere/plugins");
  EXPECT_EQ(registry.rows().at(2).problem, "is named in RECUR_PLUGIN_PATH and does not exist");
}

TEST_F(DiscoveryTest, ReadsTheVariable) {
  options_.environment.reset();
  setenv("RECUR_PLUGIN_PATH", (root_ / "environment").c_str(), 1);
  const std::vector<std::string> names = found();
  unsetenv("RECUR_PLUGIN_PATH");
  EXPECT_EQ(names.at(2), "environment/a.so");
}

TEST(TreeTest, IsTheOneThatTheProgramBelongsTo) {
  EXPECT_THAT(tree_directories(), testing::Contains(kShipped));
  EXPECT_TRUE(fs::exists(tree_probe()));
  ScanOptions options = scan_of({});
  options.tree.reset();
  options.probe.clear();
  EXPECT_THAT(Registry(options).ids(), testing::IsSupersetOf({"gru", "lstm", "vanilla"}));
}

TEST(CacheFileTest, FollowsTheUsersDirectories) {
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string kept = before == nullptr ? "" : before;
  setenv("XDG_CACHE_HOME", "/somewhere", 1);
  EXPECT_EQ(default_cache_file(), "/somewhere/recur/plugins.json");
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", "/home/of-a-user", 1);
  EXPECT_EQ(default_cache_file(), "/home/of-a-user/.cache/recur/plugins.json");
  if (!kept.empty()) setenv("XDG_CACHE_HOME", kept.c_str(), 1);
}

}  // namespace
}  // namespace recur::plugin
