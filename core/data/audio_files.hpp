// Recordings of a folder or archive as labelled sequences: classes and parts by the files' names, values by audio_features.hpp.
#pragma once

#include "labelled_files.hpp"
#include "recur/data/classification_options.hpp"
#include "recur/data/option_mistake.hpp"

namespace recur::data {

// What can be told wrong of format audio without the recordings.
std::vector<OptionMistake> audio_mistakes(const ClassificationOptions& options);

// All files that end in .wav or .flac, in the order of their names. Several channels are mixed down to their mean. Requires options without
// audio_mistakes. Throws UserError: what read_archive, read_sound and AudioFeatures name, a name that is not of the pattern, recordings
// of different sampling rates, a value of test_where that no file has.
LabelledSequences read_audio(const ClassificationOptions& options);

}  // namespace recur::data
