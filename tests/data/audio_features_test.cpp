#include "../../core/data/audio_features.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <numbers>
#include <sstream>

#include "recordings.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;

std::vector<float> shares(const std::vector<int16_t>& samples) {
  std::vector<float> out;
  for (const int16_t sample : samples) out.push_back(static_cast<float>(sample) / 32768);
  return out;
}

// Of tests/golden/audio.json.
std::vector<double> golden(const std::string& name) {
  std::ifstream file(std::string(RECUR_SOURCE_DIR) + "/tests/golden/audio.json");
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::value_to<std::vector<double>>(boost::json::parse(text.str()).at(name).at("data"));
}

class AudioFeaturesTest : public Scratch {
 protected:
  std::string wrong(const AudioFeatureOptions& options, int64_t rate = 8000) const {
    return error_of([&] { AudioFeatures(options, rate); });
  }
};

TEST_F(AudioFeaturesTest, AreThoseOfTheEquations) {
  const std::vector<double> exact = golden("samples");
  const std::vector<float> samples(exact.begin(), exact.end());
  AudioFeatureOptions options;
  options.filters = 20;
  for (const char* kind : {"log_mel", "mfcc"}) {
    options.kind = kind;
    options.deltas = options.kind == "mfcc" ? 2 : 0;
    AudioFeatures features(options, 8000);
    std::vector<float> values;
    features.append(samples, values);
    const std::vector<double> expected = golden(kind);
    ASSERT_EQ(values.size(), expected.size()) << kind;
    ASSERT_EQ(static_cast<int64_t>(values.size()), features.frames(std::ssize(samples)) * std::ssize(features.columns())) << kind;
    for (size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], expected[i], 2e-6 * std::max(1.0, std::abs(expected[i]))) << kind << " " << i;
  }
}

TEST_F(AudioFeaturesTest, NameTheirColumns) {
  AudioFeatureOptions options;
  options.filters = 2;
  options.deltas = 2;
  EXPECT_THAT(AudioFeatures(options, 8000).columns(), ElementsAre("mel1", "mel2", "delta_mel1", "delta_mel2", "delta2_mel1", "delta2_mel2"));
  options.kind = "mfcc";
  options.coefficients = 1;
  options.deltas = 1;
  EXPECT_THAT(AudioFeatures(options, 8000).columns(), ElementsAre("mfcc0", "delta_mfcc0"));
}

TEST_F(AudioFeaturesTest, TakeWholeFramesAndAtLeastOne) {
  AudioFeatures features({}, 8000);  // 200 samples every 80
  EXPECT_EQ(features.frames(1), 1);
  EXPECT_EQ(features.frames(200), 1);
  EXPECT_EQ(features.frames(279), 1);
  EXPECT_EQ(features.frames(280), 2);
  std::vector<float> values;
  features.append(std::vector<float>{0.5f}, values);
  EXPECT_EQ(values.size(), 40u);
}

TEST_F(AudioFeaturesTest, OfAWaveformAreItsSamples) {
  AudioFeatureOptions options;
  options.kind = "waveform";
  options.window_ms = 3;
  options.hop_ms = 2;
  AudioFeatures features(options, 1000);
  std::vector<float> values;
  features.append(std::vector<float>{1, 2, 3, 4, 5, 6}, values);
  EXPECT_THAT(values, ElementsAre(1, 2, 3, 3, 4, 5));
  values.clear();
  features.append(std::vector<float>{7, 8}, values);
  EXPECT_THAT(values, ElementsAre(7, 8, 0));
}

TEST_F(AudioFeaturesTest, PutATonesEnergyIntoTheFilterThatItLiesIn) {
  AudioFeatureOptions options;
  options.filters = 20;
  AudioFeatures features(options, 8000);
  const double width = mel_of(4000) / 21;
  for (const int64_t filter : {3, 10, 19}) {  // from 1
    std::vector<float> values;
    features.append(shares(tone(hertz_of(width * static_cast<double>(filter)), 200)), values);
    EXPECT_EQ(std::max_element(values.begin(), values.end()) - values.begin() + 1, filter);
  }
}

