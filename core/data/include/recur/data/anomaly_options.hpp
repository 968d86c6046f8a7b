// What a definition says of finding anomalies; see anomaly.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace recur::data {

struct AnomalyOptions {
  std::string format = "csv";        // csv, ucr, skab, nab
  // All paths are resolved.
  std::string train;                 // csv: normal rows; ucr: the training file
  std::string test;                  // csv: labelled rows; ucr: the test file
  std::vector<std::string> columns;  // csv: names from the header; empty: every column that holds numbers but the label
  std::string label = "anomaly";     // csv: column of the test file, above 0 where a row is anomalous
  std::string normal = "1";          // ucr: the class that is learned from
  std::string archive;               // skab, nab: archive of the corpus
  int64_t train_rows = 400;          // skab: first rows of each file that are learned from
  bool anomaly_free = true;          // skab: files without labels are learned from, too
  bool test_learned = false;         // skab: the rows of labelled files that are learned from are tested, too
  int64_t steps = 96;                // csv, skab, nab: steps of a sequence that a series is cut into
  int64_t warm_up = 32;              // csv, skab, nab: steps before these that are only read
  double valid_share = 0.2;          // of what is learned from: set apart to choose variants and epochs
  int64_t average = 1;               // csv, skab, nab: steps whose mean is the score of the last of them
};

template <class V>
void describe(V& visit, AnomalyOptions& o) {
  const std::vector<std::string> long_series{"csv", "skab", "nab"};
  visit.group("data", {.help = "normal sequences, and labelled ones", .required = true}, [&] {
    visit.kind("format", o.format, {.help = "what the files are", .choices = {"csv", "ucr", "skab", "nab"}});
    visit("train", o.train, {.help = "training file, of csv normal rows alone", .required = true, .kinds = {"csv", "ucr"}, .file = true});
    visit("test", o.test, {.help = "test file", .required = true, .kinds = {"csv", "ucr"}, .file = true});
    visit("columns", o.columns, {.help = "names from the header; none: every column that holds numbers but the label", .kinds = {"csv"}});
    visit("label", o.label, {.help = "column of the test file, above 0 where a row is anomalous", .kinds = {"csv"}});
    visit("normal", o.normal, {.help = "class that is learned from; every other one is anomalous", .kinds = {"ucr"}});
    visit("archive", o.archive, {.help = "archive of the corpus", .required = true, .kinds = {"skab", "nab"}, .file = true});
    visit("train_rows", o.train_rows, {.help = "first rows of each file that are learned from", .min = 2, .kinds = {"skab"}});
    visit("anomaly_free", o.anomaly_free, {.help = "files without labels are learned from, too", .kinds = {"skab"}});
    visit("test_learned", o.test_learned, {.help = "rows of labelled files that are learned from are tested, too, as the corpus's programs do", .kinds = {"skab"}});
    visit("steps", o.steps, {.help = "steps of each sequence that a series is cut into", .min = 1, .kinds = long_series});
    visit("warm_up", o.warm_up, {.help = "steps before these that are only read: not scored, not counted", .min = 0, .kinds = long_series});
    visit("average", o.average, {.help = "steps whose mean is the score of the last of them", .min = 1, .kinds = long_series});
    visit("valid_share", o.valid_share, {.help = "share of what is learned from that is set apart, of a series the last in order", .min = 0, .max = 1, .open_max = true});
  });
}

}  // namespace recur::data
