#include "recur/data/anomaly.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "anomaly_series.hpp"
#include "class_split.hpp"
#include "labelled_files.hpp"
#include "naive_density.hpp"
#include "recur/data/standardizer.hpp"
#include "recur/error/error.hpp"
#include "scaled_sequences.hpp"
#include "sequence_batches.hpp"
#include "series_cut.hpp"

namespace recur::data {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// The order in which the batches of a part that is not shuffled give its sequences, whatever their size.
std::vector<uint32_t> order_of(const Sequences& sequences) {
  return SequenceBatches(sequences, all_rows(sequences), OutputSpec::At::every_step, 1, true, false).order();
}

// The stretches of normal rows among those that are learned from.
std::vector<Range> normal_runs(const AnomalySeries& series) {
  std::vector<Range> runs;
  for (int64_t row = 0; row < series.learned; ++row) {
    if (series.anomalous[static_cast<size_t>(row)] != 0) continue;
    if (runs.empty() || runs.back().end != row) runs.push_back({row, row});
    runs.back().end = row + 1;
  }
  return runs;
}

AnomalyCorpus read_corpus(const AnomalyOptions& options) {
  if (options.format == "skab") return read_skab(options);
  if (options.format == "nab") return read_nab(options);
  return read_anomaly_csv(options);
}

}  // namespace

AnomalyTask::AnomalyTask(const AnomalyOptions& options) : options_(options) {
  options.format == "ucr" ? read_ucr_series() : read_series();
  const std::string& file = options.archive.empty() ? options.train : options.archive;
  for (const Part each : kParts) {
    if (sequences(each).size() > 0 || (each == Part::valid && options.valid_share == 0)) continue;
    throw UserError(Place{file}, fmt::format("the {} part is empty; {}", to_string(each),
                                             each == Part::test ? "give labelled series" : "change task.data.valid_share, or give more to learn from"));
  }
  for (const Sequences& sequences : parts_)
    for (int64_t s = 0; s < sequences.size(); ++s) has_lengths_ |= sequences.length(s) != parts_[0].length(0);
}

void AnomalyTask::read_ucr_series() {
  const LabelledSequences train = read_ucr(options_.train), test = read_ucr(options_.test);
  for (const LabelledSequences* each : {&train, &test})
    if (const int64_t dimensions = each->sequences.features; dimensions > 1)
      throw UserError(Place{each->file}, fmt::format("has {} dimensions; give series of one, or with format: csv a column for each", dimensions));
  std::vector<uint32_t> normal;  // of the training file
  for (size_t row = 0; row < train.labels.size(); ++row)
    if (train.labels[row] == options_.normal) normal.push_back(static_cast<uint32_t>(row));
  if (normal.empty())
    throw UserError(Place{options_.train}, fmt::format("has no sequence of class '{}'; give one of its classes as task.data.normal", options_.normal));
  ClassificationOptions split;
  split.valid = options_.valid_share;
  PartRows rows = split_rows(std::vector<std::string>(normal.size(), options_.normal), test.sequences.size(), split, options_.train, {}, {}, "task.data.valid_share");
  for (const Part each : {Part::train, Part::valid})
    for (uint32_t& row : rows[static_cast<size_t>(each)]) row = normal[row];
  columns_ = {"value"};
  const Standardizer scale = scale_of(train.sequences, rows[0], {}, options_.train);
  mean_ = scale.mean();
  deviation_ = scale.deviation();
  for (const Part each : kParts) {
    Sequences& into = part(each);
    into.features = 1;
    append_rows(each == Part::test ? test.sequences : train.sequences, rows[static_cast<size_t>(each)], into);
    apply_scale(scale, into);
  }
  targets_.sequences = true;
  std::vector<AnomalyTargets::Row> targets;
  for (int64_t s = 0; s < test.sequences.size(); ++s) {
    targets_.anomalous.push_back(test.labels[static_cast<size_t>(s)] == options_.normal ? 0 : 1);
    targets.push_back({s, 0});
  }
  targets_.begin.push_back(test.sequences.size());
  series_ = test.sequences.size();
  order_targets(targets);
}

