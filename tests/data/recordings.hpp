// Recordings as the files that they would lie in.
#pragma once

#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

namespace recur::data {

// A WAV file of 16 bits, by hand: the sizes in its header can be made to lie. samples: channels side by side.
inline std::string wav(const std::vector<int16_t>& samples, uint32_t rate = 8000, uint16_t channels = 1) {
  std::string out;
  const auto number = [&](uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  };
  const auto size = static_cast<uint32_t>(2 * samples.size());
  out += "RIFF", number(36 + size, 4), out += "WAVE";
  out += "fmt ", number(16, 4), number(1, 2), number(channels, 2), number(rate, 4), number(2 * channels * rate, 4), number(2u * channels, 2), number(16, 2);
  out += "data", number(size, 4);
  for (const int16_t sample : samples) number(static_cast<uint16_t>(sample), 2);
  return out;
}

// What libsndfile writes: SF_FORMAT_FLAC | SF_FORMAT_PCM_16, say.
inline std::string encoded(const std::vector<float>& samples, int format, int rate = 8000, int channels = 1) {
  struct Memory {
    std::string bytes;
    sf_count_t at = 0;
  } memory;
  SF_VIRTUAL_IO io{[](void* m) { return static_cast<sf_count_t>(static_cast<Memory*>(m)->bytes.size()); },
                   [](sf_count_t offset, int whence, void* user) {
                     auto& m = *static_cast<Memory*>(user);
                     return m.at = offset + (whence == SEEK_SET ? 0 : whence == SEEK_CUR ? m.at : static_cast<sf_count_t>(m.bytes.size()));
                   },
                   [](void* to, sf_count_t count, void* user) {
                     auto& m = *static_cast<Memory*>(user);
                     count = std::min<sf_count_t>(count, static_cast<sf_count_t>(m.bytes.size()) - m.at);
                     std::memcpy(to, m.bytes.data() + m.at, static_cast<size_t>(count));
                     m.at += count;
                     return count;
                   },
                   [](const void* from, sf_count_t count, void* user) {
                     auto& m = *static_cast<Memory*>(user);
                     m.bytes.resize(std::max(m.bytes.size(), static_cast<size_t>(m.at + count)));
                     std::memcpy(m.bytes.data() + m.at, from, static_cast<size_t>(count));
                     m.at += count;
                     return count;
                   },
                   [](void* m) { return static_cast<Memory*>(m)->at; }};
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = channels;
  info.format = format;
  SNDFILE* const file = sf_open_virtual(&io, SFM_WRITE, &info, &memory);
  if (file == nullptr) throw std::runtime_error(sf_strerror(nullptr));
  sf_writef_float(file, samples.data(), static_cast<sf_count_t>(samples.size()) / channels);
  sf_close(file);
  return memory.bytes;
}

inline std::vector<int16_t> tone(double hertz, size_t samples, double rate = 8000, double amplitude = 8000) {
  std::vector<int16_t> out;
  for (size_t i = 0; i < samples; ++i)
    out.push_back(static_cast<int16_t>(std::lround(amplitude * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate))));
  return out;
}

}  // namespace recur::data
