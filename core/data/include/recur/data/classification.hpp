// Classification of whole sequences: letters (DNA), series of values, images read pixel by pixel, recordings as frames, documents.
//
// One example is a sequence, letters or words as tokens [T, N] or values x [T, N, C], and its class after the last step. The classes are those
// of the training part, in byte order. Letters: the vocabulary is <unk> and the alphabet, or <unk> and the letters of the training part;
// whatever else occurs is <unk>, counted and told in facts(). Documents: the vocabulary is <unk> and the words (or characters) of the training
// part that min_count and vocabulary leave, and their sentences (and words) come as levels of boundaries (documents.hpp). Values: standardised
// by the mean and deviation of all values of the training part, one pair for all columns; those of recordings each column by its own. Lengths
// exist where sequences differ in length. With `segment` boundaries of one level come along: so many steps a segment, the last of a sequence
// what is left.
//
// Training examples are shuffled each epoch by Stream(seed, replicate, "batches/epoch-<e>"); how sequences of different lengths are
// put together is told in sequence_batches.hpp. The split does not depend on the experiment's seed.
//
// Metrics: accuracy, error, macro_f1 (class_score.hpp). Baselines: majority (the most frequent class of the training part), and naive_bayes:
// for letters of one length by their position (naive_bayes.hpp), for words by their presence (presence_bayes.hpp), on the words that a
// model is given.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recur/data/classification_options.hpp"
#include "recur/data/option_mistake.hpp"
#include "recur/data/sequences.hpp"
#include "recur/data/standardizer.hpp"
#include "recur/data/task.hpp"
#include "recur/data/text.hpp"

namespace recur::data {

std::vector<OptionMistake> mistakes_of(const ClassificationOptions& options);

class ClassificationTask : public Task {
 public:
  // Throws UserError for what the readers and the split name; a training part of one class; a class of valid or test that the training
  // part lacks; letters of the alphabet that stand there twice.
  explicit ClassificationTask(const ClassificationOptions& options);

  TaskSpec spec() const override;
  Encoding encoding() const override;
  std::vector<MetricInfo> metrics() const override;
  std::unique_ptr<Batches> batches(Part part, int64_t batch_size) const override;
  std::unique_ptr<Score> score() const override;
  std::vector<Baseline> baselines() const override;
  std::vector<Fact> facts() const override;

  const std::vector<std::string>& classes() const { return classes_; }
  // The sequences that a part takes its rows from, and these rows.
  const Sequences& sequences(Part part) const { return own_test_ && part == Part::test ? test_ : train_; }
  const std::vector<uint32_t>& rows(Part part) const { return rows_[static_cast<size_t>(part)]; }
  // Letters or words of the part that are not in the vocabulary.
  int64_t unseen(Part part) const { return unseen_[static_cast<size_t>(part)]; }

 private:
  struct Files;
  void read_classes(Files& files);
  std::vector<TokenCount> alphabet() const;
  void read_vocabulary(const std::vector<std::string>& written);
  void standardize();
  int64_t majority() const;

  ClassificationOptions options_;
  bool own_test_ = false;  // the test part has a file of its own
  Sequences train_, test_;
  std::array<std::vector<uint32_t>, kParts.size()> rows_;
  std::vector<std::string> classes_;
  std::vector<std::string> columns_;  // of values that have names
  std::optional<Vocabulary> vocabulary_;
  std::optional<Standardizer> values_;
  std::array<int64_t, kParts.size()> unseen_{};
  std::vector<Fact> reader_facts_;
  bool has_lengths_ = false;
};

}  // namespace recur::data
