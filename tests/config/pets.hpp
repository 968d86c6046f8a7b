// A small described struct that uses everything a description can say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "recur/config/field.hpp"

namespace recur::config {

struct Collar {
  std::string colour = "red";
  double width = 2;
};

struct Diet {
  std::string food;
  int64_t meals = 2;
};

struct Pet {
  std::string name;
  std::string kind = "cat";
  bool tame = true;
  int64_t legs = 4;
  double weight = 1.5;
  std::optional<double> price;
  std::vector<std::string> toys{"ball"};
  int64_t lives = 9;         // cat
  std::string breed;         // dog
  std::string cat_home;      // cat, home.sofa
  std::string dog_home;      // dog, home.kennel
  Collar collar;
  std::optional<Diet> diet;
  std::map<std::string, Scalar> notes;
};

template <class V>
void describe(V& visit, Collar& o) {
  visit("colour", o.colour, {.help = "its colour", .choices = {"red", "green", "blue"}});
  visit("width", o.width, {.min = 0, .max = 10, .open_min = true});
}

template <class V>
void describe(V& visit, Diet& o) {
  visit("food", o.food, {.help = "what it eats", .required = true});
  visit("meals", o.meals, {.min = 1});
}

template <class V>
void describe(V& visit, Pet& o) {
  visit("name", o.name, {.help = "what it is called", .required = true});
  visit.kind("kind", o.kind, {.help = "which animal", .choices = {"cat", "dog", "fish"}});
  visit("tame", o.tame);
  visit("legs", o.legs, {.help = "how many legs", .min = 0});
  visit("weight", o.weight, {.min = 0, .max = 100, .open_max = true});
  visit("price", o.price, {.min = 0});
  visit("toys", o.toys);
  visit("lives", o.lives, {.kinds = {"cat"}});
  visit.only("dog", [&] { visit("breed", o.breed, {.required = true}); });
  visit.only("cat", [&] { visit.group("home", {}, [&] { visit("sofa", o.cat_home); }); });
  visit.only("dog", [&] { visit.group("home", {}, [&] { visit("kennel", o.dog_home); }); });
  visit("collar", o.collar, {.help = "what it wears", .shorthand = "colour"});
  visit("diet", o.diet, {.help = "how it is fed"});
  visit("notes", o.notes);
  visit.raw("plan", {.help = "read elsewhere"});
}

}  // namespace recur::config
