// Tagging: a tag for every word of a sentence, parts of speech or BIO tags of named entities.
//
// One example is a sentence: words as tokens [T, N], a label at every step [T, N], lengths. The vocabulary and the tags are those of the
// training part; any other word is <unk>, counted and told in facts(). A tag that the training part lacks cannot be learned: its
// words stay, without a loss, count as wrong in the metrics, and are told in facts(). How sentences of different lengths are put
// together is told in sequence_batches.hpp.
//
// With characters the batches also tell how their words are spelled, those that are <unk> too: in the characters (Unicode code points) of the
// training part's words, any other being <unk> (1; 0 is padding). Of words longer than characters.length the first and the last
// characters are read, one half each, the first having one more of an odd number. See spelled_batches.hpp.
//
// Metrics: accuracy; with entities also entity_precision, entity_recall, entity_f1 (tagging_score.hpp).
// Baseline: most_frequent_tag, the tag that the word has most often in training, for unknown words the most frequent of all.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recur/data/sequences.hpp"
#include "recur/data/spellings.hpp"
#include "recur/data/tagging_options.hpp"
#include "recur/data/task.hpp"
#include "recur/data/text.hpp"

namespace recur::data {

class TaggingTask : public Task {
 public:
  // Throws UserError for what the readers name, and with entities for a tag that is not O, B-type or I-type.
  explicit TaggingTask(const TaggingOptions& options);

  TaskSpec spec() const override;
  Encoding encoding() const override;
  std::vector<MetricInfo> metrics() const override;
  std::unique_ptr<Batches> batches(Part part, int64_t batch_size) const override;
  std::unique_ptr<Score> score() const override;
  std::vector<Baseline> baselines() const override;
  std::vector<Fact> facts() const override;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  const Spellings& spellings() const { return spellings_; }  // of the words of all parts; none without characters
  const std::vector<std::string>& tags() const { return tags_; }                // of training, in byte order
  const std::vector<std::string>& unseen_tags() const { return unseen_tags_; }  // of valid and test alone
  const Sequences& sequences(Part part) const { return parts_[static_cast<size_t>(part)]; }
  int64_t unseen_words(Part part) const { return unseen_words_[static_cast<size_t>(part)]; }
  // Words whose tag is not in training.
  int64_t lost_words(Part part) const;

 private:
  struct Loaded;
  TaggingTask(const TaggingOptions& options, Loaded loaded);

  TaggingOptions options_;
  Vocabulary vocabulary_;
  std::vector<std::string> tags_, unseen_tags_;
  std::array<Sequences, kParts.size()> parts_;
  std::array<int64_t, kParts.size()> unseen_words_{};
  Spellings spellings_;
  std::array<std::vector<int32_t>, kParts.size()> spelled_;  // the spelling of each word of a part; empty without characters
};

}  // namespace recur::data
