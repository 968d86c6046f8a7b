// What a definition says of its task: plain values, already checked for type and range. Each struct's describe()
// gives its keys to whoever reads, prints or documents definitions (recur/config/field.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/algorithm_options.hpp"
#include "recur/data/anomaly_options.hpp"
#include "recur/data/classification_options.hpp"
#include "recur/data/density_options.hpp"
#include "recur/data/music_options.hpp"
#include "recur/data/tagging_options.hpp"

namespace recur::data {

// Shares of a series or text in its own order; they sum to at most 1.
struct Split {
  double train = 0.7;
  double valid = 0.15;
  double test = 0.15;
};

// One or many columns of a CSV file, `horizon` steps ahead from the last `window` steps.
struct ForecastOptions {
  std::string csv;                   // resolved path
  std::vector<std::string> columns;  // names from the header; empty: every column that holds numbers
  int64_t window = 0;                // input steps; required
  int64_t horizon = 1;               // steps ahead that are predicted, all of them
  int64_t season = 0;                // period of the seasonal-naive baseline and of MASE, in steps; 0: none (MASE then uses 1)
  Split split;
};

// The next character or word of a text.
struct LanguageModelOptions {
  std::string text;                // resolved path
  std::string unit = "character";  // character, word
  int64_t steps = 64;              // length of truncated back-propagation; the state is carried on
  int64_t min_count = 1;           // a word rarer than this in the training part becomes <unk>
  Split split{0.9, 0.05, 0.05};
};

struct TaskOptions {
  std::string kind;  // forecast, language_model, classification, tagging, music, algorithm, density, anomaly
  ForecastOptions forecast;
  LanguageModelOptions language_model;
  ClassificationOptions classification;
  TaggingOptions tagging;
  MusicOptions music;
  AlgorithmOptions algorithm;
  DensityOptions density;
  AnomalyOptions anomaly;
};

template <class V>
void describe(V& visit, Split& o) {
  visit("train", o.train, {.help = "share that is learned from, the first in order", .min = 0, .max = 1, .open_min = true});
  visit("valid", o.valid, {.help = "share by which variants and epochs are chosen", .min = 0, .max = 1, .open_max = true});
  visit("test", o.test, {.help = "share that is only measured, the last in order", .min = 0, .max = 1, .open_max = true});
}

template <class V>
void describe(V& visit, ForecastOptions& o) {
  visit.group("data", {.help = "a CSV file with a header", .required = true}, [&] {
    visit("csv", o.csv, {.help = "path, looked up beside the definition, in RECUR_DATA and in the user's data directory",
                         .required = true, .file = true});
    visit("columns", o.columns, {.help = "names from the header; none: every column that holds numbers"});
  });
  visit("window", o.window, {.help = "input steps", .min = 1, .required = true});
  visit("horizon", o.horizon, {.help = "steps ahead that are predicted, all of them", .min = 1});
  visit("season", o.season, {.help = "period in steps of the seasonal-naive baseline and of MASE; 0: none", .min = 0});
  visit("split", o.split, {.help = "shares of the series in time order; they sum to at most 1"});
}

template <class V>
void describe(V& visit, LanguageModelOptions& o) {
  visit.group("data", {.help = "a text file in UTF-8", .required = true}, [&] {
    visit("text", o.text, {.help = "path, looked up beside the definition, in RECUR_DATA and in the user's data directory",
                           .required = true, .file = true});
  });
  visit("unit", o.unit, {.help = "what is predicted", .choices = {"character", "word"}});
  visit("steps", o.steps, {.help = "length of truncated back-propagation; the state is carried on", .min = 1});
  visit("min_count", o.min_count, {.help = "a word rarer than this in the training part becomes <unk>", .min = 1});
  visit("split", o.split, {.help = "shares of the text in its order; they sum to at most 1"});
}

template <class V>
void describe(V& visit, TaskOptions& o) {
  visit.kind("kind", o.kind, {.help = "what is learned", .choices = {"forecast", "language_model", "classification", "tagging", "music", "algorithm", "density", "anomaly"}, .required = true});
  visit.only("forecast", [&] { describe(visit, o.forecast); });
  visit.only("language_model", [&] { describe(visit, o.language_model); });
  visit.only("classification", [&] { describe(visit, o.classification); });
  visit.only("tagging", [&] { describe(visit, o.tagging); });
  visit.only("music", [&] { describe(visit, o.music); });
  visit.only("algorithm", [&] { describe(visit, o.algorithm); });
  visit.only("density", [&] { describe(visit, o.density); });
  visit.only("anomaly", [&] { describe(visit, o.anomaly); });
}

// Whether every replicate has a fold of its own for testing, the first replicate fold 1: paired trainings are those of one fold.
inline bool folds_are_replicates(const TaskOptions& task) {
  return task.kind == "classification" && task.classification.folds > 0 && task.classification.fold == 0;
}

// What one replicate, counted from 0, learns from and is tested on. Requires a fold for it where folds are replicates.
inline TaskOptions of_replicate(TaskOptions task, int64_t replicate) {
  if (folds_are_replicates(task)) task.classification.fold = replicate + 1;
  return task;
}

// Calls visit("task.data.csv", path) for every data file of the chosen kind, the main one first; paths that are not given are empty.
// task: TaskOptions, const or not.
template <class Task, class Visit>
void for_each_data_file(Task& task, Visit&& visit) {
  const auto file = [&](const char* key, auto& path) { visit("task.data." + std::string(key), path); };
  if (task.kind == "forecast") file("csv", task.forecast.csv);
  if (task.kind == "language_model") file("text", task.language_model.text);
  if (task.kind == "classification") {
    auto& data = task.classification;
    if (data.format == "table" || data.format == "audio" || data.format == "documents") file("file", data.file);
    if (data.format == "ucr" || data.format == "idx") file("train", data.train), file("test", data.test);
    if (data.format == "idx") file("train_labels", data.train_labels), file("test_labels", data.test_labels);
    if (data.format == "fasta") file("positive", data.positive), file("negative", data.negative);
  }
  if (task.kind == "tagging") file("train", task.tagging.train), file("valid", task.tagging.valid), file("test", task.tagging.test);
  if (task.kind == "music") {
    auto& data = task.music;
    if (data.format == "json") file("json", data.json);
    else file("train", data.train), file("valid", data.valid), file("test", data.test);
  }
  if (task.kind == "density") {
    auto& data = task.density;
    if (data.format == "csv") file("csv", data.csv);
    if (data.format == "ucr") file("train", data.train), file("test", data.test);
    if (data.format == "music") file("json", data.json);
    if (data.format == "audio") file("file", data.file);
  }
  if (task.kind == "anomaly") {
    auto& data = task.anomaly;
    if (data.format == "skab" || data.format == "nab") file("archive", data.archive);
    else file("train", data.train), file("test", data.test);
  }
}

// Whether these paths may be folders.
inline bool data_may_be_folders(const TaskOptions& task) {
  return (task.kind == "music" && task.music.format == "midi") || (task.kind == "density" && task.density.format == "audio") ||
         (task.kind == "classification" && (task.classification.format == "audio" || task.classification.format == "documents"));
}

}  // namespace recur::data
