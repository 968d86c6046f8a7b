// Recordings as sequences of frames: mel filters' log energies, mel cepstra, or the samples themselves.
//
// x [n]: samples of one recording. W = round(window_ms rate / 1000) samples a frame, one every R = round(hop_ms rate / 1000); frames that would
// reach beyond the end are left out, so there are T = 1 + floor((n - W) / R). A recording shorter than a frame is one frame, zeros at its end.
//
//   y[i] = x[i] - a x[i-1], y[0] = (1 - a) x[0]                                      pre-emphasis by a
//   P_t[k] = |DFT_F of y[t R + i] w[i]|^2, w[i] = 0.54 - 0.46 cos(2 pi i / (W - 1))   Hamming's window; F is the least power of two from W on
//   S_t[j] = ln max(sum over k of weight_j(k) P_t[k], 1e-8),  j = 1 ... M             log_mel; mel_filters.hpp
//   c_t[i] = sqrt((i = 0 ? 1 : 2) / M) sum over j of S_t[j] cos(pi i (j - 1/2) / M)   mfcc: the orthonormal DCT-II, i = 0 ... coefficients - 1
//   d_t = sum over s = 1, 2 of s (c_{t+s} - c_{t-s}) / (2 sum of s^2)                 deltas; beyond the ends the first and last frame again
//   waveform: x[t R + i], i = 0 ... W - 1
//
// 1e-8 is about what the rounding of 16-bit samples alone puts into a filter. There is no lifter: it would scale each coefficient, and
// whoever reads these standardises every column.
//
// Source: Davis and Mermelstein 1980 (see mel_filters.hpp), with windows, cosine transform and deltas as in the HTK Book, chapter Speech
// Input/Output; there pre-emphasis begins anew in each frame, and coefficient 0 has the factor sqrt(2 / M) too.
//
// Threading: each is used from one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mel_filters.hpp"
#include "power_spectrum.hpp"
#include "recur/data/audio_options.hpp"

namespace recur::data {

class AudioFeatures {
 public:
  // Throws UserError: a window of less than two samples, a hop of less than one, filters that end above half the rate or before they begin, more
  // coefficients than filters, what MelFilters names.
  AudioFeatures(const AudioFeatureOptions& options, int64_t rate);

  // Names of the values of a frame, C: mel1 ..., mfcc0 ..., sample1 ..., then delta_mel1 ..., delta2_mel1 ...
  const std::vector<std::string>& columns() const { return columns_; }
  int64_t frames(int64_t samples) const;
  // Appends the frames of a recording, [T, C]. Requires at least one sample.
  void append(std::span<const float> samples, std::vector<float>& values);

 private:
  void name_columns();
  void append_waveform(std::span<const float> samples, std::vector<float>& values) const;
  // The first K values of frame t, without deltas.
  void spectral(std::span<const double> emphasised, int64_t t, std::span<double> values);
  // Writes the slopes of columns [from, from + K) into those behind them.
  void add_slopes(int64_t T, int64_t from);

  AudioFeatureOptions options_;
  int64_t rate_, window_, hop_;   // W, R
  int64_t basic_ = 0;             // K: columns without deltas
  std::vector<std::string> columns_;
  std::vector<double> hamming_;   // [W]
  std::vector<double> cosines_;   // mfcc: [coefficients, M]
  std::optional<PowerSpectrum> spectrum_;  // not of waveforms
  std::optional<MelFilters> filters_;
  std::vector<double> energies_;  // [M]
  std::vector<double> emphasised_, table_;  // of the recording: [n], [T, C]
};

}  // namespace recur::data