TEST_F(AudioFeaturesTest, HaveAFloorWhereThereIsSilence) {
  AudioFeatures features({}, 8000);
  std::vector<float> values;
  features.append(std::vector<float>(400, 0.0f), values);
  for (const float value : values) EXPECT_FLOAT_EQ(value, static_cast<float>(std::log(1e-8)));
}

TEST_F(AudioFeaturesTest, SayWhatCannotBe) {
  AudioFeatureOptions options;
  options.window_ms = 0.1;
  EXPECT_EQ(wrong(options), "task.data.features.window_ms: 0.1 ms are 1 samples at 8000 Hz; give at least 0.25");
  options = {};
  options.hop_ms = 0.01;
  EXPECT_EQ(wrong(options), "task.data.features.hop_ms: 0.01 ms are no sample at 8000 Hz; give at least 0.125");
  options = {};
  options.high_hz = 5000;
  EXPECT_EQ(wrong(options), "task.data.features.high_hz: 5000 Hz is above 4000 Hz, half the sampling rate, where recordings end; give at most that");
  options.high_hz = 300;
  options.low_hz = 300;
  EXPECT_EQ(wrong(options), "task.data.features.low_hz: 300 Hz is not below the upper end, 300 Hz; lower it");
  options = {};
  options.kind = "mfcc";
  options.coefficients = 41;
  EXPECT_EQ(wrong(options), "task.data.features.coefficients: 41 of 40 filters; ask for at most as many as there are filters");
  options = {};
  options.filters = 128;
  EXPECT_EQ(wrong(options), "task.data.features.filters: filter 1 of 128, 0 ... 21 Hz, lies between two frequencies of the spectrum, which are 31.2 Hz apart; ask for "
                            "fewer filters or a longer window");
}

TEST(MelFiltersTest, FollowTheScaleOfItsSource) {
  EXPECT_NEAR(mel_of(1000), 1000, 0.1);  // by construction 1000 Hz are 1000 mel
  EXPECT_NEAR(hertz_of(mel_of(3000)), 3000, 1e-9);
}

TEST(MelFiltersTest, SumToOneBetweenCentres) {
  const MelFilters filters(10, 100, 3900, 8000, 512);
  const double width = (mel_of(3900) - mel_of(100)) / 11, first = hertz_of(mel_of(100) + width), last = hertz_of(mel_of(3900) - width);
  std::vector<double> power(257), energies(10);
  for (size_t k = 0; k < power.size(); ++k) {
    std::fill(power.begin(), power.end(), 0.0);
    power[k] = 1;
    filters.apply(power, energies);
    const double sum = std::accumulate(energies.begin(), energies.end(), 0.0), hertz = static_cast<double>(k) * 8000 / 512;
    const bool between = hertz >= first && hertz <= last, outside = hertz <= 100 || hertz >= 3900;
    EXPECT_NEAR(sum, between ? 1 : outside ? 0 : 0.5, between || outside ? 1e-12 : 0.5) << hertz;
  }
}

TEST(PowerSpectrumTest, HoldsTheEnergyOfTheFrame) {
  PowerSpectrum spectrum(64);
  double energy = 0;
  for (size_t i = 0; i < 64; ++i) {
    spectrum.frame()[i] = std::sin(0.1 * static_cast<double>(i * i));
    energy += std::pow(spectrum.frame()[i], 2);
  }
  const std::span<const double> power = spectrum.of_frame();
  ASSERT_EQ(power.size(), 33u);
  double sum = power[0] + power[32];
  for (size_t k = 1; k < 32; ++k) sum += 2 * power[k];
  EXPECT_NEAR(sum, 64 * energy, 1e-9 * sum);
}

TEST(PowerSpectrumTest, OfAToneIsOneLine) {
  PowerSpectrum spectrum(32);
  for (size_t i = 0; i < 32; ++i) spectrum.frame()[i] = std::cos(2 * std::numbers::pi * 5 * static_cast<double>(i) / 32);
  const std::span<const double> power = spectrum.of_frame();
  for (size_t k = 0; k < power.size(); ++k) EXPECT_NEAR(power[k], k == 5 ? 256 : 0, 1e-10) << k;
}

}  // namespace
}  // namespace recur::data
