// How well words are tagged.
//
//   accuracy          share of the words that got their tag; a word whose tag the training part lacks counts as wrong
//   entity_precision  entities found that are right, in percent of those found
//   entity_recall     the same in percent of those that are there
//   entity_f1         2 P R / (P + R)
//
// Entities are counted as conlleval does (Tjong Kim Sang and Buchholz 2000, the script of the CoNLL-2000 shared task): an entity
// begins at a word whose tag is not O if the tag is B-, or the word before is O or of another type, or none is before it in the sentence;
// it ends before the next beginning, the next O or the end of the sentence. So an I- after O or after another type begins
// an entity. It is right if begin, end and type are. Where nothing is found or there, the percentage is 0.
//
// Threading: one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "recur/data/task.hpp"

namespace recur::data {

// A run of words [begin, end) of one type.
struct Entity {
  int64_t begin = 0;
  int64_t end = 0;
  std::string type;
  bool operator==(const Entity&) const = default;
};

// Whether a tag is O, B-type or I-type.
bool is_bio(const std::string& tag);

// The entities of a sentence in their order. Requires is_bio of every tag.
std::vector<Entity> entities_of(std::span<const std::string> tags);

class TaggingScore : public Score {
 public:
  // tags: of the classes. unseen: tag number u is not in training; its label is unseen_label(u).
  TaggingScore(std::vector<std::string> tags, std::vector<std::string> unseen, bool entities);

  static int32_t unseen_label(size_t u) { return kIgnored - 1 - static_cast<int32_t>(u); }

  void reset() override;
  // Requires logits [T, N, V], labels [T, N] and lengths [N].
  void add(const Outcome& outcome) override;
  // One sentence: a label and the class that was predicted for each word.
  void add(std::span<const int32_t> labels, std::span<const int32_t> predicted);
  std::vector<double> values() const override;
  // Entities by type, or words by tag where no entities are counted, one a line.
  std::string details() const override;

  static std::vector<MetricInfo> metrics(bool entities);

 private:
  struct Counts {
    int64_t there = 0, found = 0, right = 0;
  };
  static std::array<double, 3> percentages(const Counts& counts);  // precision, recall, F1
  const std::string& name(int32_t label) const;
  void add_entities(std::span<const int32_t> labels, std::span<const int32_t> predicted);

  std::vector<std::string> tags_, unseen_;
  bool entities_;
  int64_t words_ = 0, right_ = 0;
  Counts all_;
  std::map<std::string, Counts> by_type_;  // of entities, or of words by their tags
  std::vector<int32_t> truth_, guess_;  // memory of add
};

}  // namespace recur::data