void AnomalyTask::read_series() {
  const AnomalyCorpus corpus = read_corpus(options_);
  columns_ = corpus.columns;
  series_ = static_cast<int64_t>(corpus.series.size());
  targets_.average = options_.average;
  const bool counts = options_.warm_up > 0;
  for (Sequences& each : parts_) each.features = static_cast<int64_t>(columns_.size());
  std::vector<AnomalyTargets::Row> targets;
  for (const AnomalySeries& series : corpus.series) {
    const auto add = [&](Part to, Range range, int64_t earliest) {
      std::vector<Cut> cuts = cut_series(range, earliest, options_.steps, options_.warm_up);
      for (const Cut& cut : cuts) add_cut(series.values, cut, counts, part(to));
      return cuts;
    };
    const int64_t border = series.learned - static_cast<int64_t>(std::floor(options_.valid_share * static_cast<double>(series.learned)));
    for (const Range& run : normal_runs(series)) {
      add(Part::train, {run.begin, std::min(run.end, std::max(run.begin, border))}, run.begin);
      if (run.end > border) add(Part::valid, {std::max(run.begin, border), run.end}, run.begin);
    }
    const int64_t first = targets_.begin.back();
    for (const Cut& cut : add(Part::test, {series.tested, series.rows()}, 0)) targets.push_back({first + cut.begin + cut.context - series.tested, cut.context});
    targets_.anomalous.insert(targets_.anomalous.end(), series.anomalous.begin() + series.tested, series.anomalous.end());
    targets_.begin.push_back(static_cast<int64_t>(targets_.anomalous.size()));
  }
  order_targets(targets);
}

// rows: by sequence of the test part; kept in the order of its batches.
void AnomalyTask::order_targets(const std::vector<AnomalyTargets::Row>& rows) {
  for (const uint32_t row : order_of(sequences(Part::test))) targets_.rows.push_back(rows[row]);
}

TaskSpec AnomalyTask::spec() const {
  TaskSpec spec;
  const auto C = static_cast<int64_t>(columns_.size());
  spec.input = {InputSpec::Kind::continuous, C};
  spec.output = {OutputSpec::Kind::density, OutputSpec::At::every_step, C, false, OutputSpec::Distribution::gaussian};
  spec.has_lengths = has_lengths_;
  spec.has_counts = !sequences(Part::train).counts.empty();
  return spec;
}

Encoding AnomalyTask::encoding() const {
  Encoding encoding;
  encoding.kind = "anomaly";
  encoding.unit = "gaussian";
  encoding.columns = columns_;
  encoding.mean = mean_;
  encoding.deviation = deviation_;
  encoding.window = has_lengths_ ? 0 : sequences(Part::train).length(0);
  return encoding;
}

std::vector<MetricInfo> AnomalyTask::metrics() const { return AnomalyScore::metrics(targets_.sequences); }

std::unique_ptr<Batches> AnomalyTask::batches(Part each, int64_t batch_size) const {
  return std::make_unique<SequenceBatches>(sequences(each), all_rows(sequences(each)), OutputSpec::At::every_step, batch_size, has_lengths_, each == Part::train,
                                           each == Part::test ? 1 : 0);
}

std::unique_ptr<Score> AnomalyTask::score() const { return std::make_unique<AnomalyScore>(targets_); }

template <class ScoreStep>
std::vector<double> AnomalyTask::scores(bool largest, ScoreStep score_step) const {
  const Sequences& test = sequences(Part::test);
  const std::vector<uint32_t> order = order_of(test);
  std::vector<double> scores(targets_.anomalous.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const AnomalyTargets::Row& row = targets_.rows[i];
    const int64_t length = test.length(order[i]) - row.context;
    double sum = 0, most = 0;
    for (int64_t t = 0; t < length; ++t) {
      const double score = score_step(test.values.data() + (test.begin[order[i]] + row.context + t) * test.features, t);
      sum += score, most = std::max(most, score);
      if (!targets_.sequences) scores[static_cast<size_t>(row.target + t)] = score;
    }
    if (targets_.sequences) scores[static_cast<size_t>(row.target)] = largest ? most : sum / static_cast<double>(length);
  }
  return scores;
}

