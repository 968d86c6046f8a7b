#include "recur/data/density.hpp"

#include <cmath>
#include <span>
#include <utility>

#include "audio_files.hpp"
#include "class_split.hpp"
#include "labelled_files.hpp"
#include "naive_density.hpp"
#include "piano_roll.hpp"
#include "recur/data/csv.hpp"
#include "recur/data/density_score.hpp"
#include "recur/data/split.hpp"
#include "recur/data/standardizer.hpp"
#include "recur/error/error.hpp"
#include "scaled_sequences.hpp"
#include "sequence_batches.hpp"
#include "series_cut.hpp"

namespace recur::data {

std::vector<OptionMistake> mistakes_of(const DensityOptions& o) {
  if (o.format == "audio") return audio_mistakes(recordings_of(o, false));
  return {};
}

DensityTask::DensityTask(const DensityOptions& options) : options_(options) {
  RECUR_CHECK(options.importance_samples > 0, "{} importance samples", options.importance_samples);
  for (const OptionMistake& mistake : mistakes_of(options)) throw UserError(fmt::format("{}: {}", mistake.key, mistake.what));
  if (options.format == "csv") read_csv_series();
  else if (options.format == "ucr") read_ucr_series();
  else if (options.format == "audio") read_recordings();
  else read_rolls();
  for (const Sequences& sequences : parts_)
    for (int64_t s = 0; s < sequences.size(); ++s) has_lengths_ |= sequences.length(s) != parts_[0].length(0);
}

void DensityTask::read_csv_series() {
  if (options_.importance_samples > 1 && options_.warm_up > 0)
    throw UserError("task.importance_samples weighs whole sequences, but those of task.data.warm_up begin with steps that do not count; set one of them "
                    "to its default");
  const NumericTable table = read_csv(options_.csv, options_.columns);
  const PartRanges ranges = split_in_order(table.rows, {options_.train_share, options_.valid_share, options_.test_share}, options_.csv);
  const auto C = static_cast<int64_t>(table.columns.size());
  if (ranges[Part::train].size() == 0)
    throw UserError(Place{options_.csv}, fmt::format("the training part has none of {} rows; raise task.data.train_share", table.rows));
  const Standardizer standardizer = Standardizer::fit(std::span(table.values).first(static_cast<size_t>(ranges[Part::train].size() * C)), table.columns, options_.csv);
  std::vector<float> values(table.values.size());
  standardizer.apply(table.values, values);
  for (const Part each : kParts) {
    part(each).features = C;
    for (const Cut& cut : cut_series(ranges[each], 0, options_.steps, options_.warm_up)) add_cut(values, cut, options_.warm_up > 0, part(each));
  }
  columns_ = table.columns;
  mean_ = standardizer.mean();
  deviation_ = standardizer.deviation();
}

void DensityTask::read_ucr_series() {
  LabelledSequences train = read_ucr(options_.train), test = read_ucr(options_.test);
  check_dimensions(train, test);
  divide(std::move(train), std::move(test));
}

void DensityTask::read_recordings() { divide(read_audio(recordings_of(options_, false)), {}); }

void DensityTask::divide(LabelledSequences train, LabelledSequences test) {
  const bool own_test = !test.file.empty();
  ClassificationOptions split;
  split.valid = options_.valid_share;
  split.test_where = options_.test_where;
  const PartRows rows = split_rows(train.labels, own_test ? test.sequences.size() : -1, split, train.file, train.test_rows, {}, "task.data.valid_share");
  const Standardizer scale = scale_of(train.sequences, rows[0], train.columns, train.file);
  mean_ = scale.mean();
  deviation_ = scale.deviation();
  columns_ = train.columns.empty() ? std::vector<std::string>{"value"} : std::move(train.columns);
  reader_facts_ = std::move(train.facts);
  for (const Part each : kParts) {
    const Sequences& from = own_test && each == Part::test ? test.sequences : train.sequences;
    Sequences& into = part(each);
    into.features = train.sequences.features;
    append_rows(from, rows[static_cast<size_t>(each)], into);
    apply_scale(scale, into);
  }
}

void DensityTask::read_rolls() {
  const PianoRolls rolls = read_piano_rolls(options_.json);
  distribution_ = OutputSpec::Distribution::bernoulli;
  for (int64_t pitch = kLowestPitch; pitch <= kHighestPitch; ++pitch) columns_.push_back(fmt::format("{}", pitch));
  for (const Part each : kParts) {
    Sequences& into = part(each);
    into.features = kKeys;
    for (const Piece& piece : rolls[static_cast<size_t>(each)]) {
      const auto first = static_cast<size_t>(into.begin.back() * kKeys);
      into.values.resize(first + piece.size() * static_cast<size_t>(kKeys));
      for (size_t t = 0; t < piece.size(); ++t)
        for (const uint8_t key : piece[t]) into.values[first + t * static_cast<size_t>(kKeys) + key] = 1;
      into.begin.push_back(into.begin.back() + static_cast<int64_t>(piece.size()));
    }
  }
}

TaskSpec DensityTask::spec() const {
  TaskSpec spec;
  const auto C = static_cast<int64_t>(columns_.size());
  spec.input = {InputSpec::Kind::continuous, C};
  spec.output = {OutputSpec::Kind::density, OutputSpec::At::every_step, C, false, distribution_};
  spec.has_lengths = has_lengths_;
  spec.has_counts = !sequences(Part::train).counts.empty();
  return spec;
}

Encoding DensityTask::encoding() const {
  Encoding encoding;
  encoding.kind = "density";
  encoding.unit = distribution_ == OutputSpec::Distribution::gaussian ? "gaussian" : "bernoulli";
  encoding.columns = columns_;
  encoding.mean = mean_;
  encoding.deviation = deviation_;
  encoding.window = has_lengths_ ? 0 : sequences(Part::train).length(0);
  return encoding;
}

std::vector<MetricInfo> DensityTask::metrics() const { return DensityScore::metrics(options_.importance_samples); }

std::unique_ptr<Batches> DensityTask::batches(Part each, int64_t batch_size) const {
  const auto draws = static_cast<size_t>(each == Part::test ? options_.importance_samples : 1);
  std::vector<uint32_t> rows(static_cast<size_t>(sequences(each).size()) * draws);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<uint32_t>(i / draws);
  return std::make_unique<SequenceBatches>(sequences(each), std::move(rows), OutputSpec::At::every_step, batch_size, has_lengths_, each == Part::train,
                                           each == Part::test ? 1 : 0);
}

std::unique_ptr<Score> DensityTask::score() const { return std::make_unique<DensityScore>(options_.importance_samples); }

std::vector<Baseline> DensityTask::baselines() const {
  std::vector<Baseline> baselines;
  for (const bool first_order : {false, true}) {
    const NaiveDensity naive(sequences(Part::train), distribution_, first_order);
    for (const Part each : {Part::valid, Part::test})
      if (sequences(each).size() > 0)
        baselines.push_back({first_order ? "first_order" : "independent", each, std::vector<double>(metrics().size(), naive.mean_nats(sequences(each)))});
  }
  return baselines;
}

std::vector<Fact> DensityTask::facts() const {
  std::vector<Fact> facts;
  for (const std::string* file : {&options_.csv, &options_.train, &options_.test, &options_.json, &options_.file})
    if (!file->empty()) facts.push_back({"file", *file});
  facts.insert(facts.end(), reader_facts_.begin(), reader_facts_.end());
  facts.push_back({"values", columns_.size() > 20 ? fmt::format("{} a step", columns_.size()) : fmt::format("{}", fmt::join(columns_, ", "))});
  if (!deviation_.empty()) {
    double nats = 0;
    for (const double deviation : deviation_) nats += std::log(deviation);
    facts.push_back({"units", fmt::format("nats are of standardised values; {:+.4f} nats a step makes them of the data's own", nats)});
  }
  for (const Part each : kParts)
    facts.push_back({std::string(to_string(each)), fmt::format("{} sequences, {} steps", sequences(each).size(), counted_steps(sequences(each)))});
  return facts;
}

}  // namespace recur::data
