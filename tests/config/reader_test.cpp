#include "recur/config/reader.hpp"

#include <gmock/gmock.h>

#include <ostream>

#include "pets.hpp"
#include "recur/config/document.hpp"

namespace recur::config {
namespace {

using ::testing::ElementsAre;

struct Reading {
  Pet pet;
  std::vector<std::string> messages;
};

Reading read_pet(const std::string& text, const std::vector<std::string>& overrides = {}) {
  Reading reading;
  std::vector<Key> keys = bind(reading.pet);
  Mistakes mistakes;
  try {
    const Value tree = load_text(text, "pet.yaml", overrides, keys, mistakes);
    read(tree, keys, mistakes);
    mistakes.raise();
  } catch (const UserError& error) {
    reading.messages = error.messages();
  }
  return reading;
}

TEST(ReadTest, FillsTheStructAndLeavesDefaults) {
  const auto [pet, messages] = read_pet(R"(
name: Tom
legs: 3
weight: 4.25
price: 1e2
toys: [mouse, "2"]
tame: false
home: {sofa: grey}
collar: {width: 1}
diet: {food: fish}
notes: {age: 7, size: 0.5, house: true, word: "9"}
)");
  EXPECT_THAT(messages, ElementsAre());
  EXPECT_EQ(pet.name, "Tom");
  EXPECT_EQ(pet.kind, "cat");
  EXPECT_EQ(pet.legs, 3);
  EXPECT_EQ(pet.weight, 4.25);
  EXPECT_EQ(pet.price, 100.0);
  EXPECT_THAT(pet.toys, ElementsAre("mouse", "2"));
  EXPECT_FALSE(pet.tame);
  EXPECT_EQ(pet.cat_home, "grey");
  EXPECT_EQ(pet.collar.colour, "red");
  EXPECT_EQ(pet.collar.width, 1);
  ASSERT_TRUE(pet.diet);
  EXPECT_EQ(pet.diet->food, "fish");
  EXPECT_EQ(pet.diet->meals, 2);
  EXPECT_EQ(pet.notes.at("age"), Scalar(int64_t{7}));
  EXPECT_EQ(pet.notes.at("size"), Scalar(0.5));
  EXPECT_EQ(pet.notes.at("house"), Scalar(true));
  EXPECT_EQ(pet.notes.at("word"), Scalar(std::string("9")));
}

TEST(ReadTest, TakesWhatStandsForMore) {
  const auto [pet, messages] = read_pet("{name: Tom, collar: blue, toys: mouse, legs: 1e1, diet: null, price: null}");
  EXPECT_THAT(messages, ElementsAre());
  EXPECT_EQ(pet.collar.colour, "blue");
  EXPECT_THAT(pet.toys, ElementsAre("mouse"));
  EXPECT_EQ(pet.legs, 10);
  EXPECT_FALSE(pet.diet);
  EXPECT_FALSE(pet.price);
}

struct Case {
  const char* text;
  const char* message;
  friend void PrintTo(const Case& each, std::ostream* stream) { *stream << each.text; }
};

class ReadMistakeTest : public ::testing::TestWithParam<Case> {};

TEST_P(ReadMistakeTest, IsToldWithPlaceAndRemedy) {
  EXPECT_THAT(read_pet(GetParam().text).messages, ElementsAre(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Each, ReadMistakeTest,
    ::testing::Values(
        Case{"name: a\nlgs: 3", "pet.yaml:2:1: lgs: unknown key; did you mean 'legs'?"},
        Case{"name: a\ncollar: {size: 3}", "pet.yaml:2:10: collar.size: unknown key; known: colour, width"},
        Case{"name: a\nmeals: 3", "pet.yaml:2:1: meals: unknown key; did you mean diet.meals?"},
        Case{"name: a\n<<: {legs: 3}", "pet.yaml:2:1: <<: unknown key; merge keys are not supported, use `extends` or an alias"},
        Case{"legs: 3", "pet.yaml: name: missing; expected a text (what it is called)"},
        Case{"name: a\ndiet: {meals: 1}", "pet.yaml:2:1: diet.food: missing; expected a text (what it eats)"},
        Case{"name: a\nlegs: four", "pet.yaml:2:7: legs: expected an integer (how many legs), got 'four'"},
        Case{"name: a\nlegs: 2.5", "pet.yaml:2:7: legs: expected an integer (how many legs), got '2.5'"},
        Case{"name: a\nlegs:", "pet.yaml:2:1: legs: expected an integer (how many legs), got nothing"},
        Case{"name: a\nlegs: \"4\"", "pet.yaml:2:7: legs: expected an integer (how many legs), got the text '4'; remove the quotes"},
        Case{"name: a\nlegs: -1", "pet.yaml:2:7: legs: must be at least 0, got -1"},
        Case{"name: a\nlegs: 99999999999999999999", "pet.yaml:2:7: legs: expected an integer (how many legs), got '99999999999999999999'"},
        Case{"name: a\nweight: heavy", "pet.yaml:2:9: weight: expected a number, got 'heavy'"},
        Case{"name: a\nweight: .inf", "pet.yaml:2:9: weight: expected a number, got '.inf'"},
        Case{"name: a\nweight: 100", "pet.yaml:2:9: weight: must be at least 0 and less than 100, got 100"},
        Case{"name: a\ncollar: {width: 0}", "pet.yaml:2:17: collar.width: must be greater than 0 and at most 10, got 0"},
        Case{"name: a\ntame: yes", "pet.yaml:2:7: tame: expected true or false, got 'yes'"},
        Case{"name: [a]", "pet.yaml:1:7: name: expected a text (what it is called), got a list"},
        Case{"name: a\ntoys: {b: 1}", "pet.yaml:2:7: toys: expected a list of texts, got a map"},
        Case{"name: a\ntoys: [[b]]", "pet.yaml:2:7: toys: expected a list of texts, got a list"},
        Case{"name: a\nnotes: {b: [1]}", "pet.yaml:2:12: notes.b: expected a plain value, got a list"},
        Case{"name: a\ncollar: gren", "pet.yaml:2:9: collar.colour: unknown colour 'gren'; did you mean 'green'?"},
        Case{"name: a\ncollar: {colour: mauve}", "pet.yaml:2:18: collar.colour: unknown colour 'mauve'; known: red, green, blue"},
        Case{"name: a\ncollar: [red]", "pet.yaml:2:9: collar: expected a map of keys (what it wears), got a list"},
        Case{"name: a\ncollar:", "pet.yaml:2:1: collar: expected a map of keys (what it wears), got nothing"},
        Case{"name: a\nkind: lizard", "pet.yaml:2:7: kind: unknown kind 'lizard'; known: cat, dog, fish"},
        Case{"name: a\nkind: fish\nlives: 3", "pet.yaml:3:1: lives: kind 'fish' has no 'lives', only cat has; remove it"},
        Case{"name: a\nhome: {kennel: big}", "pet.yaml:2:8: home.kennel: kind 'cat' has no 'kennel', only dog has; remove it"},
        Case{"name: a\nkind: dog", "pet.yaml: breed: missing; expected a text"}));

TEST(ReadTest, TellsEveryMistakeInTheOrderOfTheFile) {
  EXPECT_THAT(read_pet("legs: x\nname: a\ncollar: {colour: re, width: -1}\nhat: 1").messages,
              ElementsAre("pet.yaml:1:7: legs: expected an integer (how many legs), got 'x'",
                          "pet.yaml:3:18: collar.colour: unknown colour 're'; did you mean 'red'?",
                          "pet.yaml:3:29: collar.width: must be greater than 0 and at most 10, got -1",
                          "pet.yaml:4:1: hat: unknown key; known: name, kind, tame, legs, weight, price, toys, lives, home, collar, "
                          "diet, notes, ..."));
}

TEST(ReadTest, SaysNothingOfKeysWhoseKindIsNotKnown) {
  EXPECT_THAT(read_pet("{name: a, kind: cow, lives: 2, breed: b, home: {x: 1}}").messages,
              ElementsAre("pet.yaml:1:17: kind: unknown kind 'cow'; known: cat, dog, fish"));
}

TEST(ReadTest, ALaterKindTakesTheKeysOfTheOldOneAway) {
  const auto [pet, messages] =
      read_pet("{name: a, lives: 7, home: {sofa: red}}", {"kind=dog", "breed=collie", "home.kennel=big"});
  EXPECT_THAT(messages, ElementsAre());
  EXPECT_EQ(pet.kind, "dog");
  EXPECT_EQ(pet.dog_home, "big");
  EXPECT_EQ(pet.lives, 9);
}

TEST(ReadTest, AKeyThatComesWithOrAfterTheKindIsHeldAgainstIt) {
  EXPECT_THAT(read_pet("{name: a, kind: fish}", {"lives=3"}).messages,
              ElementsAre("command line: lives: kind 'fish' has no 'lives', only cat has; remove it"));
}

TEST(FindKeysTest, LooksUpPathsShorthandsAndAlternatives) {
  Pet pet;
  const std::vector<Key> keys = bind(pet);
  std::string path;
  ASSERT_EQ(find_keys(keys, "collar", &path).size(), 1u);
  EXPECT_EQ(path, "collar.colour");
  ASSERT_EQ(find_keys(keys, "notes.any.thing", &path).size(), 1u);
  EXPECT_EQ(path, "notes.any.thing");
  EXPECT_EQ(find_keys(keys, "home").size(), 2u);
  EXPECT_EQ(find_keys(keys, "home.sofa").size(), 1u);
  EXPECT_EQ(find_keys(keys, "home.roof").size(), 0u);
  EXPECT_EQ(find_keys(keys, "legs.left").size(), 0u);
  EXPECT_EQ(find_keys(keys, "").size(), 0u);
}

TEST(ForEachKeyTest, VisitsEveryKeyWithItsPath) {
  Pet pet;
  std::vector<std::string> paths;
  for_each_key(bind(pet), [&](const std::string& path, const Key&) { paths.push_back(path); });
  EXPECT_THAT(paths, ElementsAre("name", "kind", "tame", "legs", "weight", "price", "toys", "lives", "breed", "home.sofa",
                                 "home.kennel", "collar.colour", "collar.width", "diet.food", "diet.meals", "notes", "plan"));
}

}  // namespace
}  // namespace recur::config
