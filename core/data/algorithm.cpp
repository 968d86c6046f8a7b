#include "recur/data/algorithm.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "algorithm_batches.hpp"
#include "algorithm_score.hpp"
#include "bit_source.hpp"
#include "problem.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

// Fewest vectors, items or steps that make a problem.
int64_t least_length(const std::string& problem) {
  if (problem == "reber") return kShortestReber;
  if (problem == "ngrams") return kBitsOfContext + 1;
  return problem == "adding" || problem == "associative_recall" ? 2 : 1;
}

// -1 for what is no whole number.
int64_t number_of(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : -1;
}

}  // namespace

std::vector<OptionMistake> mistakes_of(const AlgorithmOptions& o) {
  std::vector<OptionMistake> mistakes;
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
  } else if (problem == "copy_memory" || problem == "reber" || problem == "addition") {
    const int64_t symbols = problem == "reber" ? 7 : problem == "addition" ? kAdditionSymbols : kMemoryClasses;
    spec.input = {Input::discrete, symbols};
    spec.output = {Output::categorical, OutputSpec::At::every_step, symbols, true};
    spec.has_lengths = problem == "reber";
  } else if (problem == "ngrams") {
    spec.input = {Input::continuous, 1};
    spec.output = {Output::binary, OutputSpec::At::every_step, 1};
    spec.has_counts = true;
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
  for (const OptionMistake& mistake : mistakes_of(options)) messages.push_back(mistake.key + ": " + mistake.what);
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

std::vector<double> AlgorithmTask::guessing(int64_t least, int64_t most) const {
  if (options_.problem == "adding") return {1.0 / 6};  // the variance of a sum of two uniform numbers
  if (options_.problem == "copy_memory") return {1.0 / 8};
  if (options_.problem == "reber") return {1.0 / 2};
  const double lengths = static_cast<double>(most - least + 1);
  if (options_.problem == "addition") {
    double right = 0;
    for (int64_t L = least; L <= most; ++L) {
      // Of two even numbers of L digits: 9 10^(L-1) values each, and no carry for sums of less than m = 8 10^(L-1) above the least.
      const double one_over_m = std::pow(10.0, 1.0 - static_cast<double>(L)) / 8, short_answer = 32.0 / 81 * (1 + one_over_m);
      right += std::pow(0.1, static_cast<double>(L)) * (short_answer + (1 - short_answer) / 10);
    }
    return {right / lengths, 1.0 / 10};
  }
  const int64_t repeats = options_.problem == "repeat_copy" ? options_.max_repeats : 1;
  double positions = 0;
  for (int64_t L = least; L <= most; ++L)
    for (int64_t R = 1; R <= repeats; ++R) positions += static_cast<double>(counted_of(options_, {L, R}));
  return {positions / (lengths * static_cast<double>(repeats)) * static_cast<double>(spec().output.width), 0.5};
}

Baseline AlgorithmTask::optimal(Part part) const {
  const auto all = batches(part, sequences(part));
  const std::unique_ptr<Score> optimal = score();
  std::vector<float> x, y, counts, logits;
  for (int64_t b = 0; b < all->size(); ++b) {
    const BatchShape shape = all->shape(b);
    for (std::vector<float>* each : {&x, &y, &counts, &logits}) each->resize(static_cast<size_t>(shape.time * shape.batch));
    all->fill(b, {.x = x, .tokens = {}, .y = y, .labels = {}, .lengths = {}, .counts = counts});
    Outcome outcome;
    for (size_t n = 0; n < static_cast<size_t>(shape.batch); ++n) {
      BitEstimator estimator;
      for (size_t i = n; i < y.size(); i += static_cast<size_t>(shape.batch)) {
        const bool bit = y[i] > 0.5f;
        const double one = estimator.one();
        logits[i] = static_cast<float>(std::log(one / (1 - one)));
        outcome.nats -= std::log(bit ? one : 1 - one);
        estimator.add(bit);
      }
    }
    outcome.predictions = logits;
    outcome.y = y;
    outcome.counts = counts;
    outcome.counted = shape.counted;
    outcome.batch = shape.batch;
    outcome.group = shape.group;
    optimal->add(outcome);
  }
  return {"optimal", part, optimal->values()};
}

std::vector<Baseline> AlgorithmTask::baselines() const {
  std::vector<Baseline> baselines;
  for (const Part part : {Part::valid, Part::test}) {
    if (sequences(part) == 0) continue;
    std::vector<double> values = guessing(options_.min_length, options_.max_length);
    for (const int64_t length : test_lengths_) {
      const std::vector<double> further = guessing(length, length);
      for (size_t i = 0; i < AlgorithmScore::repeated(options_.problem); ++i)
        values.push_back(part == Part::test ? further[i] : std::numeric_limits<double>::quiet_NaN());
    }
    baselines.push_back({"guessing", part, std::move(values)});
    if (options_.problem == "ngrams") baselines.push_back(optimal(part));
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
