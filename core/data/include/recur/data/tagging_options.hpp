// What a definition says of tagging words; see tagging.hpp.
#pragma once

#include <cstdint>
#include <string>

namespace recur::data {

// How words are spelled, for models that read their characters too.
struct SpellingOptions {
  int64_t length = 0;     // L, characters of a word that are read; 0: none
  int64_t min_count = 1;  // a character rarer than this in the training part becomes <unk>
};

struct TaggingOptions {
  std::string format = "conllu";  // conllu, columns
  // Paths are resolved; empty: there is no such part.
  std::string train;
  std::string valid;
  std::string test;
  int64_t word = 1;               // columns: the column of the words, counted from 1
  int64_t tag = 0;                // columns: the column of the tags; 0: the last
  int64_t min_count = 1;          // a word rarer than this in the training part becomes <unk>
  bool entities = false;          // tags are O, B-type and I-type: count entities too
  SpellingOptions characters;
};

template <class V>
void describe(V& visit, SpellingOptions& o) {
  visit("length", o.length, {.help = "characters of a word that are read, of longer ones the first and last; 0: none", .min = 0, .max = 1024});
  visit("min_count", o.min_count, {.help = "a character rarer than this in the training part becomes <unk>", .min = 1});
}

template <class V>
void describe(V& visit, TaggingOptions& o) {
  visit.group("data", {.help = "sentences with a tag a word", .required = true}, [&] {
    visit.kind("format", o.format, {.help = "CoNLL-U with its universal parts of speech, or columns of words and tags", .choices = {"conllu", "columns"}});
    visit("train", o.train, {.help = "training sentences", .required = true, .file = true});
    visit("valid", o.valid, {.help = "sentences by which variants and epochs are chosen; none: no such part", .file = true});
    visit("test", o.test, {.help = "sentences that are only measured; none: no such part", .file = true});
    visit("word", o.word, {.help = "column of the words, counted from 1", .min = 1, .kinds = {"columns"}});
    visit("tag", o.tag, {.help = "column of the tags, counted from 1; 0: the last", .min = 0, .kinds = {"columns"}});
  });
  visit("min_count", o.min_count, {.help = "a word rarer than this in the training part becomes <unk>", .min = 1});
  visit("characters", o.characters, {.help = "how words are spelled, for model.characters", .shorthand = "length"});
  visit("entities", o.entities, {.help = "tags are O, B-type and I-type; entities are counted too, as conlleval does"});
}

}  // namespace recur::data
