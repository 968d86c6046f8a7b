// Algorithms learned from sequences that are generated without end: problems that measure memory and nothing else.
//
//   copy                L random vectors, a mark, then the same vectors once more (Graves, Wayne and Danihelka 2014, arXiv:1410.5401,
//                       section 4.1). C = bits + 1, T = 2 L + 1; the last L steps count
//   repeat_copy         the same R times over and then an end mark; R is read beside the mark, brought to mean 0 and variance 1
//                       (section 4.2). C = bits + 2, K = bits + 1, T = L + R L + 2; the last R L + 1 steps count
//   associative_recall  L items of three vectors, each after a mark; then one of them between two other marks, and the item that
//                       came after it is to be given (section 4.3). C = bits + 2, T = 4 L + 8; the last three steps count
//   adding              L numbers of [0, 1), two of them marked; their sum (Hochreiter and Schmidhuber 1997, Neural Computation 9,
//                       experiment 4, with numbers and places as Bai, Kolter and Koltun 2018 draw them). C = 2, T = L
//   copy_memory         ten digits of 1 ... 8, blanks, and after the go sign 9 the ten digits again; T = L + 20, labels blank but for the
//                       last ten (Arjovsky, Shah and Bengio 2016, arXiv:1511.06464, section 5.1, as Bai et al. generate it)
//   reber               the next symbol of an embedded Reber string, B T S X P V E by number (Hochreiter and Schmidhuber 1997,
//                       experiment 1); at most max_length steps, with lengths. The second symbol decides the last but one
//
// All sequences of a batch have one length (and one R), which the place of the batch decides, so every epoch has the same
// shapes. Sequence i of training in epoch e comes from the stream of (seed, replicate, "algorithm/train/epoch-<e>") and i; valid
// and test are always the same, whatever the seed. The test part has `test` sequences of the lengths of training, and as many
// of each of test_lengths.
//
// Metrics: bits_per_sequence (cross-entropy in bits, summed over a sequence) and accuracy (of bits) for the first three; mse for
// adding; accuracy for copy_memory (of the last ten digits) and reber (of the last but one symbol). They leave out the further
// lengths; the first of them stands again for each, as bits_per_sequence/60, NaN outside of test. The loss is over all sequences.
// Baseline: guessing, without memory: every bit 1/2; the sum is 1; every digit 1/8; one of two symbols.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recur/data/algorithm_options.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

// What ties the options together and is wrong: the key of the definition, and what about it.
struct AlgorithmMistake {
  std::string key;
  std::string what;
};
std::vector<AlgorithmMistake> mistakes_of(const AlgorithmOptions& options);

// What a model of the problem reads and gives.
TaskSpec algorithm_spec(const std::string& problem, int64_t bits);

class AlgorithmTask : public Task {
 public:
  // Throws UserError for a length that the problem does not allow, and a test length that is no number or stands twice.
  explicit AlgorithmTask(const AlgorithmOptions& options);

  TaskSpec spec() const override { return algorithm_spec(options_.problem, options_.bits); }
  Encoding encoding() const override;
  std::vector<MetricInfo> metrics() const override;
  std::unique_ptr<Batches> batches(Part part, int64_t batch_size) const override;
  std::unique_ptr<Score> score() const override;
  std::vector<Baseline> baselines() const override;
  std::vector<Fact> facts() const override;

  const std::vector<int64_t>& test_lengths() const { return test_lengths_; }

 private:
  int64_t sequences(Part part) const;

  AlgorithmOptions options_;
  std::vector<int64_t> test_lengths_;
};

}  // namespace recur::data
