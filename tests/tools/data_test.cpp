// The data sets that the program knows: what it says of files that are there, missing or others than they should be.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "program.hpp"

namespace recur::tool {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace json = boost::json;

class Data : public ToolTest {
 protected:
  json::value document(const std::vector<std::string>& arguments, int code = 0) {
    std::vector<std::string> command{"data"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    command.push_back("--json");
    const Result result = recur(command);
    EXPECT_EQ(result.code, code) << result.err;
    return json::parse(result.out);
  }
  void beside_the_repositorys() { fs::create_directory_symlink(fs::path(RECUR_SOURCE_DIR) / "experiments", path("experiments")); }
};

std::string text(const json::value& value) { return std::string(value.as_string()); }

TEST_F(Data, EveryFileThatADefinitionOfTheRepositoryNamesIsOfAKnownSet) {
  beside_the_repositorys();
  const json::value all = document({});
  EXPECT_GE(all.at("data").as_array().size(), 20U);
  for (const json::value& file : all.at("data").as_array()) {
    EXPECT_NE(text(file.at("set")), "") << file.at("path");
    EXPECT_NE(text(file.at("state")), "differs") << file.at("path");
    EXPECT_TRUE(file.at("present").as_bool() || !text(file.at("source")).empty()) << file.at("path");
  }
}

TEST_F(Data, TheFilesInTheRepositoryAreWhatTheyShouldBe) {
  beside_the_repositorys();
  for (const char* set : {"sunspots", "airline"}) EXPECT_EQ(text(document({set}).at("sets").at(0).at("state")), "verified") << set;
}

TEST_F(Data, TheTableOfTheExperimentsGuideAgreesWithWhatTheProgramKnows) {
  std::ifstream in(fs::path(RECUR_SOURCE_DIR) / "experiments" / "README.md");
  const std::string guide{std::istreambuf_iterator<char>(in), {}};
  std::set<std::string> paths;
  const json::value all = document({});
  for (const json::value& set : all.at("sets").as_array()) {
    const size_t row = guide.find("| `" + text(set.at("name")) + "` | `");
    ASSERT_NE(row, std::string::npos) << set.at("name");
    const std::string line = guide.substr(row, guide.find('\n', row) - row);
    const std::string licence = text(set.at("licence")) + (text(set.at("doubt")).empty() ? "" : "; doubtful");
    EXPECT_THAT(line, AllOf(HasSubstr(" | " + text(set.at("about")) + " | "), HasSubstr(" | " + licence + " |")));
    for (const json::value& file : set.at("files").as_array()) EXPECT_TRUE(paths.insert(text(file.at("path"))).second) << file.at("path");
    EXPECT_NE(text(set.at("source")), "") << set.at("name");
  }
}

TEST_F(Data, SumsHaveTheFormOfSha256) {
  const json::value all = document({});
  for (const json::value& set : all.at("sets").as_array())
    for (const json::value& file : set.at("files").as_array())
      EXPECT_THAT(text(file.at("sha256")), testing::MatchesRegex("[0-9a-f]{64}")) << file.at("path");
}

TEST_F(Data, TellsHowToGetWhatIsMissing) {
  const Result result = recur({"data", "ud_english_ewt"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("missing"), HasSubstr("github.com/UniversalDependencies/UD_English-EWT"), HasSubstr("CC BY-SA 4.0"), HasSubstr("doubt"),
                                HasSubstr("ud_english_ewt/en_ewt-ud-train.conllu.gz"), HasSubstr("into a directory of RECUR_DATA")));
}

TEST_F(Data, AFileThatIsAnotherIsToldWithBothSums) {
  environment_["RECUR_DATA"] = path("sets").string();
  write("sets/tiny_shakespeare/input.txt", "To be, or not to be\n");
  for (const std::vector<std::string>& command : {std::vector<std::string>{"data"}, {"data", "tiny_shakespeare"}}) {
    const Result result = recur(command);
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.out, HasSubstr("differs"));
    EXPECT_THAT(result.err, AllOf(HasSubstr("sets/tiny_shakespeare/input.txt: is not tiny_shakespeare/input.txt of tiny_shakespeare"),
                                  HasSubstr("86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed")));
  }
  const json::value set = document({"tiny_shakespeare"}, 2).at("sets").at(0);
  EXPECT_EQ(text(set.at("state")), "differs");
  EXPECT_NE(text(set.at("files").at(0).at("sha256_there")), text(set.at("files").at(0).at("sha256")));
}

TEST_F(Data, AFileThatADefinitionFindsElsewhereIsVerifiedToo) {
  write("mine/tiny_shakespeare/input.txt", "To be, or not to be\n");
  write("mine/lm.yaml", "name: lm\ntask: {kind: language_model, data: {text: tiny_shakespeare/input.txt}}\nmodel: {cell: gru}\n");
  const json::value file = document({"mine"}, 2).at("data").at(0);
  EXPECT_EQ(text(file.at("state")), "differs");
  EXPECT_EQ(text(file.at("set")), "tiny_shakespeare");
}

TEST_F(Data, AllFilesOfADefinitionAreListed) {
  write("mine/tag.yaml",
        "name: tag\ntask: {kind: tagging, data: {format: columns, train: a.conll, valid: b.conll, test: c.conll}}\nmodel: {cell: gru}\n");
  write("mine/b.conll", "a\tB\n");
  const json::value files = document({"mine"}).at("data");
  ASSERT_EQ(files.as_array().size(), 3U);
  EXPECT_FALSE(files.at(0).at("present").as_bool());
  EXPECT_EQ(text(files.at(1).at("state")), "present");
  EXPECT_EQ(text(files.at(1).at("set")), "");
  EXPECT_THAT(text(files.at(2).at("definitions").at(0)), HasSubstr("tag.yaml"));
}

TEST_F(Data, NamesOneSetOrAFolderOfThemOrADirectory) {
  EXPECT_EQ(document({"nottingham"}).at("sets").as_array().size(), 1U);
  EXPECT_EQ(document({"dna"}).at("sets").as_array().size(), 4U);
  EXPECT_GE(document({"ucr"}).at("sets").as_array().size(), 11U);
  const Result result = recur({"data", "notingham"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'nottingham'?"));
}

TEST_F(Data, ADefinitionThatCannotBeReadIsTold) {
  write("mine/x.yaml", "name: [\n");
  const Result result = recur({"data", "mine"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, AllOf(HasSubstr("Left out"), HasSubstr("x.yaml")));
  EXPECT_THAT(recur({"data", "mine", "--quiet"}).err, IsEmpty());
}

// What is on this machine, however it was packed.
TEST_F(Data, TheSetsOnThisMachineAreWhatTheyShouldBe) {
  const char* given = std::getenv("RECUR_DATA");
  const fs::path beside = fs::path(RECUR_SOURCE_DIR).parent_path() / "shared" / "data";
  if (given != nullptr) environment_["RECUR_DATA"] = given;
  else if (fs::is_directory(beside)) environment_["RECUR_DATA"] = beside.string();
  else GTEST_SKIP() << "no data: RECUR_DATA is not set, and there is no " << beside;
  const Result result = recur({"data"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("verified"), Not(HasSubstr("differs"))));
}

}  // namespace
}  // namespace recur::tool
