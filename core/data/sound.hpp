// Recordings as samples, from files that lie in memory: WAV, FLAC and whatever else libsndfile reads.
//
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace recur::data {

struct Sound {
  int64_t rate = 0;            // samples a second
  int64_t channels = 0;        // of the recording; samples are their mean
  std::vector<float> samples;  // integers of b bits divided by 2^(b-1), so -1 ... 1; floats as they are
};

// file: the archive or folder that `name` was found in; both stand in messages. Throws UserError: no format that libsndfile knows, a recording
// that ends before its header says, one without samples, a sample that is no finite number.
Sound read_sound(std::string_view bytes, const std::string& file, const std::string& name);

}  // namespace recur::data
