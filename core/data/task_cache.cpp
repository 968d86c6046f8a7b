#include "recur/data/task_cache.hpp"

#include <exception>

#include "recur/error/error.hpp"

namespace recur::data {
namespace {

std::string key_of(const Split& split) { return fmt::format("{} {} {}", split.train, split.valid, split.test); }

std::string key_of(const ForecastOptions& options) {
  // Sizes before the names keep ["a b"] and ["a", "b"] apart.
  std::string key = fmt::format("{}:{} {} {} {} {}", options.csv.size(), options.csv, options.window, options.horizon,
                                options.season, key_of(options.split));
  for (const std::string& column : options.columns) key += fmt::format(" {}:{}", column.size(), column);
  return key;
}

std::string key_of(const LanguageModelOptions& options) {
  return fmt::format("{}:{} {} {} {} {}", options.text.size(), options.text, options.unit, options.steps,
                     options.min_count, key_of(options.split));
}

std::string key_of(const AudioFeatureOptions& o) {
  return fmt::format("{} {} {} {} {} {} {} {} {}", o.kind, o.window_ms, o.hop_ms, o.pre_emphasis, o.filters, o.coefficients, o.low_hz, o.high_hz, o.deltas);
}

std::string key_of(const ClassificationOptions& options) {
  std::string key = fmt::format("{} {} {} {} {} {} {}", options.read, options.permute, options.train_rows, options.test_rows, options.folds,
                                options.fold, options.valid);
  key += fmt::format(" {} {}", options.segment, key_of(options.features));
  if (options.format == "documents")
    key += fmt::format(" {} {} {} {}", options.min_count, options.vocabulary, options.max_words, options.max_sentences);
  for (const std::string* text : {&options.format, &options.file, &options.sequence, &options.label, &options.train, &options.test,
                                  &options.train_labels, &options.test_labels, &options.positive, &options.negative, &options.alphabet, &options.name,
                                  &options.test_where, &options.ending, &options.class_pattern, &options.fold_pattern, &options.unit})
    key += fmt::format(" {}:{}", text->size(), *text);
  return key;
}

std::string key_of(const TaggingOptions& options) {
  std::string key = fmt::format("{} {} {} {} {} {}", options.word, options.tag, options.min_count, options.entities, options.characters.length,
                                options.characters.min_count);
  for (const std::string* text : {&options.format, &options.train, &options.valid, &options.test}) key += fmt::format(" {}:{}", text->size(), *text);
  return key;
}

std::string key_of(const MusicOptions& options) {
  std::string key = fmt::format("{}", options.steps_per_quarter);
  for (const std::string* text : {&options.format, &options.json, &options.train, &options.valid, &options.test}) key += fmt::format(" {}:{}", text->size(), *text);
  return key;
}

std::string key_of(const AlgorithmOptions& o) {
  return fmt::format("{} {} {} {} {} {} {} {} [{}]", o.problem, o.bits, o.min_length, o.max_length, o.max_repeats, o.train, o.valid, o.test,
                     fmt::join(o.test_lengths, ","));
}

std::string key_of(const DensityOptions& o) {
  std::string key = fmt::format("{} {} {} {} {} {} {}", o.steps, o.warm_up, o.train_share, o.valid_share, o.test_share, o.importance_samples, key_of(o.features));
  for (const std::string* text : {&o.format, &o.csv, &o.train, &o.test, &o.json, &o.file, &o.name, &o.test_where}) key += fmt::format(" {}:{}", text->size(), *text);
  for (const std::string& column : o.columns) key += fmt::format(" {}:{}", column.size(), column);
  return key;
}

std::string key_of(const AnomalyOptions& o) {
  std::string key = fmt::format("{} {} {} {} {} {} {}", o.train_rows, o.anomaly_free, o.test_learned, o.steps, o.warm_up, o.valid_share, o.average);
  for (const std::string* text : {&o.format, &o.train, &o.test, &o.label, &o.normal, &o.archive}) key += fmt::format(" {}:{}", text->size(), *text);
  for (const std::string& column : o.columns) key += fmt::format(" {}:{}", column.size(), column);
  return key;
}

std::string key_of_kind(const TaskOptions& options) {
  if (options.kind == "language_model") return key_of(options.language_model);
  if (options.kind == "classification") return key_of(options.classification);
  if (options.kind == "tagging") return key_of(options.tagging);
  if (options.kind == "music") return key_of(options.music);
  if (options.kind == "algorithm") return key_of(options.algorithm);
  if (options.kind == "density") return key_of(options.density);
  if (options.kind == "anomaly") return key_of(options.anomaly);
  return key_of(options.forecast);
}

}  // namespace

std::string cache_key(const TaskOptions& options) { return options.kind + " " + key_of_kind(options); }

std::shared_ptr<const Task> TaskCache::get(const TaskOptions& options) {
  const std::string key = cache_key(options);
  std::packaged_task<std::shared_ptr<const Task>()> load([&options] { return make_task(options); });
  std::shared_future<std::shared_ptr<const Task>> result;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = !loaded_.contains(key);
    if (first) loaded_[key] = load.get_future().share();
    result = loaded_[key];
  }
  if (!first) return result.get();
  load();
  try {
    return result.get();
  } catch (const std::exception&) {
    const std::lock_guard lock(mutex_);
    loaded_.erase(key);
    throw;
  }
}

}  // namespace recur::data
