#include "recur/data/classification.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "audio_files.hpp"
#include "class_split.hpp"
#include "documents.hpp"
#include "idx.hpp"
#include "labelled_files.hpp"
#include "naive_bayes.hpp"
#include "presence_bayes.hpp"
#include "recur/data/class_score.hpp"
#include "recur/error/error.hpp"
#include "scaled_sequences.hpp"
#include "segments.hpp"
#include "sequence_batches.hpp"

namespace recur::data {
namespace {

// A table of letters by position, class and letter beyond this is no small baseline any more.
constexpr int64_t kLargestTable = 1'000'000;

size_t index(Part part) { return static_cast<size_t>(part); }

// What tokens stand for as they are read.
std::vector<std::string> written_tokens(const LabelledSequences& from) {
  if (!from.words.empty()) return from.words;
  std::vector<std::string> letters;
  for (int byte = 0; byte < 256; ++byte) letters.emplace_back(1, static_cast<char>(byte));
  return letters;
}

}  // namespace

struct ClassificationTask::Files {
  LabelledSequences train, test;  // test: empty where the part is taken from train

  static Files from(const ClassificationOptions& o) {
    Files files;
    if (o.format == "table") {
      files.train = read_letter_table(o.file, o.sequence, o.label);
    } else if (o.format == "ucr") {
      files = {read_ucr(o.train), read_ucr(o.test)};
      check_dimensions(files.train, files.test);
    } else if (o.format == "audio") {
      files.train = read_audio(recordings_of(o, true));
    } else if (o.format == "idx") {
      const ImageSteps steps{o.read == "rows", o.permute};
      files = {read_idx(o.train, o.train_labels, steps, o.train_rows), read_idx(o.test, o.test_labels, steps, o.test_rows)};
      check_dimensions(files.train, files.test);
    } else if (o.format == "documents") {
      files.train = read_documents(o);
    } else {
      files.train.file = o.positive;
      add_fasta(o.positive, "positive", files.train);
      add_fasta(o.negative, "negative", files.train);
    }
    return files;
  }
};

std::vector<OptionMistake> mistakes_of(const ClassificationOptions& o) {
  std::vector<OptionMistake> mistakes;
  if (o.format == "audio") mistakes = audio_mistakes(recordings_of(o, true));
  else if (!o.test_where.empty()) mistakes.push_back({"task.split.test_where", fmt::format("picks by the names of recordings, which {} has not; leave it out", o.format)});
  if (!o.test_where.empty() && (o.folds > 0 || o.train_rows + o.test_rows > 0))
    mistakes.push_back({"task.split.test_where", "says what the test part is; leave out folds, train_rows and test_rows, or test_where"});
  if (o.format == "documents" && o.segment > 0)
    mistakes.push_back({"task.data.segment", "documents have boundaries of their own, where sentences and words end; leave it out"});
  return mistakes;
}

ClassificationTask::ClassificationTask(const ClassificationOptions& options) : options_(options) {
  for (const OptionMistake& mistake : mistakes_of(options)) throw UserError(fmt::format("{}: {}", mistake.key, mistake.what));
  Files files = Files::from(options);
  own_test_ = !files.test.file.empty();
  rows_ = split_rows(files.train.labels, own_test_ ? files.test.sequences.size() : -1, options, files.train.file, files.train.test_rows, files.train.folds);
  read_classes(files);
  columns_ = std::move(files.train.columns);
  reader_facts_ = std::move(files.train.facts);
  train_ = std::move(files.train.sequences);
  test_ = std::move(files.test.sequences);
  train_.features == 0 ? read_vocabulary(written_tokens(files.train)) : standardize();
  if (options.segment > 0)
    for (Sequences* each : {&train_, &test_}) each->levels = {equal_segments(*each, options.segment)};
  const int64_t length = train_.length(rows_[0][0]);
  for (const Part part : kParts)
    for (const uint32_t row : rows(part)) has_lengths_ |= sequences(part).length(row) != length;
}

// Writes the labels of both files' sequences.
void ClassificationTask::read_classes(Files& files) {
  std::set<std::string> names;
  for (const uint32_t row : rows_[0]) names.insert(files.train.labels[row]);
  classes_.assign(names.begin(), names.end());
  if (classes_.size() < 2)
    throw UserError(Place{files.train.file}, fmt::format("the training part has only the class '{}'; give one with at least two, or another split", classes_[0]));
  for (const Part part : kParts) {
    LabelledSequences& from = own_test_ && part == Part::test ? files.test : files.train;
    std::vector<int32_t>& labels = from.sequences.labels;
    labels.resize(from.labels.size(), kIgnored);
    for (const uint32_t row : rows(part)) {
      const auto found = std::lower_bound(classes_.begin(), classes_.end(), from.labels[row]);
      if (found == classes_.end() || *found != from.labels[row])
        throw UserError(from.place(row),
                        fmt::format("class '{}' of the {} part is not in the training part, which has {}; correct it, or split so that every class is learned",
                                    from.labels[row], to_string(part), fmt::join(classes_, ", ")));
      labels[row] = static_cast<int32_t>(found - classes_.begin());
    }
  }
}

std::vector<TokenCount> ClassificationTask::alphabet() const {
  // In byte order, whatever their frequency: the letters are known ahead of the data.
  std::vector<TokenCount> counts;
  for (const char letter : options_.alphabet) {
    const std::string name(1, letter);
    if (std::any_of(counts.begin(), counts.end(), [&](const TokenCount& count) { return count.token == name; }))
      throw UserError(fmt::format("task.data.alphabet: '{}' stands there twice; name each letter once", letter));
    counts.push_back({name, 1});
  }
  return counts;
}

// written: what each token that was read stands for. Afterwards tokens are those of the vocabulary.
void ClassificationTask::read_vocabulary(const std::vector<std::string>& written) {
  std::array<std::vector<int64_t>, kParts.size()> seen;
  for (const Part part : kParts) {
    seen[index(part)].resize(written.size());
    for (const uint32_t row : rows(part))
      for (int64_t t = train_.begin[row]; t < train_.begin[row + 1]; ++t) ++seen[index(part)][static_cast<size_t>(train_.tokens[static_cast<size_t>(t)])];
  }
  std::vector<TokenCount> counts = alphabet();
  if (counts.empty())
    for (size_t token = 0; token < written.size(); ++token)
      if (seen[0][token] > 0) counts.push_back({written[token], seen[0][token]});
  const bool documents = options_.format == "documents";
  vocabulary_ = Vocabulary::from_counts(documents ? text_unit(options_.unit) : TextUnit::character, std::move(counts), documents ? options_.min_count : 1,
                                        documents ? options_.vocabulary : 0);
  std::vector<int32_t> id(written.size());
  for (size_t token = 0; token < written.size(); ++token) {
    id[token] = vocabulary_->id(written[token]);
    if (vocabulary_->contains(written[token])) continue;
    for (const Part part : kParts) unseen_[index(part)] += seen[index(part)][token];
  }
  for (int32_t& token : train_.tokens) token = id[static_cast<size_t>(token)];
}

void ClassificationTask::standardize() {
  values_ = scale_of(train_, rows_[0], columns_, options_.file.empty() ? options_.train : options_.file);
  for (Sequences* each : {&train_, &test_})
    if (each->size() > 0) apply_scale(*values_, *each);
}

TaskSpec ClassificationTask::spec() const {
  TaskSpec spec;
  spec.input = vocabulary_ ? InputSpec{InputSpec::Kind::discrete, vocabulary_->size()} : InputSpec{InputSpec::Kind::continuous, train_.features};
  spec.output = {OutputSpec::Kind::categorical, OutputSpec::At::last_step, static_cast<int64_t>(classes_.size()), true};
  spec.has_lengths = has_lengths_;
  spec.levels = std::ssize(train_.levels);
  return spec;
}

Encoding ClassificationTask::encoding() const {
  Encoding encoding;
  encoding.kind = "classification";
  encoding.labels = classes_;
  encoding.window = has_lengths_ ? 0 : train_.length(rows_[0][0]);
  encoding.levels = std::ssize(train_.levels);
  if (vocabulary_) {
    encoding.unit = to_string(vocabulary_->unit());
    encoding.vocabulary = vocabulary_->entries();
  } else {
    for (size_t c = 0; c < static_cast<size_t>(train_.features); ++c) {
      encoding.columns.push_back(columns_.empty() ? fmt::format("value{}", c + 1) : columns_[c]);
      encoding.mean.push_back(values_->mean()[columns_.empty() ? 0 : c]);
      encoding.deviation.push_back(values_->deviation()[columns_.empty() ? 0 : c]);
    }
  }
  return encoding;
}

std::vector<MetricInfo> ClassificationTask::metrics() const { return ClassScore::metrics(); }

std::unique_ptr<Batches> ClassificationTask::batches(Part part, int64_t batch_size) const {
  return std::make_unique<SequenceBatches>(sequences(part), rows(part), OutputSpec::At::last_step, batch_size, has_lengths_, part == Part::train);
}

std::unique_ptr<Score> ClassificationTask::score() const { return std::make_unique<ClassScore>(classes_); }

int64_t ClassificationTask::majority() const {
  std::vector<int64_t> counts(classes_.size());
  for (const uint32_t row : rows_[0]) ++counts[static_cast<size_t>(train_.labels[row])];
  return std::max_element(counts.begin(), counts.end()) - counts.begin();
}

std::vector<Baseline> ClassificationTask::baselines() const {
  std::vector<Baseline> baselines;
  const auto add = [&](const char* name, const auto& classify) {
    for (const Part part : {Part::valid, Part::test}) {
      if (rows(part).empty()) continue;
      ClassScore score(classes_);
      for (const uint32_t row : rows(part)) score.add(sequences(part).labels[row], classify(part, row));
      baselines.push_back({name, part, score.values()});
    }
  };
  add("majority", [most = majority()](Part, uint32_t) { return most; });
  const auto classes = static_cast<int64_t>(classes_.size());
  if (options_.format == "documents") {
    if (vocabulary_->unit() != TextUnit::word) return baselines;
    const PresenceBayes bayes(train_, rows_[0], vocabulary_->size(), classes, Vocabulary::kUnknown);
    add("naive_bayes", [&](Part part, uint32_t row) { return bayes.classify(sequences(part), row); });
    return baselines;
  }
  if (!vocabulary_ || has_lengths_ || train_.length(0) * classes * vocabulary_->size() > kLargestTable) return baselines;
  const NaiveBayes bayes(train_, rows_[0], vocabulary_->size(), classes);
  add("naive_bayes", [&](Part part, uint32_t row) { return bayes.classify(sequences(part), row); });
  return baselines;
}

std::vector<Fact> ClassificationTask::facts() const {
  std::vector<Fact> facts;
  for (const std::string* file : {&options_.file, &options_.train, &options_.test, &options_.positive, &options_.negative})
    if (!file->empty()) facts.push_back({"file", *file});
  facts.insert(facts.end(), reader_facts_.begin(), reader_facts_.end());
  facts.push_back({"classes", fmt::format("{}", fmt::join(classes_, ", "))});
  const bool words = vocabulary_ && vocabulary_->unit() == TextUnit::word;
  if (words) facts.push_back({"vocabulary", fmt::format("{} words with {}", vocabulary_->size(), Vocabulary::kUnknownName)});
  else if (vocabulary_) facts.push_back({"vocabulary", fmt::format("{}", fmt::join(vocabulary_->entries(), " "))});
  for (const Part part : kParts) {
    std::vector<int64_t> counts(classes_.size());
    for (const uint32_t row : rows(part)) ++counts[static_cast<size_t>(sequences(part).labels[row])];
    std::string value = fmt::format("{} sequences, by class {}", rows(part).size(), fmt::join(counts, ", "));
    if (const int64_t unknown = unseen(part)) value += fmt::format("; {} {} not in the vocabulary", unknown, words ? "words" : "letters");
    facts.push_back({std::string(to_string(part)), std::move(value)});
  }
  return facts;
}

}  // namespace recur::data
