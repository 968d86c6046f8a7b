#include "recur/config/document.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "pets.hpp"

namespace recur::config {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DocumentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(::testing::TempDir()) / ("recur_document_test_" + std::to_string(getpid())) /
                 ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(directory_);
    fs::create_directories(directory_ / "base");
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
    return (directory_ / name).string();
  }

  // The tree, or "" and messages().
  std::string load(const std::string& file, const std::vector<std::string>& overrides = {}) {
    messages_.clear();
    Pet pet;
    Mistakes mistakes;
    try {
      tree_ = load_document(file, overrides, bind(pet), mistakes);
      mistakes.raise();
    } catch (const UserError& error) {
      messages_ = error.messages();
      for (std::string& message : messages_)  // shorter, and the same wherever the test runs
        for (size_t at; (at = message.find(directory_.string())) != std::string::npos;) message.replace(at, directory_.string().size(), "DIR");
      return "";
    }
    return to_string(tree_);
  }

  fs::path directory_;
  Value tree_;
  std::vector<std::string> messages_;
};

TEST_F(DocumentTest, ABaseIsMergedKeyByKeyAndTheExtendingFileWins) {
  write("base/deep.yaml", "{name: deep, legs: 1, collar: {colour: red, width: 3}, toys: [a, b]}");
  write("base/middle.yaml", "{extends: deep.yaml, legs: 2, diet: {food: fish}}");
  const std::string top = write("top.yaml", "extends: base/middle.yaml\ncollar: {width: 4}\ntoys: [c]\n");
  EXPECT_EQ(load(top), "{name: deep, legs: 2, collar: {colour: red, width: 4}, toys: [c], extends: base/middle.yaml, diet: {food: fish}}");
  EXPECT_EQ(to_string(tree_.at("collar.width")->value.place), top + ":2:17");
  EXPECT_THAT(to_string(tree_.at("legs")->value.place), HasSubstr("base/middle.yaml:1:28"));
  EXPECT_LT(tree_.at("collar.colour")->value.layer, tree_.at("collar.width")->value.layer);
}

TEST_F(DocumentTest, ShorthandsAreWrittenOutBeforeMerging) {
  write("base/a.yaml", "{name: a, collar: blue}");
  const std::string top = write("top.yaml", "{extends: base/a.yaml, collar: {width: 1}}");
  EXPECT_EQ(load(top), "{name: a, collar: {colour: blue, width: 1}, extends: base/a.yaml}");
  EXPECT_EQ(load(top, {"collar=green"}), "{name: a, collar: {colour: green, width: 1}, extends: base/a.yaml}");
}

TEST_F(DocumentTest, OverridesAreYamlAndTheLastWins) {
  const std::string file = write("a.yaml", "{name: a, legs: 4, diet: {food: fish}}");
  EXPECT_EQ(load(file, {"legs=3", "legs=2", "toys=[x, z]", "diet.meals=1", "collar={width: 1}", "price=", "name=a=b"}),
            "{name: \"a=b\", legs: 2, diet: {food: fish, meals: 1}, toys: [x, z], collar: {width: 1}, price: null}");
  EXPECT_EQ(to_string(tree_.at("legs")->value.place), "command line");
}

TEST_F(DocumentTest, BelowARawKeyAPathIsOneName) {
  const std::string file = write("a.yaml", "plan: {x.y: {lo: 1, hi: 2}, z: 1}");
  EXPECT_EQ(load(file, {"plan.x.y={mid: 3}", "plan.v.w=4"}), "{plan: {x.y: {mid: 3}, z: 1, v.w: 4}}");
}

