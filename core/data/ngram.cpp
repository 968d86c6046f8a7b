#include "recur/data/ngram.hpp"

#include <algorithm>
#include <cmath>

#include "recur/error/error.hpp"

namespace recur::data {

NgramModel::NgramModel(std::span<const int32_t> training, int64_t vocabulary)
    : counts_(static_cast<size_t>(vocabulary)),
      n_(static_cast<int64_t>(training.size())),
      offsets_(static_cast<size_t>(vocabulary) + 1),
      totals_(static_cast<size_t>(vocabulary)) {
  for (const int32_t token : training) {
    RECUR_CHECK(token >= 0 && token < vocabulary, "token {}, vocabulary {}", token, vocabulary);
    ++counts_[static_cast<size_t>(token)];
  }
  best_ = static_cast<int32_t>(std::max_element(counts_.begin(), counts_.end()) - counts_.begin());

  // All tokens that follow one, gathered by the one before (a counting sort), then counted for each.
  if (!training.empty()) {
    totals_ = counts_;
    --totals_[static_cast<size_t>(training.back())];
  }
  std::vector<size_t> at(totals_.size() + 1);
  for (size_t v = 0; v < totals_.size(); ++v) at[v + 1] = at[v] + static_cast<size_t>(totals_[v]);
  std::vector<int32_t> next(at.back());
  std::vector<size_t> end = at;
  for (size_t i = 1; i < training.size(); ++i) next[end[static_cast<size_t>(training[i - 1])]++] = training[i];

  std::vector<int64_t> seen(totals_.size());
  std::vector<int32_t> different;
  for (size_t v = 0; v < totals_.size(); ++v) {
    different.clear();
    for (size_t i = at[v]; i < at[v + 1]; ++i) {
      if (seen[static_cast<size_t>(next[i])]++ == 0) different.push_back(next[i]);
    }
    std::sort(different.begin(), different.end());
    for (const int32_t token : different) {
      followers_.push_back({token, seen[static_cast<size_t>(token)]});
      seen[static_cast<size_t>(token)] = 0;
    }
    offsets_[v + 1] = static_cast<int64_t>(followers_.size());
  }
}

std::span<const NgramModel::Follower> NgramModel::followers(int32_t before) const {
  const auto v = static_cast<size_t>(before);
  return std::span(followers_).subspan(static_cast<size_t>(offsets_[v]), static_cast<size_t>(offsets_[v + 1] - offsets_[v]));
}

double NgramModel::unigram(int32_t token) const {
  return static_cast<double>(counts_[static_cast<size_t>(token)] + 1) /
         static_cast<double>(n_ + static_cast<int64_t>(counts_.size()));
}

double NgramModel::bigram(int32_t before, int32_t token) const {
  const auto seen = followers(before);
  if (seen.empty()) return unigram(token);
  const auto by_token = [](const Follower& follower, int32_t wanted) { return follower.token < wanted; };
  const auto at = std::lower_bound(seen.begin(), seen.end(), token, by_token);
  const double count = at != seen.end() && at->token == token ? static_cast<double>(at->count) : 0;
  const double different = static_cast<double>(seen.size());
  return (count + different * unigram(token)) / (static_cast<double>(total(before)) + different);
}

int32_t NgramModel::best_bigram(int32_t before) const {
  // Of the tokens never seen after `before`, none is more probable than the most frequent token of all.
  int32_t best = best_;
  double probability = bigram(before, best_);
  for (const Follower& follower : followers(before)) {
    const double p = bigram(before, follower.token);
    if (p > probability || (p == probability && follower.token < best)) {
      best = follower.token;
      probability = p;
    }
  }
  return best;
}

Outcome NgramModel::score_unigram(std::span<const int32_t> tokens, int64_t begin, int64_t end) const {
  Outcome outcome;
  for (int64_t i = begin; i < end; ++i) {
    const int32_t token = tokens[static_cast<size_t>(i)];
    outcome.nats -= std::log(unigram(token));
    outcome.correct += token == best_;
    ++outcome.counted;
  }
  return outcome;
}

Outcome NgramModel::score_bigram(std::span<const int32_t> tokens, int64_t begin, int64_t end) const {
  RECUR_CHECK(begin >= 1, "begin {}", begin);
  std::vector<int32_t> best(counts_.size(), -1);
  Outcome outcome;
  for (int64_t i = begin; i < end; ++i) {
    const int32_t before = tokens[static_cast<size_t>(i - 1)], token = tokens[static_cast<size_t>(i)];
    int32_t& guess = best[static_cast<size_t>(before)];
    if (guess < 0) guess = best_bigram(before);
    outcome.nats -= std::log(bigram(before, token));
    outcome.correct += token == guess;
    ++outcome.counted;
  }
  return outcome;
}

}  // namespace recur::data
