#include "anomaly_series.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <span>
#include <string_view>
#include <utility>

#include "archive.hpp"
#include "recur/data/csv.hpp"
#include "recur/data/standardizer.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

namespace json = boost::json;

// A table whose label, if it has one, is taken out of its columns.
struct LabelledTable {
  std::vector<std::string> columns;
  std::vector<double> values;      // [P, C]
  std::vector<uint8_t> anomalous;  // [P]; empty without labels

  int64_t rows() const { return static_cast<int64_t>(values.size() / columns.size()); }
};

// ignored: columns that are left out, beside the label.
LabelledTable without_label(NumericTable table, const std::string& label, const std::vector<std::string>& ignored, const std::string& file) {
  LabelledTable out;
  std::vector<size_t> kept;
  size_t labelled = table.columns.size();
  for (size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c] == label) labelled = c;
    else if (std::find(ignored.begin(), ignored.end(), table.columns[c]) == ignored.end()) kept.push_back(c);
  }
  if (kept.empty()) throw UserError(Place{file}, fmt::format("has no column of numbers beside {}; give a file that holds a series", label));
  for (const size_t c : kept) out.columns.push_back(table.columns[c]);
  const size_t width = table.columns.size();
  for (size_t row = 0; row < static_cast<size_t>(table.rows); ++row) {
    for (const size_t c : kept) out.values.push_back(table.values[row * width + c]);
    if (labelled < width) out.anomalous.push_back(table.values[row * width + labelled] > 0 ? 1 : 0);
  }
  return out;
}

// Mean and deviation of the normal rows among the first `learned`.
Standardizer normal_scale(const std::string& file, const std::vector<double>& values, const std::vector<uint8_t>& anomalous, int64_t learned, size_t width) {
  std::vector<double> normal;
  for (size_t row = 0; row < static_cast<size_t>(learned); ++row)
    if (anomalous[row] == 0) normal.insert(normal.end(), values.begin() + static_cast<std::ptrdiff_t>(row * width), values.begin() + static_cast<std::ptrdiff_t>((row + 1) * width));
  if (normal.empty()) throw UserError(Place{file}, fmt::format("none of the first {} rows, which are learned from, is normal; leave the file out", learned));
  return Standardizer::fit_or_center(normal, width);
}

AnomalySeries standardized(std::string name, const std::string& file, const std::vector<double>& values, std::vector<uint8_t> anomalous, int64_t learned, size_t width) {
  const Standardizer scale = normal_scale(file, values, anomalous, learned, width);
  AnomalySeries series{.name = std::move(name), .values = std::vector<float>(values.size()), .anomalous = std::move(anomalous), .learned = learned, .tested = learned};
  scale.apply(values, series.values);
  return series;
}

// Timestamps of NAB as its CSV files have them: labels carry fractions of a second in addition, which are all zero.
constexpr size_t kTimestamp = std::string_view("2014-04-10 07:15:00").size();

class Windows {
 public:
  Windows(const std::string& place, const std::string& text) : place_(place) {
    json::error_code error;
    root_ = json::parse(text, error);
    if (error || root_.if_object() == nullptr)
      throw UserError(Place{place}, fmt::format("is no JSON object of windows{}; get the corpus anew", error ? " (" + error.message() + ")" : ""));
  }

  // Windows of the file with this name, which may stand in folders that the labels do not name.
  const json::array& of(const std::string& name, const Place& file) const {
    for (const auto& [key, windows] : root_.get_object()) {
      const std::string_view known(key.data(), key.size());
      if (name != known && !name.ends_with("/" + std::string(known))) continue;
      if (windows.if_array() == nullptr) fail(known);
      return windows.get_array();
    }
    throw UserError(file, fmt::format("{} has no windows for it, not even none; get the corpus anew", place_));
  }

  size_t size() const { return root_.get_object().size(); }

  std::pair<std::string_view, std::string_view> ends(const json::value& window, std::string_view name) const {
    const json::array* const both = window.if_array();
    if (both == nullptr || both->size() != 2 || !both->front().is_string() || !both->back().is_string()) fail(name);
    const std::string_view begin = both->front().get_string(), end = both->back().get_string();
    if (begin.size() < kTimestamp || end.size() < kTimestamp || end < begin) fail(name);
    return {begin.substr(0, kTimestamp), end.substr(0, kTimestamp)};
  }

 private:
  [[noreturn]] void fail(std::string_view name) const {
    throw UserError(Place{place_}, fmt::format("{}: expected a list of windows, each two timestamps such as 2014-04-10 07:15:00 in order; correct it", name));
  }

  const std::string place_;
  json::value root_;
};

