// Metrics of generated problems; they are told in algorithm.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/task.hpp"

namespace recur::data {

class AlgorithmScore : public Score {
 public:
  // further: groups of sequences beside group 0.
  AlgorithmScore(std::string problem, size_t further);

  void reset() override;
  void add(const Outcome& outcome) override;
  // Those of group 0, then the repeated metrics of each further group.
  std::vector<double> values() const override;

  // How many metrics, the first ones, stand again for each further length.
  static size_t repeated(const std::string& problem) { return problem == "addition" ? 2 : 1; }
  static std::vector<MetricInfo> metrics(const std::string& problem, const std::vector<int64_t>& test_lengths);

 private:
  struct Sums {
    double error = 0;       // nats, or squared errors
    int64_t sequences = 0;
    int64_t right = 0, answers = 0;  // bits, digits or symbols
    int64_t right_sequences = 0;     // of addition
  };
  std::vector<double> values_of(const Sums& sums) const;
  void add_bits(const Outcome& outcome, Sums& sums) const;
  void add_digits(const Outcome& outcome, Sums& sums) const;
  void add_symbols(const Outcome& outcome, Sums& sums) const;
  void add_answers(const Outcome& outcome, Sums& sums) const;

  std::string problem_;
  std::vector<Sums> groups_;
};

}  // namespace recur::data