TEST_F(DocumentTest, TellsWhatIsWrongWithFilesAndOverrides) {
  const std::string good = write("good.yaml", "name: a");
  struct Case {
    std::string file;
    std::vector<std::string> overrides;
    std::string message;
  };
  write("base/b.yaml", "extends: ../loop.yaml");
  const std::vector<Case> cases{
      {(directory_ / "no.yaml").string(), {}, "cannot read 'DIR/no.yaml': No such file or directory; check the path"},
      {directory_.string(), {}, "'DIR' is a directory; name a definition file"},
      {write("empty.yaml", ""), {}, "DIR/empty.yaml: holds no definition; it needs at least name, task and model"},
      {write("list.yaml", "- a"), {}, "DIR/list.yaml:1:1: expected keys and values (name: ...), got a list"},
      {write("orphan.yaml", "name: a\nextends: no.yaml"), {},
       "DIR/orphan.yaml:2:10: cannot read 'DIR/no.yaml': No such file or directory; check the path"},
      {write("loop.yaml", "extends: base/b.yaml"), {},
       "DIR/base/b.yaml:1:10: extends: '../loop.yaml' comes back to itself; remove one extends of the circle"},
      {write("self.yaml", "extends: self.yaml"), {},
       "DIR/self.yaml:1:10: extends: 'self.yaml' comes back to itself; remove one extends of the circle"},
      {good, {"legs"}, "command line: 'legs' is no override; write key.path=value, such as train.epochs=5"},
      {good, {"=3"}, "command line: '=3' is no override; write key.path=value, such as train.epochs=5"},
      {good, {"extends=a.yaml"}, "command line: extends: a base is named in a file; write one that extends it"},
      {good, {"toys=[a"}, "command line: toys: '[a' is not valid YAML; put a text in quotes"},
  };
  for (const Case& each : cases) {
    load(each.file, each.overrides);
    EXPECT_THAT(messages_, ElementsAre(each.message));
  }
}

std::vector<std::string> parse(const std::string& text, std::string* tree = nullptr) {
  Mistakes mistakes;
  try {
    const Value value = parse_yaml(text, "x.yaml", mistakes);
    if (tree != nullptr) *tree = to_string(value);
    mistakes.raise();
  } catch (const UserError& error) {
    return error.messages();
  }
  return {};
}

TEST(ParseYamlTest, TellsSyntaxErrorsWithTheirPlace) {
  EXPECT_THAT(parse("a: 1\nb: [1, 2\n"),
              ElementsAre("x.yaml:3:1: not valid YAML (end of sequence flow not found); check indentation, colons and brackets up to here"));
  EXPECT_THAT(parse("a: b: c"), ElementsAre(HasSubstr("x.yaml:1:5: not valid YAML")));
}

TEST(ParseYamlTest, TellsDuplicateKeysAndOddOnes) {
  EXPECT_THAT(parse("a:\n  b: 1\n  c: 2\n  b: 3\na: 1"),
              ElementsAre("x.yaml:4:3: a.b: duplicate key, first on line 2; remove one of them",
                          "x.yaml:5:1: a: duplicate key, first on line 1; remove one of them"));
  EXPECT_THAT(parse("? [a]\n: 1"), ElementsAre("x.yaml:1:3: a key has to be a text, not a list"));
  EXPECT_THAT(parse("a: 1\n---\nb: 2"), ElementsAre("x.yaml:3:1: a second document in the file; a definition is one document"));
}

TEST(ParseYamlTest, AliasesAreCopiesAndCannotExplode) {
  std::string tree;
  EXPECT_THAT(parse("{a: &x {b: 1}, c: *x}", &tree), ElementsAre());
  EXPECT_EQ(tree, "{a: {b: 1}, c: {b: 1}}");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 8; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(parse(bomb), ElementsAre(HasSubstr("aliases make this more than 100000 values")));
  EXPECT_THAT(parse("a: &x [*x]"), ElementsAre(HasSubstr("an alias inside the value that it names")));
}

TEST(ParseYamlTest, DeepNestingIsAMistakeAndNoCrash) {
  EXPECT_THAT(parse(std::string(100000, '[')), ElementsAre(HasSubstr("not valid YAML")));
}

}  // namespace
}  // namespace recur::config
