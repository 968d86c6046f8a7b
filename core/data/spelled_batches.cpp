#include "spelled_batches.hpp"

#include <algorithm>

#include "recur/error/error.hpp"

namespace recur::data {

SpelledBatches::SpelledBatches(SequenceBatches batches, const Sequences& sequences, std::span<const int32_t> spelled, const Spellings& spellings)
    : batches_(std::move(batches)),
      sequences_(sequences),
      spelled_(spelled),
      spellings_(spellings),
      place_(static_cast<size_t>(spellings.size())),
      numbered_(place_.size()) {
  RECUR_CHECK(spelled.size() == sequences.tokens.size(), "{} spellings of {} words", spelled.size(), sequences.tokens.size());
  for (int32_t word = 0; word < spellings.size(); ++word) letters_ = std::max(letters_, std::ssize(spellings[word]));
  SequenceBatches shuffled = batches_;
  shuffled.start_epoch(0, 0, 0);
  for (int64_t batch = 0; batch < shuffled.size(); ++batch) {
    const BatchShape shape = shuffled.shape(batch);
    int64_t& usual = usual_[{shape.time, shape.batch}];
    usual = std::max(usual, padded_length(number(shuffled, batch)));
  }
}

std::span<const int32_t> SpelledBatches::spelled_of(uint32_t sequence) const {
  return spelled_.subspan(static_cast<size_t>(sequences_.begin[sequence]), static_cast<size_t>(sequences_.length(sequence)));
}

int64_t SpelledBatches::number(const SequenceBatches& batches, int64_t batch) const {
  ++calls_;
  int32_t count = 0;
  for (const uint32_t sequence : batches.sequences_of(batch))
    for (const int32_t spelling : spelled_of(sequence)) {
      const auto s = static_cast<size_t>(spelling);
      if (numbered_[s] == calls_) continue;
      numbered_[s] = calls_;
      place_[s] = count++;
    }
  return count;
}

BatchShape SpelledBatches::shape(int64_t batch) const {
  BatchShape shape = batches_.shape(batch);
  shape.letters = letters_;
  shape.spellings = padded_length(number(batches_, batch));
  // An epoch in another order may join other lengths.
  if (const auto usual = usual_.find({shape.time, shape.batch}); usual != usual_.end()) shape.spellings = std::max(shape.spellings, usual->second);
  return shape;
}

void SpelledBatches::fill(int64_t batch, const BatchBuffers& buffers) const {
  batches_.fill(batch, buffers);
  const BatchShape shape = this->shape(batch);
  const int64_t T = shape.time, N = shape.batch, M = shape.spellings, L = shape.letters;
  RECUR_CHECK(std::ssize(buffers.spellings) >= L * M && std::ssize(buffers.spelling_lengths) >= M && std::ssize(buffers.spelled) >= T * N,
              "spellings {}, lengths {}, spelled {} for {} words of {} characters at {} steps of {}", buffers.spellings.size(),
              buffers.spelling_lengths.size(), buffers.spelled.size(), M, L, T, N);
  std::fill_n(buffers.spellings.begin(), L * M, 0);
  std::fill_n(buffers.spelling_lengths.begin(), M, 1);
  std::fill_n(buffers.spelled.begin(), T * N, 0);
  int64_t n = 0;
  for (const uint32_t sequence : batches_.sequences_of(batch)) {
    int64_t t = 0;
    for (const int32_t spelling : spelled_of(sequence)) {
      const int32_t place = place_[static_cast<size_t>(spelling)];
      buffers.spelled[static_cast<size_t>(t++ * N + n)] = place;
      const std::span<const int32_t> characters = spellings_[spelling];
      buffers.spelling_lengths[static_cast<size_t>(place)] = static_cast<int32_t>(characters.size());
      for (size_t l = 0; l < characters.size(); ++l) buffers.spellings[l * static_cast<size_t>(M) + static_cast<size_t>(place)] = characters[l];
    }
    ++n;
  }
}

}  // namespace recur::data
