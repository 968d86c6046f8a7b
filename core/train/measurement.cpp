#include "measurement.hpp"

#include <fmt/format.h>

#include <limits>

namespace recur::train {

void Measurement::reset() {
  score_->reset();
  sum_ = 0;
  counted_ = 0;
}

void Measurement::add(const BatchFeed::Result& result) {
  score_->add(result.outcome);
  sum_ += result.data_loss * static_cast<double>(result.counted);
  counted_ += result.counted;
}

double Measurement::loss() const {
  return counted_ > 0 ? sum_ / static_cast<double>(counted_) : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> Measurement::values() const {
  std::vector<double> values{loss()};
  const std::vector<double> scores = score_->values();
  values.insert(values.end(), scores.begin(), scores.end());
  return values;
}

std::vector<std::string> metric_names(const data::Task& task, data::Part part) {
  std::vector<std::string> names{fmt::format("{}/loss", to_string(part))};
  for (const data::MetricInfo& metric : task.metrics()) names.push_back(fmt::format("{}/{}", to_string(part), metric.name));
  return names;
}

bool measure(const data::Batches& batches, BatchFeed& feed, uint64_t noise_seed, const std::function<bool()>& stop, Measurement& into) {
  into.reset();
  for (int64_t b = 0; b < batches.size(); ++b) {
    if (stop && stop()) return false;
    into.add(feed.run(batches, b, b == 0, {noise_seed, static_cast<uint64_t>(b)}));
  }
  return true;
}

}  // namespace recur::train
