// What a definition says of polyphonic music; see music.hpp.
#pragma once

#include <cstdint>
#include <string>

namespace recur::data {

struct MusicOptions {
  std::string format = "json";  // json, midi
  // All paths are resolved.
  std::string json;               // json: the file
  std::string train;              // midi: a folder or archive of MIDI files, or one
  std::string valid;              // midi
  std::string test;               // midi
  int64_t steps_per_quarter = 1;  // midi
};

template <class V>
void describe(V& visit, MusicOptions& o) {
  visit.group("data", {.help = "piano rolls or MIDI files with their own parts", .required = true}, [&] {
    visit.kind("format", o.format, {.help = "what the files are", .choices = {"json", "midi"}});
    visit("json", o.json, {.help = "JSON object of train, valid and test: lists of pieces, each a list of steps, each a list of MIDI pitches",
                           .required = true, .kinds = {"json"}, .file = true});
    visit("train", o.train, {.help = "folder or archive (tar, zip) of MIDI files, or a single one",
                             .required = true, .kinds = {"midi"}, .file = true});
    visit("valid", o.valid, {.help = "the same for validation", .kinds = {"midi"}, .file = true});
    visit("test", o.test, {.help = "the same for the test", .kinds = {"midi"}, .file = true});
    visit("steps_per_quarter", o.steps_per_quarter, {.help = "steps of a quarter note: 1 for quarters, 4 for sixteenths",
                                                     .min = 1, .max = 96, .kinds = {"midi"}});
  });
}

}  // namespace recur::data
