#include "recur/data/algorithm.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "algorithm_batches.hpp"
#include "algorithm_score.hpp"
#include "problem.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

// Fewest vectors, items or steps that make a problem.
int64_t least_length(const std::string& problem) {
  if (problem == "reber") return kShortestReber;
  return problem == "adding" || problem == "associative_recall" ? 2 : 1;
}

// -1 for what is no whole number.
int64_t number_of(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : -1;
}

}  // namespace

std::vector<AlgorithmMistake> mistakes_of(const AlgorithmOptions& o) {
  std::vector<AlgorithmMistake> mistakes;
  const int64_t least = least_length(o.problem);
  if (o.problem != "reber" && o.min_length < least)
    mistakes.push_back({"task.data.min_length", fmt::format("{} needs at least {}, got {}", o.problem, least, o.min_length)});
  if (o.problem == "reber" && o.max_length < least)
    mistakes.push_back({"task.data.max_length", fmt::format("the shortest string has {} steps, got {}", least, o.max_length)});
  if (o.problem != "reber" && o.max_length < o.min_length)
    mistakes.push_back({"task.data.max_length", fmt::format("is {}, less than min_length {}; raise it", o.max_length, o.min_length)});
  for (size_t i = 0; i < o.test_lengths.size(); ++i) {
    const std::string& text = o.test_lengths[i];
    if (number_of(text) < least)
      mistakes.push_back({"task.data.test_lengths", fmt::format("'{}' is no length; give whole numbers of at least {}", text, least)});
    if (std::find(o.test_lengths.begin(), o.test_lengths.begin() + static_cast<std::ptrdiff_t>(i), text) != o.test_lengths.begin() + static_cast<std::ptrdiff_t>(i))
      mistakes.push_back({"task.data.test_lengths", fmt::format("{} stands there twice; name each length once", text)});
  }
  return mistakes;
}

TaskSpec algorithm_spec(const std::string& problem, int64_t bits) {
  using Input = InputSpec::Kind;
  using Output = OutputSpec::Kind;
  TaskSpec spec;
  if (problem == "adding") {
    spec.input = {Input::continuous, 2};
    spec.output = {Output::regression, OutputSpec::At::last_step, 1};
  } else if (problem == "copy_memory" || problem == "reber") {
    const int64_t symbols = problem == "reber" ? 7 : kMemoryClasses;
    spec.input = {Input::discrete, symbols};
    spec.output = {Output::categorical, OutputSpec::At::every_step, symbols, true};
    spec.has_lengths = problem == "reber";
  } else {
    RECUR_CHECK(is_bitwise(problem), "problem '{}'", problem);
    spec.input = {Input::continuous, bits + (problem == "copy" ? 1 : 2)};
    spec.output = {Output::binary, OutputSpec::At::every_step, bits + (problem == "repeat_copy" ? 1 : 0)};
    spec.has_counts = true;
  }
  return spec;
}

AlgorithmTask::AlgorithmTask(const AlgorithmOptions& options) : options_(options) {
  std::vector<std::string> messages;
  for (const AlgorithmMistake& mistake : mistakes_of(options)) messages.push_back(mistake.key + ": " + mistake.what);
  if (!messages.empty()) throw UserError(messages);
  for (const std::string& text : options.test_lengths) test_lengths_.push_back(number_of(text));
}

int64_t AlgorithmTask::sequences(Part part) const {
  return part == Part::train ? options_.train : part == Part::valid ? options_.valid : options_.test;
}

Encoding AlgorithmTask::encoding() const {
  Encoding encoding;
  encoding.kind = "algorithm";
  encoding.unit = options_.problem;
  encoding.horizon = options_.bits;
  return encoding;
}

std::vector<MetricInfo> AlgorithmTask::metrics() const { return AlgorithmScore::metrics(options_.problem, test_lengths_); }

std::unique_ptr<Batches> AlgorithmTask::batches(Part part, int64_t batch_size) const {
  const std::vector<int64_t> further = part == Part::test ? test_lengths_ : std::vector<int64_t>{};
  return std::make_unique<AlgorithmBatches>(options_, part, sequences(part), further, batch_size);
}

std::unique_ptr<Score> AlgorithmTask::score() const { return std::make_unique<AlgorithmScore>(options_.problem, test_lengths_.size()); }

std::vector<Baseline> AlgorithmTask::baselines() const {
  // What a guess is expected to reach over lengths from least to most.
  const auto guess = [&](int64_t least, int64_t most) -> std::vector<double> {
    if (options_.problem == "adding") return {1.0 / 6};  // the variance of a sum of two uniform numbers
    if (options_.problem == "copy_memory") return {1.0 / 8};
    if (options_.problem == "reber") return {1.0 / 2};
    const int64_t repeats = options_.problem == "repeat_copy" ? options_.max_repeats : 1;
    double positions = 0;
    for (int64_t L = least; L <= most; ++L)
      for (int64_t R = 1; R <= repeats; ++R) positions += static_cast<double>(counted_of(options_, {L, R}));
    const double cases = static_cast<double>((most - least + 1) * repeats);
    return {positions / cases * static_cast<double>(spec().output.width), 0.5};
  };
  std::vector<Baseline> baselines;
  for (const Part part : {Part::valid, Part::test}) {
    if (sequences(part) == 0) continue;
    std::vector<double> values = guess(options_.min_length, options_.max_length);
    for (const int64_t length : test_lengths_) values.push_back(part == Part::test ? guess(length, length)[0] : std::numeric_limits<double>::quiet_NaN());
    baselines.push_back({"guessing", part, std::move(values)});
  }
  return baselines;
}

std::vector<Fact> AlgorithmTask::facts() const {
  std::vector<Fact> facts{{"problem", options_.problem}};
  for (const Part part : kParts) {
    std::string value = fmt::format("{} sequences{}", sequences(part), part == Part::train ? " an epoch" : "");
    if (part == Part::test && !test_lengths_.empty()) value += fmt::format(", and as many of each length {}", fmt::join(test_lengths_, ", "));
    facts.push_back({std::string(to_string(part)), std::move(value)});
  }
  return facts;
}

}  // namespace recur::data
