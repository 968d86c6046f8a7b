// A task that only memory solves: +1 or -1 stands in the first step of a sequence, zeros after it, and the target is that value after
// the last step. Sequences may differ in length; what lies beyond a length is `padding`.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "recur/data/task.hpp"

namespace recur::train {

struct ToyOptions {
  int64_t time = 6;
  std::array<int64_t, 3> sizes{48, 16, 16};  // sequences of train, valid, test
  bool has_lengths = false;
  float padding = 0;
};

class ToyTask : public data::Task {
 public:
  explicit ToyTask(const ToyOptions& options = {}) : options_(options) {}

  data::TaskSpec spec() const override;
  data::Encoding encoding() const override { return {}; }
  std::vector<data::MetricInfo> metrics() const override { return {{"mae", "mean absolute error", true}}; }
  std::unique_ptr<data::Batches> batches(data::Part part, int64_t batch_size) const override;
  std::unique_ptr<data::Score> score() const override;
  std::vector<data::Baseline> baselines() const override { return {}; }
  std::vector<data::Fact> facts() const override { return {}; }

 private:
  ToyOptions options_;
};

}  // namespace recur::train
