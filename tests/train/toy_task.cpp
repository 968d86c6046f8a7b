#include "toy_task.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "recur/random/stream.hpp"

namespace recur::train {
namespace {

class ToyBatches : public data::Batches {
 public:
  ToyBatches(const ToyOptions& options, data::Part part, int64_t batch_size)
      : options_(options), part_(part), size_(options.sizes[static_cast<size_t>(part)]), batch_size_(batch_size) {
    for (int64_t i = 0; i < size_; ++i) order_.push_back(static_cast<uint32_t>(i));
  }

  void start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) override {
    if (part_ == data::Part::train) order_ = Stream(seed, replicate, "batches/" + std::to_string(epoch)).permutation(static_cast<uint32_t>(size_));
  }
  int64_t size() const override { return (size_ + batch_size_ - 1) / batch_size_; }
  data::BatchShape shape(int64_t batch) const override {
    const int64_t rows = std::min(batch_size_, size_ - batch * batch_size_);
    return {.time = options_.time, .batch = rows, .counted = rows};
  }
  void fill(int64_t batch, const data::BatchBuffers& to) const override {
    const auto N = static_cast<size_t>(shape(batch).batch), T = static_cast<size_t>(options_.time);
    for (size_t n = 0; n < N; ++n) {
      Stream stream(1, order_[static_cast<size_t>(batch * batch_size_) + n], to_string(part_));
      const float value = stream.below(2) == 0 ? -1.0f : 1.0f;
      const size_t length = options_.has_lengths ? 1 + stream.below(T) : T;
      for (size_t t = 0; t < T; ++t) to.x[t * N + n] = t == 0 ? value : t < length ? 0 : options_.padding;
      to.y[n] = value;
      if (options_.has_lengths) to.lengths[n] = static_cast<int32_t>(length);
    }
  }

 private:
  ToyOptions options_;
  data::Part part_;
  int64_t size_, batch_size_;
  std::vector<uint32_t> order_;
};

class ToyScore : public data::Score {
 public:
  void reset() override { sum_ = count_ = 0; }
  void add(const data::Outcome& outcome) override {
    for (size_t i = 0; i < outcome.y.size(); ++i) sum_ += std::abs(static_cast<double>(outcome.predictions[i] - outcome.y[i]));
    count_ += static_cast<double>(outcome.y.size());
  }
  std::vector<double> values() const override { return {count_ > 0 ? sum_ / count_ : std::numeric_limits<double>::quiet_NaN()}; }

 private:
  double sum_ = 0, count_ = 0;
};

}  // namespace

data::TaskSpec ToyTask::spec() const {
  return {.input = {data::InputSpec::Kind::continuous, 1},
          .output = {data::OutputSpec::Kind::regression, data::OutputSpec::At::last_step, 1},
          .carries_state = false,
          .has_lengths = options_.has_lengths};
}

std::unique_ptr<data::Batches> ToyTask::batches(data::Part part, int64_t batch_size) const {
  return std::make_unique<ToyBatches>(options_, part, batch_size);
}

std::unique_ptr<data::Score> ToyTask::score() const { return std::make_unique<ToyScore>(); }

}  // namespace recur::train
