// What a definition says of its task: plain values, already checked for type and range.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace recur::data {

// Shares of a series or text in its own order; they sum to at most 1.
struct Split {
  double train = 0.7;
  double valid = 0.15;
  double test = 0.15;
};

// One or many columns of a CSV file, `horizon` steps ahead from the last `window` steps.
struct ForecastOptions {
  std::string csv;                   // resolved path
  std::vector<std::string> columns;  // names from the header; empty: every column that holds numbers
  int64_t window = 0;                // input steps; required
  int64_t horizon = 1;               // steps ahead that are predicted, all of them
  int64_t season = 0;                // period of the seasonal-naive baseline and of MASE, in steps; 0: none (MASE then uses 1)
  Split split;
};

// The next character or word of a text.
struct LanguageModelOptions {
  std::string text;                // resolved path
  std::string unit = "character";  // character, word
  int64_t steps = 64;              // length of truncated back-propagation; the state is carried on
  int64_t min_count = 1;           // a word rarer than this in the training part becomes <unk>
  Split split{0.9, 0.05, 0.05};
};

struct TaskOptions {
  std::string kind;  // forecast, language_model
  ForecastOptions forecast;
  LanguageModelOptions language_model;
};

}  // namespace recur::data
