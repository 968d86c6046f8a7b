// Language modelling: the next character or word of a text, by truncated back-propagation with carried state.
//
// The vocabulary comes from the training part alone; whatever else occurs is <unk>, counted and told in facts().
//
// The targets of a part are its tokens; the input of a target is the token before it, in the part before for the
// first one of valid and test. So every token of the text is a target of exactly one part, but for the very first
// of the text, which nothing comes before. With P targets and N rows, row n is the n-th of N
// contiguous streams of ceil(P / N) or floor(P / N) targets, the longer ones first. Batch b holds the steps
// b * steps ... of all streams, as tokens [T, N] and labels [T, N]. The last batch is shorter if the streams
// end earlier; in it a stream that is one target short has the label kIgnored at its end. So every target counts
// once an epoch, in training as in evaluation, and the state goes on from batch to batch. Each stream starts from
// the zero state.
//
// Metrics: bits_per_character or bits_per_word, perplexity (a token), accuracy.
// Baselines: unigram, bigram (ngram.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "recur/data/options.hpp"
#include "recur/data/split.hpp"
#include "recur/data/task.hpp"
#include "recur/data/text.hpp"

namespace recur::data {

class LanguageModelTask : public Task {
 public:
  // Throws UserError for what read_text and split_in_order name, and for a part that is wanted but empty.
  explicit LanguageModelTask(const LanguageModelOptions& options);

  TaskSpec spec() const override;
  Encoding encoding() const override;
  std::vector<MetricInfo> metrics() const override;
  // Throws UserError if the training part has fewer than batch_size * steps targets, or valid or test fewer than
  // batch_size.
  std::unique_ptr<Batches> batches(Part part, int64_t batch_size) const override;
  std::unique_ptr<Score> score() const override;
  std::vector<Baseline> baselines() const override;
  std::vector<Fact> facts() const override;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  std::span<const int32_t> tokens() const { return tokens_; }  // of the whole text
  const PartRanges& parts() const { return parts_; }
  // Positions of the part's targets in tokens().
  Range targets(Part part) const;
  // Tokens of the part that are not in the vocabulary.
  int64_t unseen(Part part) const { return unseen_[static_cast<size_t>(part)]; }

 private:
  struct Loaded;
  explicit LanguageModelTask(const LanguageModelOptions& options, Loaded loaded);

  LanguageModelOptions options_;
  PartRanges parts_;
  Vocabulary vocabulary_;
  std::vector<int32_t> tokens_;
  std::array<int64_t, 3> unseen_{};
};

// Cross-entropy and accuracy from sums over batches.
class LanguageModelScore : public Score {
 public:
  void reset() override;
  void add(const Outcome& outcome) override;
  // bits a token (nats / ln 2), perplexity (exp of nats a token), accuracy.
  std::vector<double> values() const override;

  static std::vector<MetricInfo> metrics(TextUnit unit);

 private:
  double nats_ = 0;
  int64_t correct_ = 0;
  int64_t counted_ = 0;
};

}  // namespace recur::data
