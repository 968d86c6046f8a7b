// What a definition says of the density of sequences; see density.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/audio_options.hpp"

namespace recur::data {

struct DensityOptions {
  std::string format = "csv";        // csv, ucr, music, audio
  // All paths are resolved.
  std::string csv;                   // csv
  std::vector<std::string> columns;  // csv: names from the header; empty: every column that holds numbers
  int64_t steps = 100;               // csv: steps of a sequence that the series is cut into
  int64_t warm_up = 0;               // csv: steps before these that are only read
  double train_share = 0.7;          // csv: shares of the series in time order ...
  double test_share = 0.15;
  double valid_share = 0.15;         // ... and of ucr and audio the share of the training part that is set apart
  std::string train;                 // ucr: the training file
  std::string test;                  // ucr: the test file
  std::string json;                  // music
  std::string file;                  // audio: a folder or an archive
  std::string name;                  // audio: what the files' names tell: "{label}_{speaker}_{index}"; empty: nothing
  AudioFeatureOptions features;      // audio
  std::string test_where;            // audio: which files are the test part: "index=0-4"; empty: none
  int64_t importance_samples = 1;    // draws of the latent variables for each sequence of the test part
};

template <class V>
void describe(V& visit, DensityOptions& o) {
  visit.group("data", {.help = "sequences", .required = true}, [&] {
    visit.kind("format", o.format, {.help = "what the files are", .choices = {"csv", "ucr", "music", "audio"}});
    visit("csv", o.csv, {.help = "CSV file with a header, a step a row", .required = true, .kinds = {"csv"}, .file = true});
    visit("columns", o.columns, {.help = "names from the header; none: every column that holds numbers", .kinds = {"csv"}});
    visit("steps", o.steps, {.help = "steps of each sequence that the series is cut into", .min = 1, .kinds = {"csv"}});
    visit("warm_up", o.warm_up, {.help = "steps before these that are only read and do not count", .min = 0, .kinds = {"csv"}});
    visit("train", o.train, {.help = "training file", .required = true, .kinds = {"ucr"}, .file = true});
    visit("test", o.test, {.help = "test file", .required = true, .kinds = {"ucr"}, .file = true});
    visit("json", o.json, {.help = "piano rolls with their own parts", .required = true, .kinds = {"music"}, .file = true});
    visit("file", o.file, {.help = "a folder or an archive of recordings", .required = true, .kinds = {"audio"}, .file = true});
    visit("name", o.name, {.help = "what the files' names tell, such as '{label}_{speaker}_{index}'; none: nothing", .kinds = {"audio"}});
    visit("test_where", o.test_where, {.help = "the test part is the files whose name has these values, such as index=0-4", .kinds = {"audio"}});
    visit("features", o.features, {.help = "the values that a recording is turned into", .kinds = {"audio"}});
    visit("train_share", o.train_share, {.help = "share of the series that is learned from, the first in order", .min = 0, .max = 1, .open_min = true, .kinds = {"csv"}});
    visit("valid_share", o.valid_share,
          {.help = "share by which variants and epochs are chosen: of csv the next in order, else of what is learned from", .min = 0, .max = 1, .open_max = true,
           .kinds = {"csv", "ucr", "audio"}});
    visit("test_share", o.test_share, {.help = "share that is only measured, the last in order", .min = 0, .max = 1, .open_max = true, .kinds = {"csv"}});
  });
  visit("importance_samples", o.importance_samples, {.help = "draws of the latent variables for each sequence of the test part; 1: the bound alone", .min = 1});
}

}  // namespace recur::data
