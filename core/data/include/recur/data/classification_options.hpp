// What a definition says of the classification of sequences; see classification.hpp.
#pragma once

#include <cstdint>
#include <string>

#include "recur/data/audio_options.hpp"

namespace recur::data {

struct ClassificationOptions {
  std::string format = "table";      // table, ucr, idx, fasta, audio, documents
  // All paths are resolved.
  std::string file;                  // table: CSV or TSV with a header; audio, documents: a folder or an archive
  std::string sequence = "sequence"; // table: column of letters
  std::string label = "label";       // table: column of classes
  std::string train;                 // ucr, idx: the training file
  std::string test;                  // ucr, idx: the test file
  std::string train_labels;          // idx
  std::string test_labels;           // idx
  std::string read = "pixels";       // idx: a step is a pixel or a row of the image
  bool permute = false;              // idx: the pixels of all images in one random order
  std::string positive;              // fasta: sequences of the class "positive"
  std::string negative;              // fasta: sequences of the class "negative"
  std::string alphabet;              // table, fasta: the letters; empty: those of the training part
  std::string name;                  // audio: what the files' names tell: "{label}_{speaker}_{index}"
  AudioFeatureOptions features;      // audio
  int64_t segment = 0;               // boundaries of one level: so many steps a segment; 0: none
  // documents; the expressions are ECMAScript's, looked for in a file's name within the folder or archive, and give their first group
  std::string ending = ".txt";       // of the names of the files that are documents
  std::string class_pattern;         // what class a document is of; empty: the last folder's name
  std::string fold_pattern;          // which of the data's own folds it is in; empty: folds are drawn
  std::string unit = "word";         // word, character
  int64_t min_count = 1;             // a unit rarer than this in the training part becomes <unk>
  int64_t vocabulary = 0;            // at most so many units, the most frequent of the training part; 0: all
  int64_t max_words = 0;             // of a document, the first ones; 0: all
  int64_t max_sentences = 0;

  int64_t train_rows = 0;            // the first rows are the training part; 0: all that the test part leaves
  int64_t test_rows = 0;             // rows of the test part, from its first on; 0: all
  std::string test_where;            // audio: which files are the test part: "index=0-4"
  int64_t folds = 0;                 // table, fasta, audio, documents: the test part is one of so many; 0: none
  int64_t fold = 1;                  // which one, 1 ... folds; 0: replicate r has fold r, counted from 1 (of_replicate)
  double valid = 0.1;                // share of the training part that is set apart to choose variants and epochs
};

template <class V>
void describe(V& visit, ClassificationOptions& o) {
  visit.group("data", {.help = "labelled sequences", .required = true}, [&] {
    visit.kind("format", o.format, {.help = "what the files are", .choices = {"table", "ucr", "idx", "fasta", "audio", "documents"}});
    visit("file", o.file, {.help = "table: CSV or TSV with a header, a sequence of letters a row; audio: a folder or an archive of recordings; documents: "
                                   "a folder or an archive of texts, a sentence a line",
                           .required = true, .kinds = {"table", "audio", "documents"}, .file = true});
    visit("sequence", o.sequence, {.help = "column that holds the letters", .kinds = {"table"}});
    visit("label", o.label, {.help = "column that holds the class", .kinds = {"table"}});
    visit("train", o.train, {.help = "training file", .required = true, .kinds = {"ucr", "idx"}, .file = true});
    visit("test", o.test, {.help = "test file", .required = true, .kinds = {"ucr", "idx"}, .file = true});
    visit("train_labels", o.train_labels, {.help = "classes of the training file", .required = true, .kinds = {"idx"}, .file = true});
    visit("test_labels", o.test_labels, {.help = "classes of the test file", .required = true, .kinds = {"idx"}, .file = true});
    visit("read", o.read, {.help = "what a step is: a pixel, or a row of the image", .choices = {"pixels", "rows"}, .kinds = {"idx"}});
    visit("permute", o.permute, {.help = "the pixels of all images in one random order, the same for every seed", .kinds = {"idx"}});
    visit("positive", o.positive, {.help = "sequences of the class positive", .required = true, .kinds = {"fasta"}, .file = true});
    visit("negative", o.negative, {.help = "sequences of the class negative", .required = true, .kinds = {"fasta"}, .file = true});
    visit("alphabet", o.alphabet, {.help = "the letters; none: those of the training part", .kinds = {"table", "fasta"}});
    visit("name", o.name, {.help = "what the files' names tell, such as '{label}_{speaker}_{index}'", .required = true, .kinds = {"audio"}});
    visit("features", o.features, {.help = "the values that a recording is turned into", .kinds = {"audio"}});
    visit("segment", o.segment, {.help = "steps a segment, for layers that read boundaries; 0: no boundaries", .min = 0});
    visit("ending", o.ending, {.help = "of the names of the files that are documents", .kinds = {"documents"}});
    visit("class_pattern", o.class_pattern, {.help = "regular expression for a file's name whose first group is the class; none: its folder's name", .kinds = {"documents"}});
    visit("fold_pattern", o.fold_pattern, {.help = "regular expression for a file's name whose first group names its fold; none: folds are drawn", .kinds = {"documents"}});
    visit("unit", o.unit, {.help = "what a step is; a word's characters end with a space, a sentence's with a line end", .choices = {"word", "character"}, .kinds = {"documents"}});
    visit("min_count", o.min_count, {.help = "a word or character rarer than this in the training part becomes <unk>", .min = 1, .kinds = {"documents"}});
    visit("vocabulary", o.vocabulary, {.help = "at most so many words or characters, the most frequent of the training part; 0: all", .min = 0, .kinds = {"documents"}});
    visit("max_words", o.max_words, {.help = "a document is cut after so many words; 0: none is", .min = 0, .kinds = {"documents"}});
    visit("max_sentences", o.max_sentences, {.help = "a document is cut after so many sentences; 0: none is", .min = 0, .kinds = {"documents"}});
  });
  visit.group("split", {.help = "which rows are learned from and which are only measured"}, [&] {
    visit("train_rows", o.train_rows, {.help = "the first rows are the training part; 0: all that the test part leaves", .min = 0});
    visit("test_rows", o.test_rows, {.help = "rows of the test part: of its own file, or after train_rows; 0: all", .min = 0});
    visit("test_where", o.test_where, {.help = "audio: the test part is the files whose name has these values, such as index=0-4"});
    visit("folds", o.folds, {.help = "the test part is one of so many equal parts of a single file; 0: none", .min = 0});
    visit("fold", o.fold, {.help = "which of the folds is the test part, counted from 1; 0: the first replicate's is 1, the second's 2 and so on", .min = 0});
    visit("valid", o.valid, {.help = "share of the training part that is set apart to choose variants and epochs", .min = 0, .max = 1, .open_max = true});
  });
}

}  // namespace recur::data
