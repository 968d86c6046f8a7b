// What ties a model's numbers to the data's own: column scales or a vocabulary. Plain values, so that a result
// file can hold them and `predict` and `generate` need no data set.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace recur::data {

struct Encoding {
  std::string kind;  // of the task

  // forecast: feature c of x is (value - mean[c]) / deviation[c]; output h*C + c is column c at h+1 steps ahead.
  std::vector<std::string> columns;
  std::vector<double> mean;
  std::vector<double> deviation;
  int64_t window = 0;
  int64_t horizon = 0;

  // language_model: token i is vocabulary[i]; Vocabulary(unit, vocabulary) restores it.
  std::string unit;
  std::vector<std::string> vocabulary;

  // classification, tagging: class or tag i is labels[i]. Inputs are letters or words by the vocabulary, or where that
  // is empty values of `columns`, standardised as for forecast. classification: window is the length of every sequence,
  // or 0 where they differ in length.
  std::vector<std::string> labels;
  int64_t levels = 0;  // of boundaries that come with the sequences

  // algorithm: unit is the problem, horizon the bits of a vector.

  // music: columns are the pitches of the keys, inputs and outputs alike.

  // density, anomaly: unit is the distribution; Gaussian columns are standardised as for forecast, those of series that each have a mean and
  // deviation of their own without one here. window is the length of every sequence, or 0 where they differ.

  bool operator==(const Encoding&) const = default;
};

}  // namespace recur::data
