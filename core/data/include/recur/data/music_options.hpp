// What a definition says of polyphonic music; see music.hpp.
#pragma once

#include <string>

namespace recur::data {

struct MusicOptions {
  std::string json;  // resolved path
};

template <class V>
void describe(V& visit, MusicOptions& o) {
  visit.group("data", {.help = "piano rolls with their own parts", .required = true}, [&] {
    visit("json", o.json, {.help = "JSON object of train, valid and test: lists of pieces, each a list of steps, each a list of MIDI pitches",
                           .required = true, .file = true});
  });
}

}  // namespace recur::data
