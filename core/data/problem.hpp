// One sequence of each problem of algorithm.hpp, which describes them.
#pragma once

#include <cstdint>
#include <string>

#include "recur/data/algorithm_options.hpp"
#include "recur/data/task.hpp"
#include "recur/random/stream.hpp"

namespace recur::data {

// What the sequences of a batch have in common, so that all are equally long.
struct ProblemSize {
  int64_t length = 0;
  int64_t repeats = 1;
};

// Symbols that are remembered by copy_memory, and the classes of its outputs.
inline constexpr int64_t kRemembered = 10, kMemoryClasses = 10;
// Symbols of addition: the digits, then these; the end mark is the answer's last.
inline constexpr int32_t kPlus = 10, kEquals = 11, kAnswerEnd = 12;
inline constexpr int64_t kAdditionSymbols = 13;
// Steps of the shortest embedded Reber string.
inline constexpr int64_t kShortestReber = 8;

bool is_bitwise(const std::string& problem);  // copy, repeat_copy, associative_recall, ngrams, priority_sort
// Whether sequences of one length differ in how many labels count.
bool counts_differ(const std::string& problem);  // reber, addition

// T
int64_t steps_of(const AlgorithmOptions& options, const ProblemSize& size);
// Targets that the loss is a mean over, a sequence: positions of bits, values or labels; of reber and addition the most.
int64_t counted_of(const AlgorithmOptions& options, const ProblemSize& size);

// Row n of a batch of N sequences, in buffers that are zero and whose labels are kIgnored.
class ProblemRow {
 public:
  ProblemRow(const AlgorithmOptions& options, const TaskSpec& spec, const BatchBuffers& to, int64_t n, int64_t N)
      : options_(options), to_(to), n_(n), N_(N), C_(spec.input.width), K_(spec.output.width) {}

  void generate(const ProblemSize& size, Stream& stream);

 private:
  size_t at(int64_t t) const { return static_cast<size_t>(t * N_ + n_); }
  float& x(int64_t t, int64_t c) { return to_.x[at(t) * static_cast<size_t>(C_) + static_cast<size_t>(c)]; }
  float& y(int64_t t, int64_t k) { return to_.y[at(t) * static_cast<size_t>(K_) + static_cast<size_t>(k)]; }
  // y of step `to` is the vector read at step `from`, and counts.
  void answer(int64_t to, int64_t from);
  void random_vectors(int64_t first, int64_t count, Stream& stream);
  void copy(const ProblemSize& size, Stream& stream);
  void repeat_copy(const ProblemSize& size, Stream& stream);
  void associative_recall(const ProblemSize& size, Stream& stream);
  void ngrams(const ProblemSize& size, Stream& stream);
  void priority_sort(const ProblemSize& size, Stream& stream);
  void adding(const ProblemSize& size, Stream& stream);
  void copy_memory(const ProblemSize& size, Stream& stream);
  void reber(Stream& stream);
  void addition(const ProblemSize& size, Stream& stream);
  int64_t write_reber(Stream& stream);

  const AlgorithmOptions& options_;
  const BatchBuffers& to_;
  int64_t n_, N_, C_, K_;
};

}  // namespace recur::data
