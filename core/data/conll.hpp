// Sentences with a tag a word, from CoNLL files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace recur::data {

struct TaggedWord {
  std::string word;
  std::string tag;
  int line = 0;  // of the file, counted from 1
};

using TaggedSentence = std::vector<TaggedWord>;

// CoNLL-U (universaldependencies.org/format.html): ten columns separated by tabs, comments with #, a blank line after each sentence.
// Words are FORM, tags UPOS; lines whose id holds - (several words in one) or . (empty nodes) are left out.
// Throws UserError with file, line and column: another number of columns, an empty word or tag, no UTF-8, comments with no word after
// them, no sentence at all.
std::vector<TaggedSentence> read_conllu(const std::string& path);

// Columns separated by a tab, or by spaces on lines without one; lines of white space between sentences; sentences that begin with
// -DOCSTART- are left out. word, tag: columns counted from 1; tag 0: the last. Throws as read_conllu, and for a line with another number
// of columns than the first.
std::vector<TaggedSentence> read_columns(const std::string& path, int64_t word, int64_t tag);

}  // namespace recur::data
