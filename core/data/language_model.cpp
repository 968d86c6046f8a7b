#include "recur/data/language_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "language_model_batches.hpp"
#include "recur/data/ngram.hpp"
#include "recur/error/error.hpp"
#include "token_interner.hpp"
#include "tokens.hpp"

namespace recur::data {
namespace {

size_t index(Part part) { return static_cast<size_t>(part); }

PartRanges parts_with_tokens(int64_t length, const LanguageModelOptions& options) {
  const PartRanges parts = split_in_order(length, options.split, options.text);
  const std::array shares{options.split.train, options.split.valid, options.split.test};
  for (const Part part : kParts) {
    if (shares[index(part)] == 0 || parts[part].size() > 0) continue;
    throw UserError(Place{options.text},
                    fmt::format("the {0} part of this text of {1} {2}s is empty; take a longer text or a larger "
                                "task.split.{0}",
                                to_string(part), length, options.unit));
  }
  return parts;
}

}  // namespace

struct LanguageModelTask::Loaded {
  PartRanges parts;
  Vocabulary vocabulary;
  std::vector<int32_t> tokens;
  std::array<int64_t, 3> unseen{};

  static Loaded from(const LanguageModelOptions& options) {
    RECUR_CHECK(options.steps > 0, "steps {}", options.steps);
    const TextUnit unit = text_unit(options.unit);
    const std::string text = read_text(options.text);
    TokenInterner number_of;
    std::vector<int32_t> tokens;
    if (unit == TextUnit::character) tokens.reserve(text.size());
    for_each_token(text, unit, [&](std::string_view token) { tokens.push_back(number_of(token)); });

    const PartRanges parts = parts_with_tokens(static_cast<int64_t>(tokens.size()), options);
    std::vector<TokenCount> counts;
    for (const std::string_view token : number_of.tokens()) counts.push_back({std::string(token), 0});
    const Range training = parts[Part::train];
    for (int64_t i = training.begin; i < training.end; ++i) ++counts[static_cast<size_t>(tokens[static_cast<size_t>(i)])].count;
    Loaded loaded{parts, Vocabulary::from_counts(unit, std::move(counts), options.min_count), {}, {}};

    std::vector<int32_t> id_of;
    std::vector<int64_t> is_unseen;
    for (const std::string_view token : number_of.tokens()) {
      id_of.push_back(loaded.vocabulary.id(token));
      is_unseen.push_back(loaded.vocabulary.contains(token) ? 0 : 1);
    }
    for (const Part part : kParts) {
      for (int64_t i = parts[part].begin; i < parts[part].end; ++i) {
        loaded.unseen[index(part)] += is_unseen[static_cast<size_t>(tokens[static_cast<size_t>(i)])];
      }
    }
    for (int32_t& token : tokens) token = id_of[static_cast<size_t>(token)];
    loaded.tokens = std::move(tokens);
    return loaded;
  }
};

LanguageModelTask::LanguageModelTask(const LanguageModelOptions& options)
    : LanguageModelTask(options, Loaded::from(options)) {}

LanguageModelTask::LanguageModelTask(const LanguageModelOptions& options, Loaded loaded)
    : options_(options),
      parts_(loaded.parts),
      vocabulary_(std::move(loaded.vocabulary)),
      tokens_(std::move(loaded.tokens)),
      unseen_(loaded.unseen) {}

TaskSpec LanguageModelTask::spec() const {
  return {.input = {InputSpec::Kind::discrete, vocabulary_.size()},
          .output = {OutputSpec::Kind::categorical, OutputSpec::At::every_step, vocabulary_.size()},
          .carries_state = true};
}

Encoding LanguageModelTask::encoding() const {
  Encoding encoding;
  encoding.kind = "language_model";
  encoding.unit = to_string(vocabulary_.unit());
  encoding.vocabulary = vocabulary_.entries();
  return encoding;
}

std::vector<MetricInfo> LanguageModelTask::metrics() const { return LanguageModelScore::metrics(vocabulary_.unit()); }

Range LanguageModelTask::targets(Part part) const {
  const Range range = parts_[part];
  return {std::min(std::max<int64_t>(range.begin, 1), range.end), range.end};
}

std::unique_ptr<Batches> LanguageModelTask::batches(Part part, int64_t batch_size) const {
  const Range range = targets(part);
  const int64_t needed = part == Part::train ? batch_size * options_.steps : batch_size;
  if (range.size() < needed && (part == Part::train || parts_[part].size() > 0)) {
    const std::string unit(to_string(vocabulary_.unit()));
    throw UserError(
        Place{options_.text},
        part == Part::train
            ? fmt::format("the train part has {} {}s, but one batch of {} rows by {} steps needs {}; take a longer text, or a "
                          "smaller train.batch or task.steps",
                          parts_[part].size(), unit, batch_size, options_.steps, needed + 1)
            : fmt::format("the {0} part has {1} {2}s, but a batch of {3} rows needs {3}; take a longer text, a larger "
                          "task.split.{0} or a smaller train.batch",
                          to_string(part), parts_[part].size(), unit, batch_size));
  }
  return std::make_unique<LanguageModelBatches>(tokens_, range, options_.steps, batch_size);
}

std::unique_ptr<Score> LanguageModelTask::score() const { return std::make_unique<LanguageModelScore>(); }

std::vector<Baseline> LanguageModelTask::baselines() const {
  const std::span training(tokens_.data(), static_cast<size_t>(parts_[Part::train].size()));
  const NgramModel ngrams(training, vocabulary_.size());
  std::vector<Baseline> baselines;
  const auto add = [&](const char* name, Part part, const Outcome& outcome) {
    LanguageModelScore score;
    score.add(outcome);
    baselines.push_back({name, part, score.values()});
  };
  for (const Part part : {Part::valid, Part::test}) {
    const Range range = targets(part);
    if (range.size() == 0) continue;
    add("unigram", part, ngrams.score_unigram(tokens_, range.begin, range.end));
    add("bigram", part, ngrams.score_bigram(tokens_, range.begin, range.end));
  }
  return baselines;
}

std::vector<Fact> LanguageModelTask::facts() const {
  const std::string_view unit = to_string(vocabulary_.unit());
  std::vector<Fact> facts{{"file", options_.text},
                          {fmt::format("{}s", unit), fmt::format("{}", tokens_.size())},
                          {"vocabulary", fmt::format("{} with {}", vocabulary_.size(), Vocabulary::kUnknownName)}};
  for (const Part part : kParts) {
    const int64_t size = parts_[part].size();
    std::string value = fmt::format("{} {}s", size, unit);
    if (const int64_t unknown = unseen(part)) value += fmt::format(", {} of them not in the vocabulary", unknown);
    facts.push_back({std::string(to_string(part)), std::move(value)});
  }
  return facts;
}

void LanguageModelScore::reset() { *this = {}; }

void LanguageModelScore::add(const Outcome& outcome) {
  nats_ += outcome.nats;
  correct_ += outcome.correct;
  counted_ += outcome.counted;
}

std::vector<double> LanguageModelScore::values() const {
  if (counted_ == 0) return std::vector<double>(3, std::numeric_limits<double>::quiet_NaN());
  const double nats = nats_ / static_cast<double>(counted_);
  return {nats / std::numbers::ln2, std::exp(nats), static_cast<double>(correct_) / static_cast<double>(counted_)};
}

std::vector<MetricInfo> LanguageModelScore::metrics(TextUnit unit) {
  const std::string name(to_string(unit));
  return {{"bits_per_" + name, "cross-entropy in bits a " + name},
          {"perplexity", "exponential of the cross-entropy in nats a " + name},
          {"accuracy", "share of " + name + "s that were the most probable one", false}};
}

}  // namespace recur::data
