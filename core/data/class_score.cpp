#include "recur/data/class_score.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "recur/error/error.hpp"

namespace recur::data {

ClassScore::ClassScore(std::vector<std::string> classes) : classes_(std::move(classes)) { reset(); }

void ClassScore::reset() { confusion_.assign(classes_.size() * classes_.size(), 0); }

void ClassScore::add(const Outcome& outcome) {
  const size_t V = classes_.size(), N = outcome.labels.size();
  RECUR_CHECK(outcome.predictions.size() == N * V, "{} logits, {} labels, {} classes", outcome.predictions.size(), N, V);
  for (size_t n = 0; n < N; ++n) {
    if (outcome.labels[n] < 0) continue;
    const float* const logits = outcome.predictions.data() + n * V;
    add(outcome.labels[n], std::max_element(logits, logits + V) - logits);
  }
}

void ClassScore::add(int64_t truth, int64_t predicted) {
  const auto V = static_cast<int64_t>(classes_.size());
  RECUR_CHECK(truth >= 0 && truth < V && predicted >= 0 && predicted < V, "class {} taken for {} of {}", truth, predicted, V);
  ++confusion_[static_cast<size_t>(truth * V + predicted)];
}

std::vector<double> ClassScore::values() const {
  const size_t V = classes_.size();
  int64_t all = 0, correct = 0;
  double f1 = 0, present = 0;
  for (size_t i = 0; i < V; ++i) {
    int64_t truths = 0, predictions = 0;
    for (size_t j = 0; j < V; ++j) {
      truths += confusion_[i * V + j];
      predictions += confusion_[j * V + i];
    }
    const int64_t hits = confusion_[i * V + i];
    all += truths;
    correct += hits;
    if (truths + predictions == 0) continue;
    f1 += 2 * static_cast<double>(hits) / static_cast<double>(truths + predictions);
    ++present;
  }
  if (all == 0) return std::vector<double>(3, std::numeric_limits<double>::quiet_NaN());
  const double accuracy = static_cast<double>(correct) / static_cast<double>(all);
  return {accuracy, 100 * static_cast<double>(all - correct) / static_cast<double>(all), f1 / present};
}

std::string ClassScore::details() const {
  const size_t V = classes_.size();
  const std::string corner = "true \\ predicted";
  size_t width = 9;
  for (const std::string& name : classes_) width = std::max(width, name.size());
  const size_t first = std::max(corner.size(), width);
  std::string text = fmt::format("{:>{}}", corner, first);
  for (const std::string& name : classes_) text += fmt::format("  {:>{}}", name, width);
  for (size_t i = 0; i < V; ++i) {
    text += fmt::format("\n{:>{}}", classes_[i], first);
    for (size_t j = 0; j < V; ++j) text += fmt::format("  {:>{}}", confusion_[i * V + j], width);
  }
  return text + "\n";
}

std::vector<MetricInfo> ClassScore::metrics() {
  return {{"accuracy", "share of the sequences whose class was the most probable one", false},
          {"error", "sequences whose class was not the most probable one, in percent"},
          {"macro_f1", "mean of the classes' F1", false}};
}

}  // namespace recur::data
