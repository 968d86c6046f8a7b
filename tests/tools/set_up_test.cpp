// tools/setup.sh, with stand-ins for the package manager: what it would install, and when it leaves the machine alone.
#include <fstream>
#include <set>

#include "program.hpp"

namespace recur::tool {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SetUp : public ToolTest {
 protected:
  SetUp() {
    // Installed is what stands in `installed`; what apt-get is asked for is kept in `asked`.
    command("dpkg-query", "grep -qx \"${@: -1}\" installed && printf installed");
    command("apt-cache", "exit ${APT_CACHE_CODE:-0}");
    command("apt-get", "echo \"$@\" >> asked");
    command("sudo", "exec \"$@\"");
    environment_["PATH"] = path("bin").string() + ":" + environment_["PATH"];
    write("tools/packages.txt", "# a comment\n\ng++\ncmake\nninja-build\n");
  }

  void command(const std::string& name, const std::string& body) {
    write("bin/" + name, "#!/bin/bash\n" + body + "\n");
    fs::permissions(path("bin/" + name), fs::perms::owner_all);
  }

  Result install() { return execute({"bash", "-c", "set -euo pipefail; source '" RECUR_SOURCE_DIR "/tools/setup.sh'; install_packages"}); }
};

TEST_F(SetUp, InstallsWhatIsMissingAndSaysWhat) {
  write("installed", "g++\n");
  const Result result = install();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("Installing: cmake ninja-build\n"));
  EXPECT_THAT(read("asked"), AllOf(HasSubstr("install -y"), HasSubstr("cmake ninja-build"), Not(HasSubstr("g++")), Not(HasSubstr("update"))));
}

TEST_F(SetUp, DoesNothingWhereEverythingIsThere) {
  write("installed", "g++\ncmake\nninja-build\n");
  const Result result = install();
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_FALSE(fs::exists(path("asked")));
}

TEST_F(SetUp, FetchesTheListsOnlyWhereTheyDoNotKnowAPackage) {
  write("installed", "");
  environment_["APT_CACHE_CODE"] = "100";
  EXPECT_EQ(install().code, 0);
  EXPECT_THAT(read("asked"), testing::StartsWith("update"));
}

TEST_F(SetUp, FetchesTheListsOnceMoreWhereTheyAreOld) {
  write("installed", "");
  command("apt-get", "echo \"$@\" >> asked; [[ $1 == update ]] || (( $(grep -c install asked) > 1 ))");
  EXPECT_EQ(install().code, 0);
  EXPECT_THAT(read("asked"), testing::ContainsRegex("install.*\nupdate.*\ninstall"));
}

TEST_F(SetUp, ScriptsAreSound) {
  for (const char* script : {"tools/setup.sh", "tools/quickstart", "tools/test", ".ci/run"})
    EXPECT_EQ(execute({"bash", "-n", std::string(RECUR_SOURCE_DIR "/") + script}).code, 0) << script;
  const Result help = execute({RECUR_SOURCE_DIR "/tools/quickstart", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("usage: tools/quickstart"));
  EXPECT_EQ(execute({RECUR_SOURCE_DIR "/tools/quickstart", "--fast"}).code, 2);
}

// What the build looks for and what is installed for it are kept in two places.
TEST_F(SetUp, EveryPackageIsListedOnce) {
  std::ifstream in(RECUR_SOURCE_DIR "/tools/packages.txt");
  std::set<std::string> seen;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') { EXPECT_TRUE(seen.insert(line).second) << line; }
  EXPECT_TRUE(seen.contains("libdnnl-dev"));
  EXPECT_TRUE(seen.contains("hdf5-tools"));
}

}  // namespace
}  // namespace recur::tool
