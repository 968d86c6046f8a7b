// Documents: the texts of a folder or an archive, each a file, a sentence a line, words separated by white space.
//
// The steps of a document are its words, or its characters, where a space ends each word and a line end the last one of a sentence. Level 1
// of its boundaries cuts words into sentences; of characters level 1 cuts them into words, level 2 words into sentences. What stands behind
// max_words or max_sentences is cut off, and documents without words are left out; both are counted in facts.
//
// Threading: no state.
#pragma once

#include "labelled_files.hpp"
#include "recur/data/classification_options.hpp"

namespace recur::data {

// In the order of the files' names. Throws UserError: what read_archive names, a text that is not UTF-8, no document with words, a file that is
// in no folder where folders are the classes, a pattern that is no regular expression or does not match a file's name.
LabelledSequences read_documents(const ClassificationOptions& options);

}  // namespace recur::data
