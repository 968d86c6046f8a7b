// Recordings of a folder or archive as labelled sequences: classes and parts by the files' names, values by audio_features.hpp.
#pragma once

#include "labelled_files.hpp"
#include "recur/data/audio_options.hpp"
#include "recur/data/option_mistake.hpp"

namespace recur::data {

// Those of a task that has the keys file, name, features and test_where. labelled: it learns the classes of its recordings.
template <class TaskKeys>
RecordingOptions recordings_of(const TaskKeys& o, bool labelled) {
  return {.file = o.file, .name = o.name, .features = o.features, .test_where = o.test_where, .labelled = labelled, .test_where_key = labelled ? "task.split.test_where" : "task.data.test_where"};
}

// What can be told wrong of them without the recordings.
std::vector<OptionMistake> audio_mistakes(const RecordingOptions& options);

// All files that end in .wav or .flac, in the order of their names. Several channels are mixed down to their mean. The class of a recording whose
// name does not tell it is empty. Requires options without audio_mistakes. Throws UserError: what read_archive, read_sound and AudioFeatures
// name, a name that is not of the pattern, recordings of different sampling rates, a value of test_where that no file has.
LabelledSequences read_audio(const RecordingOptions& options);

}  // namespace recur::data
