// Files of labelled sequences, as they are written: classes and letters are not numbers yet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/sequences.hpp"
#include "recur/data/task.hpp"
#include "recur/error/error.hpp"

namespace recur::data {

struct LabelledSequences {
  std::string file;                 // for messages
  Sequences sequences;              // letters or words as tokens, or values
  std::vector<std::string> labels;  // [S]
  std::vector<int> lines;           // [S] of the file; empty where it has none
  std::vector<std::string> columns{}; // [C] names of values; empty where the files have none
  std::vector<uint32_t> test_rows{};  // rows that the files say are the test part; ascending
  std::vector<Fact> facts{};          // worth telling of the files, such as what was left out or cut off
  // Documents only; empty elsewhere.
  std::vector<std::string> words{};   // [V] what each token stands for; empty: tokens are bytes
  std::vector<std::string> names{};   // [S] of the files, within their folder or archive
  std::vector<std::string> folds{};   // [S] that the data themselves put each into; empty: they do not

  // Where sequence s stands, for messages.
  Place place(size_t s) const { return names.empty() ? Place{file, lines.empty() ? 0 : lines[s]} : Place{file + ":" + names[s]}; }
};

// Two columns of a CSV or TSV file with a header. Throws UserError: what read_csv_texts names, an empty sequence or class, a letter that is
// white space or not ASCII.
LabelledSequences read_letter_table(const std::string& path, const std::string& sequence, const std::string& label);

// A class and then the values of a sequence on each line, separated by tabs, commas or spaces, all lines of one length: the UCR archive's
// form (Dau et al. 2019, IEEE/CAA Journal of Automatica Sinica 6). Or that of its sister for several dimensions (ts_file.hpp): the text's
// beginning tells. Throws UserError: no values, another number of values than on the first line, what is no number; and what read_ts names.
LabelledSequences read_ucr(const std::string& path);

// Throws UserError unless sequences of the test file have as many values a step as those of the training file.
void check_dimensions(const LabelledSequences& train, const LabelledSequences& test);

// Adds the records of a FASTA file, in upper case, as sequences of one class. A record begins with > at the start of a line. Throws UserError:
// letters before the first record, a record without letters, a letter that is not ASCII.
void add_fasta(const std::string& path, const std::string& label, LabelledSequences& into);

}  // namespace recur::data
