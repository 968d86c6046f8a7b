// What a definition says of recordings and of the values that they are turned into; see core/data/audio_files.hpp and audio_features.hpp.
#pragma once

#include <cstdint>
#include <string>

namespace recur::data {

struct AudioFeatureOptions {
  std::string kind = "log_mel";  // log_mel, mfcc, waveform
  double window_ms = 25;         // of a frame
  double hop_ms = 10;            // from a frame to the next
  double pre_emphasis = 0.97;    // log_mel, mfcc
  int64_t filters = 40;          // log_mel, mfcc: M
  int64_t coefficients = 13;     // mfcc: of the cosine transform, from number 0
  double low_hz = 0;             // log_mel, mfcc: where the filters begin ...
  double high_hz = 0;            // ... and end; 0: at half the sampling rate
  int64_t deltas = 0;            // log_mel, mfcc: slopes over time beside the values, and slopes of these
};

template <class V>
void describe(V& visit, AudioFeatureOptions& o) {
  visit.kind("kind", o.kind, {.help = "what a step is: logarithms of mel filters' energies, mel cepstra, or the samples themselves", .choices = {"log_mel", "mfcc", "waveform"}});
  visit("window_ms", o.window_ms, {.help = "length of a frame in milliseconds", .min = 0, .max = 10000, .open_min = true});
  visit("hop_ms", o.hop_ms, {.help = "from the start of a frame to the next, in milliseconds", .min = 0, .max = 10000, .open_min = true});
  visit("pre_emphasis", o.pre_emphasis, {.help = "how much of the sample before is taken off each; 0: none", .min = 0, .max = 1, .kinds = {"log_mel", "mfcc"}});
  visit("filters", o.filters, {.help = "filters, evenly spaced in mel", .min = 1, .max = 1024, .kinds = {"log_mel", "mfcc"}});
  visit("coefficients", o.coefficients, {.help = "cepstral coefficients from number 0, at most as many as filters", .min = 1, .max = 1024, .kinds = {"mfcc"}});
  visit("low_hz", o.low_hz, {.help = "lower end of the first filter", .min = 0, .kinds = {"log_mel", "mfcc"}});
  visit("high_hz", o.high_hz, {.help = "upper end of the last filter; 0: half the sampling rate", .min = 0, .kinds = {"log_mel", "mfcc"}});
  visit("deltas", o.deltas, {.help = "1: slopes over time beside the values; 2: and the slopes of these", .min = 0, .max = 2, .kinds = {"log_mel", "mfcc"}});
}

// Recordings that a task reads, from the options of its own: they stand where the task has its keys.
struct RecordingOptions {
  std::string file;             // a folder or an archive; resolved
  std::string name;             // what the files' names tell: "{label}_{speaker}_{index}"; empty: nothing
  AudioFeatureOptions features;
  std::string test_where;       // which files are the test part: "index=0-4"; empty: none
  bool labelled = true;         // names have to tell the class, {label}
  std::string test_where_key = "task.split.test_where";  // for messages
};

}  // namespace recur::data
