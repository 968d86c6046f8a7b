#include "recur/data/tagging_score.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "recur/error/error.hpp"

namespace recur::data {

bool is_bio(const std::string& tag) { return tag == "O" || ((tag.starts_with("B-") || tag.starts_with("I-")) && tag.size() > 2); }

std::vector<Entity> entities_of(std::span<const std::string> tags) {
  std::vector<Entity> entities;
  bool open = false;
  for (size_t t = 0; t < tags.size(); ++t) {
    const std::string& tag = tags[t];
    RECUR_CHECK(is_bio(tag), "tag '{}'", tag);
    const auto at = static_cast<int64_t>(t);
    if (tag == "O") {
      open = false;
      continue;
    }
    const std::string type = tag.substr(2);
    if (!open || tag[0] == 'B' || entities.back().type != type) entities.push_back({at, at, type});
    entities.back().end = at + 1;
    open = true;
  }
  return entities;
}

TaggingScore::TaggingScore(std::vector<std::string> tags, std::vector<std::string> unseen, bool entities)
    : tags_(std::move(tags)), unseen_(std::move(unseen)), entities_(entities) {}

void TaggingScore::reset() {
  words_ = right_ = 0;
  all_ = {};
  by_type_.clear();
}

const std::string& TaggingScore::name(int32_t label) const {
  return label >= 0 ? tags_.at(static_cast<size_t>(label)) : unseen_.at(static_cast<size_t>(kIgnored - 1 - label));
}

void TaggingScore::add(const Outcome& outcome) {
  const size_t V = tags_.size(), N = outcome.lengths.size();
  RECUR_CHECK(N > 0 && outcome.predictions.size() == outcome.labels.size() * V && outcome.labels.size() % N == 0, "{} logits, {} labels, {} lengths, {} tags",
              outcome.predictions.size(), outcome.labels.size(), N, V);
  for (size_t n = 0; n < N; ++n) {
    truth_.clear();
    guess_.clear();
    for (size_t t = 0; t < static_cast<size_t>(outcome.lengths[n]); ++t) {
      const float* const logits = outcome.predictions.data() + (t * N + n) * V;
      truth_.push_back(outcome.labels[t * N + n]);
      guess_.push_back(static_cast<int32_t>(std::max_element(logits, logits + V) - logits));
    }
    add(truth_, guess_);
  }
}

void TaggingScore::add(std::span<const int32_t> labels, std::span<const int32_t> predicted) {
  RECUR_CHECK(labels.size() == predicted.size(), "{} labels, {} predictions", labels.size(), predicted.size());
  for (size_t t = 0; t < labels.size(); ++t) right_ += labels[t] == predicted[t] ? 1 : 0;
  words_ += static_cast<int64_t>(labels.size());
  if (entities_) return add_entities(labels, predicted);
  for (size_t t = 0; t < labels.size(); ++t) {
    ++by_type_[name(labels[t])].there;
    ++by_type_[name(predicted[t])].found;
    if (labels[t] == predicted[t]) ++by_type_[name(labels[t])].right;
  }
}

void TaggingScore::add_entities(std::span<const int32_t> labels, std::span<const int32_t> predicted) {
  const auto entities = [&](std::span<const int32_t> from) {
    std::vector<std::string> tags;
    for (const int32_t label : from) tags.push_back(name(label));
    return entities_of(tags);
  };
  const std::vector<Entity> there = entities(labels), found = entities(predicted);
  const auto count = [&](const Entity& entity, int64_t Counts::*what) {
    ++(all_.*what);
    ++(by_type_[entity.type].*what);
  };
  for (const Entity& entity : there) {
    count(entity, &Counts::there);
    if (std::find(found.begin(), found.end(), entity) != found.end()) count(entity, &Counts::right);
  }
  for (const Entity& entity : found) count(entity, &Counts::found);
}

std::array<double, 3> TaggingScore::percentages(const Counts& counts) {
  const auto percent = [](int64_t part, int64_t of) { return of > 0 ? 100 * static_cast<double>(part) / static_cast<double>(of) : 0.0; };
  const double precision = percent(counts.right, counts.found), recall = percent(counts.right, counts.there);
  return {precision, recall, precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0};
}

std::vector<double> TaggingScore::values() const {
  if (words_ == 0) return std::vector<double>(entities_ ? 4 : 1, std::numeric_limits<double>::quiet_NaN());
  std::vector<double> values{static_cast<double>(right_) / static_cast<double>(words_)};
  if (entities_) {
    const std::array<double, 3> all = percentages(all_);
    values.insert(values.end(), all.begin(), all.end());
  }
  return values;
}

std::string TaggingScore::details() const {
  std::string text;
  for (const auto& [type, counts] : by_type_) {
    const auto [precision, recall, f1] = percentages(counts);
    text += fmt::format("{}: precision {:.2f} %, recall {:.2f} %, F1 {:.2f}; {} there, {} found\n", type, precision, recall, f1, counts.there, counts.found);
  }
  return text;
}

std::vector<MetricInfo> TaggingScore::metrics(bool entities) {
  std::vector<MetricInfo> metrics{{"accuracy", "share of the words that got their tag", false}};
  if (!entities) return metrics;
  metrics.push_back({"entity_precision", "right entities in percent of those found, as conlleval counts", false});
  metrics.push_back({"entity_recall", "right entities in percent of those that are there, as conlleval counts", false});
  metrics.push_back({"entity_f1", "harmonic mean of entity precision and recall, in percent", false});
  return metrics;
}

}  // namespace recur::data
