#include "recur/data/tagging.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "conll.hpp"
#include "recur/data/tagging_score.hpp"
#include "recur/error/error.hpp"
#include "sequence_batches.hpp"
#include "spelled_batches.hpp"

namespace recur::data {
namespace {

size_t index(Part part) { return static_cast<size_t>(part); }

std::vector<TaggedSentence> read(const std::string& path, const TaggingOptions& options) {
  if (path.empty()) return {};
  std::vector<TaggedSentence> sentences = options.format == "conllu" ? read_conllu(path) : read_columns(path, options.word, options.tag);
  if (!options.entities) return sentences;
  for (const TaggedSentence& sentence : sentences)
    for (const TaggedWord& word : sentence)
      if (!is_bio(word.tag))
        throw UserError(Place{path, word.line}, fmt::format("tag '{}' is not O, B-type or I-type; correct it, or leave out task.entities", word.tag));
  return sentences;
}

}  // namespace

struct TaggingTask::Loaded {
  Vocabulary vocabulary;
  std::vector<std::string> tags, unseen_tags;
  std::array<Sequences, kParts.size()> parts;
  std::array<int64_t, kParts.size()> unseen_words{};
  Spellings spellings{};
  std::array<std::vector<int32_t>, kParts.size()> spelled{};

  static Loaded from(const TaggingOptions& options) {
    const std::array<std::vector<TaggedSentence>, kParts.size()> files{read(options.train, options), read(options.valid, options), read(options.test, options)};
    std::map<std::string, int64_t> words, tags;
    for (const TaggedSentence& sentence : files[0])
      for (const TaggedWord& word : sentence) ++words[word.word], ++tags[word.tag];
    std::vector<TokenCount> counts;
    for (const auto& [word, count] : words) counts.push_back({word, count});
    Loaded loaded{Vocabulary::from_counts(TextUnit::word, counts, options.min_count), {}, {}, {}, {}};
    if (options.characters.length > 0) loaded.spellings = Spellings(counts, options.characters.length, options.characters.min_count);
    for (const auto& [tag, count] : tags) loaded.tags.push_back(tag);
    for (const Part part : kParts)
      for (const TaggedSentence& sentence : files[index(part)]) loaded.add(sentence, part);
    return loaded;
  }

  void add(const TaggedSentence& sentence, Part part) {
    Sequences& sequences = parts[index(part)];
    for (const TaggedWord& word : sentence) {
      sequences.tokens.push_back(vocabulary.id(word.word));
      unseen_words[index(part)] += vocabulary.contains(word.word) ? 0 : 1;
      sequences.labels.push_back(label(word.tag));
      if (spellings.longest() > 0) spelled[index(part)].push_back(spellings.add(word.word));
    }
    sequences.begin.push_back(static_cast<int64_t>(sequences.tokens.size()));
  }

