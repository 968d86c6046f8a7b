#include "recur/config/printer.hpp"

#include <gmock/gmock.h>

#include "pets.hpp"
#include "recur/config/document.hpp"
#include "recur/config/reader.hpp"

namespace recur::config {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(PrintYamlTest, PrintsEveryKeyOfTheKindInTheOrderOfTheDescription) {
  Pet pet;
  pet.name = "Tom: the cat";
  pet.cat_home = "grey";
  EXPECT_EQ(print_yaml(bind(pet)), R"(name: "Tom: the cat"
kind: cat
tame: true
legs: 4
weight: 1.5
price: null
toys: [ball]
lives: 9
home:
  sofa: grey
collar:
  colour: red
  width: 2
diet: null
notes: {}
)");
}

TEST(PrintYamlTest, WhatIsReadFromItIsWhatWasPrinted) {
  Pet pet;
  pet.name = "12";
  pet.kind = "dog";
  pet.breed = "null";
  pet.weight = 1e-7;
  pet.price = 3;
  pet.toys = {};
  pet.diet = Diet{.food = "a, b", .meals = 3};
  pet.notes = {{"n", 2.0}, {"i", int64_t{2}}, {"t", std::string("2")}, {"b", false}};
  const std::string text = print_yaml(bind(pet));

  Pet again;
  std::vector<Key> keys = bind(again);
  Mistakes mistakes;
  read(load_text(text, "x", {}, keys, mistakes), keys, mistakes);
  mistakes.raise();
  EXPECT_EQ(print_yaml(bind(again)), text);
  EXPECT_EQ(again.notes, pet.notes);
  EXPECT_EQ(again.breed, "null");
  EXPECT_THAT(again.toys, ElementsAre());
}

TEST(PrintYamlTest, LeavesOutWhatIsNotWantedAndAsksForRawValues) {
  Pet pet;
  pet.name = "a";
  Mistakes mistakes;
  const Value plan = parse_yaml("{x.y: {float: [0, 1]}}", "x", mistakes);
  PrintOptions options;
  options.wanted = [](const std::string& path) { return path == "name" || path == "plan"; };
  options.raw = [&](const std::string&) { return &plan; };
  EXPECT_EQ(print_yaml(bind(pet), options), "name: a\nplan:\n  x.y: {float: [0, 1]}\n");
}

TEST(FlattenTest, GivesPathsInOrder) {
  Pet pet;
  pet.name = "a";
  PrintOptions options;
  options.wanted = [](const std::string& path) { return path != "toys" && path != "notes"; };
  EXPECT_THAT(flatten(bind(pet), options),
              ElementsAre(Pair("collar.colour", "red"), Pair("collar.width", "2"), Pair("diet", "null"), Pair("kind", "cat"),
                          Pair("legs", "4"), Pair("lives", "9"), Pair("name", "a"), Pair("price", "null"), Pair("tame", "true"),
                          Pair("weight", "1.5")));
}

}  // namespace
}  // namespace recur::config
