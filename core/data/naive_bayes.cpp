#include "naive_bayes.hpp"

#include <algorithm>
#include <cmath>

#include "recur/error/error.hpp"

namespace recur::data {

NaiveBayes::NaiveBayes(const Sequences& sequences, const std::vector<uint32_t>& rows, int64_t vocabulary, int64_t classes)
    : length_(sequences.length(rows.at(0))),
      vocabulary_(vocabulary),
      classes_(classes),
      prior_(static_cast<size_t>(classes)),
      letters_(static_cast<size_t>(classes * length_ * vocabulary), 1.0) {
  for (const uint32_t row : rows) {
    RECUR_CHECK(sequences.length(row) == length_, "sequence {} has {} steps, not {}", row, sequences.length(row), length_);
    const int64_t c = sequences.labels[row];
    prior_[static_cast<size_t>(c)] += 1;
    for (int64_t t = 0; t < length_; ++t)
      letters_[static_cast<size_t>((c * length_ + t) * vocabulary_ + sequences.tokens[static_cast<size_t>(sequences.begin[row] + t)])] += 1;
  }
  const auto per_class = static_cast<size_t>(length_ * vocabulary_);
  for (size_t c = 0; c < prior_.size(); ++c) {
    const double seen = prior_[c];
    for (size_t i = 0; i < per_class; ++i) {
      double& value = letters_[c * per_class + i];
      value = std::log(value / (seen + static_cast<double>(vocabulary_)));
    }
    prior_[c] = std::log(seen / static_cast<double>(rows.size()));
  }
}

int64_t NaiveBayes::classify(const Sequences& sequences, uint32_t row) const {
  RECUR_CHECK(sequences.length(row) == length_, "sequence {} has {} steps, not {}", row, sequences.length(row), length_);
  std::vector<double> score = prior_;
  for (int64_t c = 0; c < classes_; ++c)
    for (int64_t t = 0; t < length_; ++t)
      score[static_cast<size_t>(c)] += letters_[static_cast<size_t>((c * length_ + t) * vocabulary_ + sequences.tokens[static_cast<size_t>(sequences.begin[row] + t)])];
  return std::max_element(score.begin(), score.end()) - score.begin();
}

}  // namespace recur::data