std::vector<Baseline> AnomalyTask::baselines() const {
  std::vector<Baseline> baselines;
  const Sequences& train = sequences(Part::train);
  const auto C = static_cast<size_t>(train.features);
  const NaiveDensity independent(train, OutputSpec::Distribution::gaussian, false);
  // Mean and deviation of each value, at each step of so many.
  const auto moments = [&](size_t times) {
    std::vector<double> n(times), sum(times * C), squares(times * C);
    for (int64_t s = 0; s < train.size(); ++s)
      for (int64_t t = 0; t < train.length(s); ++t) {
        const int64_t step = train.begin[static_cast<size_t>(s)] + t;
        if (!train.counts.empty() && train.counts[static_cast<size_t>(step)] == 0) continue;
        const size_t time = static_cast<size_t>(t) % times;
        n[time] += 1;
        for (size_t c = 0; c < C; ++c) {
          const auto value = static_cast<double>(train.values[static_cast<size_t>(step) * C + c]);
          sum[time * C + c] += value, squares[time * C + c] += value * value;
        }
      }
    std::vector<std::pair<double, double>> pairs(times * C);
    for (size_t i = 0; i < pairs.size(); ++i) {
      const double mean = sum[i] / n[i / C];
      pairs[i] = {mean, std::max(std::sqrt(std::max(squares[i] / n[i / C] - mean * mean, 0.0)), kLeastDeviation)};
    }
    return pairs;
  };
  const auto add = [&](const char* name, size_t times, bool largest) {
    const auto pairs = moments(times);
    const auto zscore = [&](const float* step, int64_t t) {
      double sum = 0, most = 0;
      for (size_t c = 0; c < C; ++c) {
        const auto& [mean, deviation] = pairs[static_cast<size_t>(t) % times * C + c];
        const double z = std::abs(static_cast<double>(step[c]) - mean) / deviation;
        sum += z, most = std::max(most, z);
      }
      return largest ? most : sum / static_cast<double>(C);
    };
    const double nll = times == 1 ? independent.mean_nats(sequences(Part::test)) : kNone;
    baselines.push_back({name, Part::test, AnomalyScore::values(nll, AnomalyScore::rank(targets_, scores(largest, zscore)))});
    if (times > 1 || sequences(Part::valid).size() == 0) return;
    baselines.push_back({name, Part::valid, AnomalyScore::values(independent.mean_nats(sequences(Part::valid)), rank({}))});
  };
  baselines.push_back({"constant", Part::test, AnomalyScore::values(kNone, AnomalyScore::rank(targets_, scores(false, [](const float*, int64_t) { return 0.0; })))});
  if (C == 1 && !targets_.sequences) {
    add("zscore", 1, false);
  } else {
    add("zscore_mean", 1, false);
    add("zscore_max", 1, true);
  }
  if (targets_.sequences && !has_lengths_) add("position_zscore", static_cast<size_t>(train.length(0)), false);
  return baselines;
}

std::vector<Fact> AnomalyTask::facts() const {
  std::vector<Fact> facts;
  for (const std::string* file : {&options_.archive, &options_.train, &options_.test})
    if (!file->empty()) facts.push_back({"file", *file});
  facts.push_back({"values", fmt::format("{}", fmt::join(columns_, ", "))});
  if (!targets_.sequences) facts.push_back({"series", fmt::format("{}", series_)});
  for (const Part each : kParts) {
    std::string value = fmt::format("{} sequences, {} steps", sequences(each).size(), counted_steps(sequences(each)));
    if (each == Part::test)
      value += fmt::format("; {} of {} {} are anomalous", std::count(targets_.anomalous.begin(), targets_.anomalous.end(), uint8_t{1}), targets_.anomalous.size(),
                           targets_.sequences ? "sequences" : "steps");
    else if (sequences(each).size() > 0)
      value += "; none is anomalous, so that only nll is defined";
    facts.push_back({std::string(to_string(each)), std::move(value)});
  }
  return facts;
}

}  // namespace recur::data
