// A task of sequences that a test has made.
#pragma once

#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "../../core/data/sequence_batches.hpp"
#include "recur/data/task.hpp"

namespace recur::train {

// All parts are the same sequences.
class SequencesTask : public data::Task {
 public:
  SequencesTask(data::Sequences sequences, data::TaskSpec spec) : sequences_(std::move(sequences)), spec_(spec) {}

  data::TaskSpec spec() const override { return spec_; }
  data::Encoding encoding() const override { return {}; }
  std::vector<data::MetricInfo> metrics() const override { return {{"log_weights", "sum of all log importance weights", false}}; }
  std::unique_ptr<data::Batches> batches(data::Part part, int64_t batch_size) const override {
    std::vector<uint32_t> rows(static_cast<size_t>(sequences_.size()));
    std::iota(rows.begin(), rows.end(), 0u);
    return std::make_unique<data::SequenceBatches>(sequences_, std::move(rows), spec_.output.at, batch_size, spec_.has_lengths, part == data::Part::train);
  }
  std::unique_ptr<data::Score> score() const override { return std::make_unique<LogWeights>(); }
  std::vector<data::Baseline> baselines() const override { return {}; }
  std::vector<data::Fact> facts() const override { return {}; }

 private:
  // Of a density; 0 of anything else.
  class LogWeights : public data::Score {
   public:
    void reset() override { sum_ = 0; }
    void add(const data::Outcome& outcome) override {
      if (outcome.predictions.empty() || !outcome.labels.empty()) return;
      const size_t N = outcome.lengths.size();
      for (size_t n = 0; n < N; ++n)
        for (size_t t = 0; t < static_cast<size_t>(outcome.lengths[n]); ++t) sum_ += static_cast<double>(outcome.predictions[2 * (t * N + n) + 1]);
    }
    std::vector<double> values() const override { return {sum_}; }

   private:
    double sum_ = 0;
  };

  data::Sequences sequences_;
  data::TaskSpec spec_;
};

}  // namespace recur::train
