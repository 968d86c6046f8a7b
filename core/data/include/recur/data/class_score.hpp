// How well classes are told apart, from a confusion matrix.
//
//   accuracy   share of the sequences whose class was the most probable one
//   error      100 (1 - accuracy), in percent
//   macro_f1   mean over the classes of F1 = 2 TP / (2 TP + FP + FN), over those that occur or were predicted
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/task.hpp"

namespace recur::data {

class ClassScore : public Score {
 public:
  explicit ClassScore(std::vector<std::string> classes);

  void reset() override;
  // Requires logits [N, V] for labels [N].
  void add(const Outcome& outcome) override;
  // One sequence.
  void add(int64_t truth, int64_t predicted);
  std::vector<double> values() const override;
  // The confusion matrix: a row a class, a column a prediction.
  std::string details() const override;

  // [V, V]: of class i, how many were taken for class j.
  const std::vector<int64_t>& confusion() const { return confusion_; }
  static std::vector<MetricInfo> metrics();

 private:
  std::vector<std::string> classes_;
  std::vector<int64_t> confusion_;
};

}  // namespace recur::data
