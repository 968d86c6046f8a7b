// Algorithms learned from sequences that are generated without end: problems that measure memory and nothing else.
//
//   copy                L random vectors, a mark, then the same vectors once more (Graves, Wayne and Danihelka 2014, arXiv:1410.5401,
//                       section 4.1). C = bits + 1, T = 2 L + 1; the last L steps count
//   repeat_copy         the same R times over and then an end mark; R is read beside the mark, brought to mean 0 and variance 1
//                       (section 4.2). C = bits + 2, K = bits + 1, T = L + R L + 2; the last R L + 1 steps count
//   associative_recall  L items of three vectors, each after a mark; then one of them between two other marks, and the item that
//                       came after it is to be given (section 4.3). C = bits + 2, T = 4 L + 8; the last three steps count
//   ngrams              the next bit of L that a random source of order 6 gives, a new source for each sequence: P(1 | last five bits) is
//                       drawn from Beta(1/2, 1/2) for each of the 32 (section 4.4). x is the bit before, 0 at first. C = K = 1, T = L
//   priority_sort       L random vectors, each with a priority of [-1, 1) beside it, a mark, then the `highest` vectors of highest priority
//                       in order (section 4.5). C = bits + 2, T = L + 1 + highest; the last steps count
//   adding              L numbers of [0, 1), two of them marked; their sum (Hochreiter and Schmidhuber 1997, Neural Computation 9,
//                       experiment 4, with numbers and places as Bai, Kolter and Koltun 2018 draw them). C = 2, T = L
//   copy_memory         ten digits of 1 ... 8, blanks, and after the go sign 9 the ten digits again; T = L + 20, labels blank but for the
//                       last ten (Arjovsky, Shah and Bengio 2016, arXiv:1511.06464, section 5.1, as Bai et al. generate it)
//   reber               the next symbol of an embedded Reber string, B T S X P V E by number (Hochreiter and Schmidhuber 1997,
//                       experiment 1); at most max_length steps, with lengths. The second symbol decides the last but one
//   addition            two numbers of L digits as "47+85=", then the digits of their sum and an end mark, each asked for after the right
//                       ones before it have been read (Zaremba and Sutskever 2014, arXiv:1410.4615: both numbers equally long, characters,
//                       teacher forcing also where accuracy is measured). First digits are 1 ... 9. Symbols: the digits, + 10, = 11,
//                       end 12. T = 3 L + 3; the labels before = and behind the end mark do not count
//
// All sequences of a batch have one length (and one R), which the place of the batch decides, so every epoch has the same
// shapes. Sequence i of training in epoch e comes from the stream of (seed, replicate, "algorithm/train/epoch-<e>") and i; valid
// and test are always the same, whatever the seed. The test part has `test` sequences of the lengths of training, and as many
// of each of test_lengths.
//
// Metrics: bits_per_sequence (cross-entropy in bits, summed over a sequence) and accuracy (of bits) for the first five; mse for
// adding; accuracy for copy_memory (of the last ten digits) and reber (of the last but one symbol); sequence_accuracy (of whole
// answers) and digit_accuracy for addition. They leave out the further lengths; the first of them, of addition both, stands again
// for each, as bits_per_sequence/60, NaN outside of test. The loss is over all sequences.
// Baselines: guessing, without memory: every bit 1/2; the sum is 1; every digit 1/8; one of two symbols; of addition every digit
// 1/10 by one who knows how many there are. For ngrams optimal: the Bayesian estimator (bit_source.hpp) on the part's sequences.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recur/data/algorithm_options.hpp"
#include "recur/data/option_mistake.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

std::vector<OptionMistake> mistakes_of(const AlgorithmOptions& options);

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
  // What a guess is expected to reach over lengths from least to most, without the further lengths.
  std::vector<double> guessing(int64_t least, int64_t most) const;
  Baseline optimal(Part part) const;  // of ngrams

  AlgorithmOptions options_;
  std::vector<int64_t> test_lengths_;
};

}  // namespace recur::data
