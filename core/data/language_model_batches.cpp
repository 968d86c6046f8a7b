#include "language_model_batches.hpp"

#include "recur/error/error.hpp"

namespace recur::data {

LanguageModelBatches::LanguageModelBatches(std::span<const int32_t> tokens, Range targets, int64_t steps, int64_t batch_size)
    : tokens_(tokens),
      targets_(targets),
      steps_(steps),
      batch_size_(batch_size),
      base_(targets.size() / batch_size),
      longer_(targets.size() % batch_size) {
  RECUR_CHECK(steps > 0 && batch_size > 0, "steps {}, batch size {}", steps, batch_size);
  RECUR_CHECK(targets.size() == 0 || (targets.begin >= 1 && targets.end <= static_cast<int64_t>(tokens.size())),
              "targets {} to {} of {} tokens", targets.begin, targets.end, tokens.size());
}

// The state is carried on, so the order of a text is its own in every epoch.
void LanguageModelBatches::start_epoch(uint64_t, uint64_t, int64_t) {}

int64_t LanguageModelBatches::size() const { return (longest() + steps_ - 1) / steps_; }

int64_t LanguageModelBatches::time(int64_t batch) const {
  RECUR_CHECK(batch >= 0 && batch < size(), "batch {} of {}", batch, size());
  return std::min(steps_, longest() - batch * steps_);
}

BatchShape LanguageModelBatches::shape(int64_t batch) const {
  const int64_t T = time(batch);
  const int64_t ignored = batch + 1 == size() && longer_ > 0 ? batch_size_ - longer_ : 0;
  return {.time = T, .batch = batch_size_, .counted = T * batch_size_ - ignored};
}

void LanguageModelBatches::fill(int64_t batch, const BatchBuffers& buffers) const {
  const int64_t T = time(batch), N = batch_size_;
  RECUR_CHECK(static_cast<int64_t>(buffers.tokens.size()) >= T * N && static_cast<int64_t>(buffers.labels.size()) >= T * N,
              "tokens {}, labels {} for {} * {}", buffers.tokens.size(), buffers.labels.size(), T, N);
  for (int64_t n = 0; n < N; ++n) {
    const int64_t first = batch * steps_;
    const int32_t* target = tokens_.data() + stream_begin(n) + first;
    const int64_t counted = std::min(T, stream_length(n) - first);
    // A stream that is one target short still reads a token in its last step, the last of its own targets.
    for (int64_t t = 0; t < T; ++t, ++target) {
      buffers.tokens[static_cast<size_t>(t * N + n)] = target[-1];
      buffers.labels[static_cast<size_t>(t * N + n)] = t < counted ? *target : kIgnored;
    }
  }
}

}  // namespace recur::data
