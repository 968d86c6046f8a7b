#include "audio_features.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "recur/error/error.hpp"

namespace recur::data {
namespace {

constexpr double kFloor = 1e-8;
constexpr int64_t kReach = 2;  // frames on each side that a slope looks at

double number(int64_t value) { return static_cast<double>(value); }

int64_t samples_in(double milliseconds, int64_t rate) { return std::llround(milliseconds * number(rate) / 1000); }

}  // namespace

AudioFeatures::AudioFeatures(const AudioFeatureOptions& options, int64_t rate)
    : options_(options), rate_(rate), window_(samples_in(options.window_ms, rate)), hop_(samples_in(options.hop_ms, rate)) {
  const auto fail = [](const char* key, const std::string& what) { throw UserError(fmt::format("task.data.features.{}: {}", key, what)); };
  if (window_ < 2) fail("window_ms", fmt::format("{} ms are {} samples at {} Hz; give at least {:.4g}", options.window_ms, window_, rate, 2000 / number(rate)));
  if (hop_ < 1) fail("hop_ms", fmt::format("{} ms are no sample at {} Hz; give at least {:.4g}", options.hop_ms, rate, 1000 / number(rate)));
  if (options_.kind == "waveform") {
    basic_ = window_;
    name_columns();
    return;
  }
  const double half = number(rate) / 2, high = options_.high_hz > 0 ? options_.high_hz : half;
  if (high > half) fail("high_hz", fmt::format("{} Hz is above {} Hz, half the sampling rate, where recordings end; give at most that", high, half));
  if (options_.low_hz >= high) fail("low_hz", fmt::format("{} Hz is not below the upper end, {} Hz; lower it", options_.low_hz, high));
  const bool cepstra = options_.kind == "mfcc";
  if (cepstra && options_.coefficients > options_.filters)
    fail("coefficients", fmt::format("{} of {} filters; ask for at most as many as there are filters", options_.coefficients, options_.filters));

  spectrum_.emplace(static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(window_))));
  filters_.emplace(options_.filters, options_.low_hz, high, rate, spectrum_->points());
  energies_.resize(static_cast<size_t>(options_.filters));
  for (int64_t i = 0; i < window_; ++i) hamming_.push_back(0.54 - 0.46 * std::cos(2 * std::numbers::pi * number(i) / number(window_ - 1)));
  basic_ = cepstra ? options_.coefficients : options_.filters;
  if (cepstra)
    for (int64_t i = 0; i < basic_; ++i)
      for (int64_t j = 0; j < options_.filters; ++j)
        cosines_.push_back(std::sqrt((i == 0 ? 1 : 2) / number(options_.filters)) *
                           std::cos(std::numbers::pi * number(i) * (number(j) + 0.5) / number(options_.filters)));
  name_columns();
}

void AudioFeatures::name_columns() {
  const std::string name = options_.kind == "mfcc" ? "mfcc" : options_.kind == "log_mel" ? "mel" : "sample";
  const int64_t first = options_.kind == "mfcc" ? 0 : 1;
  for (int64_t i = 0; i < basic_; ++i) columns_.push_back(fmt::format("{}{}", name, first + i));
  if (!spectrum_) return;
  for (int64_t order = 1; order <= options_.deltas; ++order)
    for (int64_t i = 0; i < basic_; ++i) columns_.push_back(fmt::format("delta{}_{}", order == 1 ? "" : "2", columns_[static_cast<size_t>(i)]));
}

int64_t AudioFeatures::frames(int64_t samples) const { return samples <= window_ ? 1 : 1 + (samples - window_) / hop_; }

void AudioFeatures::append(std::span<const float> samples, std::vector<float>& values) {
  RECUR_CHECK(!samples.empty(), "{} samples", samples.size());
  if (!spectrum_) return append_waveform(samples, values);
  emphasised_.resize(samples.size());
  double before = samples[0];
  for (size_t i = 0; i < samples.size(); ++i) {
    emphasised_[i] = samples[i] - options_.pre_emphasis * before;
    before = samples[i];
  }
  const int64_t T = frames(std::ssize(samples));
  const size_t C = columns_.size(), K = static_cast<size_t>(basic_);
  table_.resize(static_cast<size_t>(T) * C);
  for (int64_t t = 0; t < T; ++t) spectral(emphasised_, t, std::span(table_).subspan(static_cast<size_t>(t) * C, K));
  for (int64_t order = 0; order < options_.deltas; ++order) add_slopes(T, order * basic_);
  for (const double value : table_) values.push_back(static_cast<float>(value));
}

void AudioFeatures::append_waveform(std::span<const float> samples, std::vector<float>& values) const {
  for (int64_t t = 0; t < frames(std::ssize(samples)); ++t)
    for (int64_t i = t * hop_; i < t * hop_ + window_; ++i) values.push_back(i < std::ssize(samples) ? samples[static_cast<size_t>(i)] : 0.0f);
}

void AudioFeatures::spectral(std::span<const double> emphasised, int64_t t, std::span<double> values) {
  const std::span<double> frame = spectrum_->frame();
  std::fill(frame.begin(), frame.end(), 0.0);
  const int64_t first = t * hop_, count = std::min(window_, std::ssize(emphasised) - first);
  for (int64_t i = 0; i < count; ++i) frame[static_cast<size_t>(i)] = emphasised[static_cast<size_t>(first + i)] * hamming_[static_cast<size_t>(i)];
  filters_->apply(spectrum_->of_frame(), energies_);
  for (double& energy : energies_) energy = std::log(std::max(energy, kFloor));
  if (cosines_.empty()) {
    std::copy(energies_.begin(), energies_.end(), values.begin());
    return;
  }
  const size_t M = energies_.size();
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = 0;
    for (size_t j = 0; j < M; ++j) values[i] += cosines_[i * M + j] * energies_[j];
  }
}

void AudioFeatures::add_slopes(int64_t T, int64_t from) {
  double squares = 0;
  for (int64_t s = 1; s <= kReach; ++s) squares += 2 * number(s * s);
  const auto at = [&](int64_t t, int64_t column) -> double& {
    return table_[static_cast<size_t>(std::clamp<int64_t>(t, 0, T - 1)) * columns_.size() + static_cast<size_t>(column)];
  };
  for (int64_t t = 0; t < T; ++t)
    for (int64_t c = from; c < from + basic_; ++c) {
      double slope = 0;
      for (int64_t s = 1; s <= kReach; ++s) slope += number(s) * (at(t + s, c) - at(t - s, c));
      at(t, c + basic_) = slope / squares;
    }
}

}  // namespace recur::data
