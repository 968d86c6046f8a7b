#include "presence_bayes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace recur::data {

PresenceBayes::PresenceBayes(const Sequences& sequences, const std::vector<uint32_t>& rows, int64_t vocabulary, int64_t classes, int32_t ignored)
    : vocabulary_(vocabulary), ignored_(ignored), prior_(static_cast<size_t>(classes)), tokens_(static_cast<size_t>(classes * vocabulary), 1.0) {
  for (const uint32_t row : rows) {
    const auto c = static_cast<size_t>(sequences.labels[row]);
    prior_[c] += 1;
    for (const int32_t token : present(sequences, row)) tokens_[c * static_cast<size_t>(vocabulary_) + static_cast<size_t>(token)] += 1;
  }
  for (size_t c = 0; c < prior_.size(); ++c) {
    const auto begin = tokens_.begin() + static_cast<std::ptrdiff_t>(c) * vocabulary_, end = begin + vocabulary_;
    const double all = std::accumulate(begin, end, 0.0);
    std::for_each(begin, end, [all](double& value) { value = std::log(value / all); });
    prior_[c] = std::log(prior_[c] / static_cast<double>(rows.size()));
  }
}

std::vector<int32_t> PresenceBayes::present(const Sequences& sequences, uint32_t row) const {
  std::vector<int32_t> tokens(sequences.tokens.begin() + sequences.begin[row], sequences.tokens.begin() + sequences.begin[row + 1]);
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  std::erase(tokens, ignored_);
  return tokens;
}

int64_t PresenceBayes::classify(const Sequences& sequences, uint32_t row) const {
  std::vector<double> score = prior_;
  const std::vector<int32_t> tokens = present(sequences, row);
  for (size_t c = 0; c < score.size(); ++c)
    for (const int32_t token : tokens) score[c] += tokens_[c * static_cast<size_t>(vocabulary_) + static_cast<size_t>(token)];
  return std::max_element(score.begin(), score.end()) - score.begin();
}

}  // namespace recur::data
