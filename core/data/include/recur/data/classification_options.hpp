// What a definition says of the classification of sequences; see classification.hpp.
#pragma once

#include <cstdint>
#include <string>

#include "recur/data/audio_options.hpp"

namespace recur::data {

struct ClassificationOptions {
  std::string format = "table";      // table, ucr, idx, fasta, audio
  // All paths are resolved.
  std::string file;                  // table: CSV or TSV with a header; audio: archive or folder of recordings
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

  int64_t train_rows = 0;            // the first rows are the training part; 0: all that the test part leaves
  int64_t test_rows = 0;             // rows of the test part, from its first on; 0: all
  std::string test_where;            // audio: which files are the test part: "index=0-4"
  int64_t folds = 0;                 // table, fasta, audio: the test part is one of so many; 0: none
  int64_t fold = 1;                  // which one, 1 ... folds
  double valid = 0.1;                // share of the training part that is set apart to choose variants and epochs
};

template <class V>
void describe(V& visit, ClassificationOptions& o) {
  visit.group("data", {.help = "labelled sequences", .required = true}, [&] {
    visit.kind("format", o.format, {.help = "what the files are", .choices = {"table", "ucr", "idx", "fasta", "audio"}});
    visit("file", o.file, {.help = "CSV or TSV with a header, a sequence of letters a row; or an archive or folder of recordings", .required = true, .kinds = {"table", "audio"}, .file = true});
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
  });
  visit.group("split", {.help = "which rows are learned from and which are only measured"}, [&] {
    visit("train_rows", o.train_rows, {.help = "the first rows are the training part; 0: all that the test part leaves", .min = 0});
    visit("test_rows", o.test_rows, {.help = "rows of the test part: of its own file, or after train_rows; 0: all", .min = 0});
    visit("test_where", o.test_where, {.help = "audio: the test part is the files whose name has these values, such as index=0-4"});
    visit("folds", o.folds, {.help = "the test part is one of so many equal parts of a single file; 0: none", .min = 0});
    visit("fold", o.fold, {.help = "which of the folds is the test part, counted from 1", .min = 1});
    visit("valid", o.valid, {.help = "share of the training part that is set apart to choose variants and epochs", .min = 0, .max = 1, .open_max = true});
  });
}

}  // namespace recur::data