  int32_t label(const std::string& tag) {
    const auto found = std::lower_bound(tags.begin(), tags.end(), tag);
    if (found != tags.end() && *found == tag) return static_cast<int32_t>(found - tags.begin());
    const auto unseen = std::find(unseen_tags.begin(), unseen_tags.end(), tag);
    const auto u = static_cast<size_t>(unseen - unseen_tags.begin());
    if (unseen == unseen_tags.end()) unseen_tags.push_back(tag);
    return TaggingScore::unseen_label(u);
  }
};

TaggingTask::TaggingTask(const TaggingOptions& options) : TaggingTask(options, Loaded::from(options)) {}

TaggingTask::TaggingTask(const TaggingOptions& options, Loaded loaded)
    : options_(options),
      vocabulary_(std::move(loaded.vocabulary)),
      tags_(std::move(loaded.tags)),
      unseen_tags_(std::move(loaded.unseen_tags)),
      parts_(std::move(loaded.parts)),
      unseen_words_(loaded.unseen_words),
      spellings_(std::move(loaded.spellings)),
      spelled_(std::move(loaded.spelled)) {}

TaskSpec TaggingTask::spec() const {
  TaskSpec spec;
  spec.input = {InputSpec::Kind::discrete, vocabulary_.size()};
  spec.output = {OutputSpec::Kind::categorical, OutputSpec::At::every_step, static_cast<int64_t>(tags_.size()), true};
  spec.has_lengths = true;
  spec.characters = spellings_.characters();
  return spec;
}

Encoding TaggingTask::encoding() const {
  Encoding encoding;
  encoding.kind = "tagging";
  encoding.unit = to_string(vocabulary_.unit());
  encoding.vocabulary = vocabulary_.entries();
  encoding.labels = tags_;
  encoding.alphabet = spellings_.alphabet();
  encoding.spelling_length = spellings_.longest();
  return encoding;
}

std::vector<MetricInfo> TaggingTask::metrics() const { return TaggingScore::metrics(options_.entities); }

std::unique_ptr<Batches> TaggingTask::batches(Part part, int64_t batch_size) const {
  SequenceBatches batches(sequences(part), all_rows(sequences(part)), OutputSpec::At::every_step, batch_size, true, part == Part::train);
  if (spellings_.longest() == 0) return std::make_unique<SequenceBatches>(std::move(batches));
  return std::make_unique<SpelledBatches>(std::move(batches), sequences(part), spelled_[index(part)], spellings_);
}

std::unique_ptr<Score> TaggingTask::score() const { return std::make_unique<TaggingScore>(tags_, unseen_tags_, options_.entities); }

std::vector<Baseline> TaggingTask::baselines() const {
  const auto V = tags_.size();
  std::vector<int64_t> counts(static_cast<size_t>(vocabulary_.size()) * V), all(V);
  const Sequences& training = sequences(Part::train);
  for (size_t t = 0; t < training.tokens.size(); ++t) {
    const auto tag = static_cast<size_t>(training.labels[t]);
    ++counts[static_cast<size_t>(training.tokens[t]) * V + tag];
    ++all[tag];
  }
  const auto best_of = [V](const int64_t* from) { return static_cast<int32_t>(std::max_element(from, from + V) - from); };
  std::vector<int32_t> best;
  for (size_t word = 0; word < static_cast<size_t>(vocabulary_.size()); ++word) {
    const int64_t* const of_word = counts.data() + word * V;
    const bool seen = std::any_of(of_word, of_word + V, [](int64_t count) { return count > 0; });
    best.push_back(best_of(seen ? of_word : all.data()));
  }

  std::vector<Baseline> baselines;
  for (const Part part : {Part::valid, Part::test}) {
    const Sequences& from = sequences(part);
    if (from.size() == 0) continue;
    TaggingScore score(tags_, unseen_tags_, options_.entities);
    std::vector<int32_t> predicted;
    for (int64_t s = 0; s < from.size(); ++s) {
      const auto begin = static_cast<size_t>(from.begin[static_cast<size_t>(s)]), length = static_cast<size_t>(from.length(s));
      predicted.clear();
      for (size_t t = begin; t < begin + length; ++t) predicted.push_back(best[static_cast<size_t>(from.tokens[t])]);
      score.add(std::span(from.labels).subspan(begin, length), predicted);
    }
    baselines.push_back({"most_frequent_tag", part, score.values()});
  }
  return baselines;
}

int64_t TaggingTask::lost_words(Part part) const {
  const std::vector<int32_t>& labels = sequences(part).labels;
  return std::count_if(labels.begin(), labels.end(), [](int32_t label) { return label < 0; });
}

std::vector<Fact> TaggingTask::facts() const {
  std::vector<Fact> facts{{"vocabulary", fmt::format("{} words with {}", vocabulary_.size(), Vocabulary::kUnknownName)},
                          {"tags", fmt::format("{}", fmt::join(tags_, ", "))}};
  if (spellings_.longest() > 0)
    facts.push_back({"characters", fmt::format("{} with {}, {} of a word at most", spellings_.alphabet().size(), Vocabulary::kUnknownName, spellings_.longest())});
  if (!unseen_tags_.empty()) facts.push_back({"tags never seen in training", fmt::format("{}; their words count as wrong", fmt::join(unseen_tags_, ", "))});
  const std::array files{&options_.train, &options_.valid, &options_.test};
  for (const Part part : kParts) {
    const Sequences& from = sequences(part);
    if (from.size() == 0) continue;
    std::string value = fmt::format("{}: {} sentences, {} words", *files[index(part)], from.size(), from.tokens.size());
    if (const int64_t unknown = unseen_words(part)) value += fmt::format(", {} of them not in the vocabulary", unknown);
    if (const int64_t lost = lost_words(part)) value += fmt::format(", {} with a tag never seen in training", lost);
    facts.push_back({std::string(to_string(part)), std::move(value)});
  }
  return facts;
}

}  // namespace recur::data
