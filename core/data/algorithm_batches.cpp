#include "algorithm_batches.hpp"

#include <algorithm>

#include "recur/data/algorithm.hpp"
#include "recur/error/error.hpp"

namespace recur::data {

AlgorithmBatches::AlgorithmBatches(const AlgorithmOptions& options, Part part, int64_t sequences, const std::vector<int64_t>& further, int64_t batch_size)
    : options_(options),
      part_(part),
      spec_(algorithm_spec(options.problem, options.bits)),
      key_(stream_key(0, 0, fmt::format("algorithm/{}", to_string(part)))) {
  RECUR_CHECK(batch_size > 0, "batch size {}", batch_size);
  add(sequences, batch_size, 0, 0);
  for (size_t g = 0; g < further.size(); ++g) add(sequences, batch_size, static_cast<int64_t>(g) + 1, further[g]);
  if (!counts_differ(options.problem)) return;
  size_t most = 0;
  for (const Place& place : places_) most = std::max(most, static_cast<size_t>((2 * steps_of(options, place.size) + 1) * place.batch));
  scratch_.resize(most);
}

// length: 0 draws one of training for each batch, from a stream that no seed changes.
void AlgorithmBatches::add(int64_t sequences, int64_t batch_size, int64_t group, int64_t length) {
  Stream stream(0, static_cast<uint64_t>(group), fmt::format("algorithm/{}/lengths", to_string(part_)));
  const auto draw = [&](int64_t least, int64_t most) { return least + static_cast<int64_t>(stream.below(static_cast<uint64_t>(most - least + 1))); };
  const int64_t before = places_.empty() ? 0 : places_.back().first + places_.back().batch;
  for (int64_t first = 0; first < sequences; first += batch_size) {
    ProblemSize size{.length = length};
    if (spec_.has_lengths) size.length = options_.max_length;
    else if (length == 0) size.length = draw(options_.min_length, options_.max_length);
    if (options_.problem == "repeat_copy") size.repeats = draw(1, options_.max_repeats);
    places_.push_back({size, before + first, std::min(batch_size, sequences - first), group});
  }
}

void AlgorithmBatches::start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) {
  if (part_ == Part::train) key_ = stream_key(seed, replicate, fmt::format("algorithm/train/epoch-{}", epoch));
}

const AlgorithmBatches::Place& AlgorithmBatches::at(int64_t batch) const {
  RECUR_CHECK(batch >= 0 && batch < size(), "batch {} of {}", batch, size());
  return places_[static_cast<size_t>(batch)];
}

int64_t AlgorithmBatches::counted(const Place& place) const {
  if (!counts_differ(options_.problem)) return place.batch * counted_of(options_, place.size);
  const auto N = static_cast<size_t>(place.batch), steps = static_cast<size_t>(steps_of(options_, place.size)) * N;
  const std::span<int32_t> all(scratch_);
  const BatchBuffers buffers{.x = {}, .tokens = all.first(steps), .y = {}, .labels = all.subspan(steps, steps), .lengths = all.subspan(2 * steps, N)};
  for (int64_t n = 0; n < place.batch; ++n) {
    Stream stream(key_, static_cast<uint64_t>(place.first + n), "sequence");
    ProblemRow(options_, spec_, buffers, n, place.batch).generate(place.size, stream);
  }
  return std::count_if(buffers.labels.begin(), buffers.labels.end(), [](int32_t label) { return label >= 0; });
}

BatchShape AlgorithmBatches::shape(int64_t batch) const {
  const Place& place = at(batch);
  return {.time = steps_of(options_, place.size), .batch = place.batch, .counted = counted(place), .group = place.group};
}

void AlgorithmBatches::fill(int64_t batch, const BatchBuffers& buffers) const {
  const Place& place = at(batch);
  const int64_t N = place.batch, positions = steps_of(options_, place.size) * N;
  const bool tokens = spec_.input.kind == InputSpec::Kind::discrete, classes = spec_.output.kind == OutputSpec::Kind::categorical;
  const int64_t targets = spec_.output.at == OutputSpec::At::every_step ? positions : N;
  RECUR_CHECK(static_cast<int64_t>(tokens ? buffers.tokens.size() : buffers.x.size()) >= positions * (tokens ? 1 : spec_.input.width) &&
                  static_cast<int64_t>(classes ? buffers.labels.size() : buffers.y.size()) >= targets * (classes ? 1 : spec_.output.width) &&
                  static_cast<int64_t>(buffers.counts.size()) >= (spec_.has_counts ? positions : 0) &&
                  static_cast<int64_t>(buffers.lengths.size()) >= (spec_.has_lengths ? N : 0),
              "x {}, tokens {}, y {}, labels {}, counts {}, lengths {} for {} positions", buffers.x.size(), buffers.tokens.size(), buffers.y.size(),
              buffers.labels.size(), buffers.counts.size(), buffers.lengths.size(), positions);
  std::fill(buffers.x.begin(), buffers.x.end(), 0.0f);
  std::fill(buffers.y.begin(), buffers.y.end(), 0.0f);
  std::fill(buffers.counts.begin(), buffers.counts.end(), 0.0f);
  for (int64_t n = 0; n < N; ++n) {
    Stream stream(key_, static_cast<uint64_t>(place.first + n), "sequence");
    ProblemRow(options_, spec_, buffers, n, N).generate(place.size, stream);
  }
}

}  // namespace recur::data