AnomalySeries read_nab_series(const std::string& archive, const ArchiveFile& file, const Windows& windows) {
  const std::string place = archive + ":" + file.name;
  const NumericTable table = parse_csv(place, file.bytes, {"value"});
  const TextTable times = parse_csv_texts(place, file.bytes, {"timestamp"});
  std::vector<uint8_t> anomalous(static_cast<size_t>(table.rows));
  for (const json::value& window : windows.of(file.name, Place{place})) {
    const auto [begin, end] = windows.ends(window, file.name);
    for (size_t row = 0; row < anomalous.size(); ++row) {
      const std::string_view time = std::string_view(times.rows[row].values[0]).substr(0, kTimestamp);
      if (time.size() < kTimestamp) throw UserError(Place{place, times.rows[row].line, 1}, fmt::format("'{}' is no timestamp such as 2014-04-10 07:15:00; correct it", time));
      if (begin <= time && time <= end) anomalous[row] = 1;
    }
  }
  // As the corpus's own programs have it: min(floor(0.15 rows), 0.15 * 5000).
  const int64_t learned = std::min<int64_t>(table.rows * 15 / 100, 750);
  if (learned < 2) throw UserError(Place{place}, fmt::format("has {} rows; 15 % of them are too few to learn from", table.rows));
  return standardized(file.name, place, table.values, std::move(anomalous), learned, 1);
}

}  // namespace

AnomalyCorpus read_skab(const AnomalyOptions& options) {
  AnomalyCorpus corpus;
  for (const ArchiveFile& file : read_archive(options.archive, ".csv")) {
    const std::string place = options.archive + ":" + file.name;
    LabelledTable table = without_label(parse_csv(place, file.bytes), "anomaly", {"datetime", "changepoint"}, place);
    if (corpus.columns.empty()) corpus.columns = table.columns;
    if (table.columns != corpus.columns)
      throw UserError(Place{place, 1}, fmt::format("has the columns {}, but other files have {}; give files that belong together", fmt::join(table.columns, ", "),
                                                   fmt::join(corpus.columns, ", ")));
    const bool labelled = !table.anomalous.empty();
    if (!labelled && !options.anomaly_free) continue;
    if (labelled && table.rows() <= options.train_rows)
      throw UserError(Place{place}, fmt::format("has {} rows, and the first {} are learned from; lower task.data.train_rows", table.rows(), options.train_rows));
    table.anomalous.resize(static_cast<size_t>(table.rows()));
    const int64_t learned = labelled ? options.train_rows : table.rows();
    corpus.series.push_back(standardized(file.name, place, table.values, std::move(table.anomalous), learned, table.columns.size()));
    if (labelled && options.test_learned) corpus.series.back().tested = 0;
  }
  return corpus;
}

AnomalyCorpus read_nab(const AnomalyOptions& options) {
  constexpr const char* kWindows = "labels/combined_windows.json";
  const std::vector<ArchiveFile> labels = read_archive(options.archive, kWindows);
  const Windows windows(options.archive + ":" + labels.front().name, labels.front().bytes);
  AnomalyCorpus corpus{.columns = {"value"}, .series = {}};
  for (const ArchiveFile& file : read_archive(options.archive, ".csv")) corpus.series.push_back(read_nab_series(options.archive, file, windows));
  if (corpus.series.size() != windows.size())
    throw UserError(Place{options.archive}, fmt::format("has {} series, but {} has windows for {}; get the corpus anew", corpus.series.size(), kWindows, windows.size()));
  return corpus;
}

AnomalyCorpus read_anomaly_csv(const AnomalyOptions& options) {
  const NumericTable normal = read_csv(options.train, options.columns);
  LabelledTable train = without_label(normal, options.label, {}, options.train);
  if (std::find(train.anomalous.begin(), train.anomalous.end(), uint8_t{1}) != train.anomalous.end())
    throw UserError(Place{options.train}, fmt::format("column '{}' marks rows as anomalous, but this file is learned from as normal; leave these rows out", options.label));
  std::vector<std::string> wanted = train.columns;
  wanted.push_back(options.label);
  LabelledTable test = without_label(read_csv(options.test, wanted), options.label, {}, options.test);
  const size_t width = train.columns.size();
  train.anomalous.assign(static_cast<size_t>(train.rows()), 0);
  const Standardizer scale = Standardizer::fit(train.values, train.columns, options.train);
  AnomalyCorpus corpus{.columns = train.columns, .series = {}};
  for (LabelledTable* table : {&train, &test}) {
    AnomalySeries& series = corpus.series.emplace_back();
    series.name = table == &train ? options.train : options.test;
    series.values.resize(table->values.size());
    scale.apply(table->values, series.values);
    series.anomalous = std::move(table->anomalous);
    series.learned = series.tested = table == &train ? static_cast<int64_t>(table->values.size() / width) : 0;
  }
  return corpus;
}

}  // namespace recur::data
