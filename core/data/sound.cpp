#include "sound.hpp"

#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

#include "recur/error/error.hpp"

namespace recur::data {
namespace {

constexpr sf_count_t kBlock = 4096;  // frames read at once

// A file that lies in memory, as libsndfile asks for it.
struct Memory {
  std::string_view bytes;
  sf_count_t at = 0;

  static Memory& of(void* user) { return *static_cast<Memory*>(user); }
  sf_count_t size() const { return static_cast<sf_count_t>(bytes.size()); }

  static sf_count_t length(void* user) { return of(user).size(); }
  static sf_count_t tell(void* user) { return of(user).at; }
  static sf_count_t seek(sf_count_t offset, int whence, void* user) {
    Memory& m = of(user);
    const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? m.at : m.size();
    return m.at = std::clamp<sf_count_t>(from + offset, 0, m.size());
  }
  static sf_count_t read(void* to, sf_count_t count, void* user) {
    Memory& m = of(user);
    count = std::clamp<sf_count_t>(count, 0, m.size() - m.at);
    std::memcpy(to, m.bytes.data() + m.at, static_cast<size_t>(count));
    m.at += count;
    return count;
  }
};

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

uint32_t little_endian(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// Bytes of samples that the header of a WAV file promises beyond the file's end: libsndfile gives what is there and no error. A program that
// writes into a pipe does not know the size and promises as much as it can.
int64_t missing_bytes(std::string_view bytes) {
  constexpr size_t kHeader = 12, kChunk = 8;
  constexpr uint32_t kUnknown = 0xFFFFFFFF;
  if (bytes.size() < kHeader || bytes.substr(0, 4) != "RIFF" || bytes.substr(8, 4) != "WAVE") return 0;
  for (size_t at = kHeader; at + kChunk <= bytes.size();) {
    const uint32_t size = little_endian(bytes, at + 4);
    const size_t there = bytes.size() - at - kChunk;
    if (bytes.substr(at, 4) == "data") return size == kUnknown || size <= there ? 0 : static_cast<int64_t>(size - there);
    at += kChunk + size + size % 2;
  }
  return 0;
}

}  // namespace

Sound read_sound(std::string_view bytes, const std::string& file, const std::string& name) {
  const auto fail = [&](const std::string& what) { throw UserError(Place{file}, fmt::format("{} {}", name, what)); };
  SF_VIRTUAL_IO io{Memory::length, Memory::seek, Memory::read, nullptr, Memory::tell};
  Memory memory{bytes};
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, Close> sound(sf_open_virtual(&io, SFM_READ, &info, &memory));
  if (!sound) fail(fmt::format("cannot be read as a recording ({}); give WAV or FLAC files", sf_strerror(nullptr)));
  if (const int64_t missing = missing_bytes(bytes)) fail(fmt::format("is cut short: {} bytes of its samples are missing; get the file anew", missing));

  Sound out{.rate = info.samplerate, .channels = info.channels, .samples = {}};
  const auto channels = static_cast<size_t>(info.channels);
  std::vector<float> block(static_cast<size_t>(kBlock) * channels);
  while (const sf_count_t frames = sf_readf_float(sound.get(), block.data(), kBlock)) {
    for (size_t i = 0; i < static_cast<size_t>(frames); ++i) {
      float sum = 0;
      for (size_t c = 0; c < channels; ++c) sum += block[i * channels + c];
      if (!std::isfinite(sum)) fail(fmt::format("has a sample that is no finite number, number {}; write it anew", out.samples.size() + 1));
      out.samples.push_back(sum / static_cast<float>(channels));
    }
  }
  const auto count = static_cast<sf_count_t>(out.samples.size());
  // Where a header does not tell the length, libsndfile takes the largest there is.
  if (sf_error(sound.get()) != SF_ERR_NO_ERROR || (count < info.frames && info.frames != SF_COUNT_MAX))
    fail(fmt::format("is cut short or damaged behind {} of {} samples; get the file anew", count, info.frames));
  if (count == 0) fail("holds no samples; remove it or get the file anew");
  return out;
}

}  // namespace recur::data
