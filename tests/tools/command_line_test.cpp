// The command line itself: help, names that do not exist, output that scripts rely on.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <sstream>

#include "program.hpp"

namespace recur::tool {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Wrong {
  std::string what;
  std::vector<std::string> arguments;
  std::string says;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.what; }

std::string name_of(const testing::TestParamInfo<Wrong>& info) { return info.param.what; }

class WrongCommandLine : public ToolTest, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongCommandLine, IsToldInOneLineWithTheNearestName) {
  const Result result = recur(GetParam().arguments);
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr(GetParam().says));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

INSTANTIATE_TEST_SUITE_P(Tool, WrongCommandLine,
                         testing::Values(Wrong{"UnknownVerb", {"rnu", "x.yaml"}, "unknown verb 'rnu'; did you mean 'run'?"},
                                         Wrong{"UnknownOption", {"run", "x.yaml", "--jbos", "2"}, "recur run: unknown option '--jbos'; did you mean '--jobs'?"},
                                         Wrong{"UnknownOptionWithValue", {"compare", "x", "--metrc=valid/rmse"}, "did you mean '--metric'?"},
                                         Wrong{"MissingArgument", {"run"}, "FILE is required"},
                                         Wrong{"NoNumber", {"run", "x.yaml", "--jobs", "two"}, "--jobs"},
                                         Wrong{"OutOfRange", {"run", "x.yaml", "--jobs", "0"}, "--jobs"},
                                         Wrong{"UnknownChoice", {"export", "x", "--format", "xml"}, "--format"},
                                         Wrong{"UnexpectedArgument", {"list", "quickstart"}, "unexpected argument 'quickstart'"},
                                         Wrong{"UnknownShell", {"completion", "tcsh"}, "SHELL"},
                                         Wrong{"UnknownResult", {"show", "nothing"}, "no result 'nothing'"},
                                         Wrong{"UnknownCell", {"cells", "lsmt"}, "unknown cell 'lsmt'; did you mean 'lstm'?"},
                                         Wrong{"MissingDefinition", {"run", "nothing.yaml"}, "nothing.yaml"},
                                         Wrong{"NoDirectoryOfDefinitions", {"data", "nothing"}, "nothing: no such directory"}),
                         name_of);

class CommandLine : public ToolTest {
 protected:
  std::vector<std::string> verbs() {
    std::vector<std::string> names;
    std::istringstream lines(recur({"completion", "fish"}).out);
    for (std::string line; std::getline(lines, line);)
      if (const size_t at = line.find("__fish_use_subcommand -f -a "); at != std::string::npos)
        names.push_back(line.substr(at + 28, line.find(' ', at + 28) - at - 28));
    return names;
  }
};

TEST_F(CommandLine, WithoutArgumentsShowsTheVerbs) {
  const Result result = recur({});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("run"), HasSubstr("compare"), HasSubstr("Example:")));
}

TEST_F(CommandLine, EveryVerbHasHelpWithAnExample) {
  const std::vector<std::string> names = verbs();
  EXPECT_THAT(names, Contains("run"));
  EXPECT_GE(names.size(), 13U);
  for (const std::string& verb : names) {
    const Result result = recur({verb, "--help"});
    EXPECT_EQ(result.code, 0) << verb;
    EXPECT_THAT(result.out, HasSubstr("Example:")) << verb;
    EXPECT_THAT(result.out, HasSubstr(verb == "completion" ? "recur completion" : "  recur " + verb)) << verb;
    EXPECT_THAT(result.err, IsEmpty()) << verb;
  }
}

// The examples are run as they stand, in their order, beside the repository's experiments.
TEST_F(CommandLine, ExamplesOfTheHelpWork) {
  fs::create_directory_symlink(fs::path(RECUR_SOURCE_DIR) / "experiments", path("experiments"));
  std::vector<std::string> names = verbs();
  ASSERT_EQ(names.front(), "run");  // what the others show is made by it
  int run = 0;
  for (const std::string& verb : names) {
    std::istringstream lines(recur({verb, "--help"}).out);
    bool examples = false;
    for (std::string line; std::getline(lines, line);) {
      if (line == "Example:") examples = true;
      else if (!line.starts_with("  ")) examples = false;
      if (!examples || line.find("recur ") == std::string::npos) continue;
      if (line.find("shakespeare") != std::string::npos || line.find(" jsb ") != std::string::npos) continue;  // their data are not in the repository
      const Result result = execute({"bash", "-c", line});
      EXPECT_EQ(result.code, 0) << line << "\n" << result.err;
      ++run;
    }
  }
  EXPECT_GE(run, 12);
}

TEST_F(CommandLine, CompletionsAreSoundScripts) {
  const Result bash = recur({"completion", "bash"});
  write("recur.bash", bash.out);
  EXPECT_EQ(execute({"bash", "-n", "recur.bash"}).code, 0);
  const Result words = execute({"bash", "-c", "source recur.bash; COMP_WORDS=(recur run --jo); COMP_CWORD=2; _recur; echo \"${COMPREPLY[@]}\""});
  EXPECT_EQ(words.out, "--jobs\n");
  EXPECT_THAT(recur({"completion", "zsh"}).out, HasSubstr("#compdef recur"));
  EXPECT_THAT(recur({"completion", "fish"}).out, HasSubstr("complete -c recur"));
}

TEST_F(CommandLine, NoColourAndNoControlCodesReachAFile) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"cells"}, {"doctor"}, {"cells", "gru"}})
    EXPECT_THAT(recur(arguments).out, Not(HasSubstr("\x1b")));
}

TEST_F(CommandLine, VersionIsPrinted) {
  const Result result = recur({"--version"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, testing::StartsWith("recur "));
}

}  // namespace
}  // namespace recur::tool
