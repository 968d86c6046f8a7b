// Which rows of labelled sequences are training, validation and test, as the literature splits them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/classification_options.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

using PartRows = std::array<std::vector<uint32_t>, kParts.size()>;  // ascending

// labels: classes of the rows of the training file. test_size: rows of the file that is the test part; -1: there is none, and the test
// part is taken from the same rows, by train_rows or folds, or with test_where those chosen, ascending. folds: the name of the fold that each row
// is in by the data themselves, or empty. valid_key: of the validation part's share, for messages.
//
// Folds of the data's own are counted in the byte order of their names. Other folds and the validation part are drawn by Stream(0, 0, "classification/folds") and ".../valid", which no seed changes; both keep the
// shares of the classes: each class's rows, in random order, are spread evenly.
// Throws UserError, with file as the place: numbers of rows or folds that the file does not have, both train_rows and folds, a part that
// is wanted but empty, another number of folds than the data's own.
PartRows split_rows(const std::vector<std::string>& labels, int64_t test_size, const ClassificationOptions& options, const std::string& file,
                    const std::vector<uint32_t>& chosen = {}, const std::vector<std::string>& folds = {}, const std::string& valid_key = "task.split.valid");

}  // namespace recur::data
