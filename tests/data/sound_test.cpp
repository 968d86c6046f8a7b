#include "../../core/data/sound.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "recordings.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SoundTest : public Scratch {
 protected:
  std::string wrong(const std::string& bytes) const {
    return error_of([&] { read_sound(bytes, "x.tar.gz", "a/7_theo_3.wav"); });
  }
};

TEST_F(SoundTest, ReadsIntegersAsSharesOfTheLargest) {
  const Sound sound = read_sound(wav({0, 16384, -32768}, 11025), "", "");
  EXPECT_EQ(sound.rate, 11025);
  EXPECT_EQ(sound.channels, 1);
  EXPECT_THAT(sound.samples, ElementsAre(0.0f, 0.5f, -1.0f));
}

TEST_F(SoundTest, MixesChannelsDownToTheirMean) {
  const Sound sound = read_sound(wav({16384, 0, -32768, 16384}, 8000, 2), "", "");
  EXPECT_EQ(sound.channels, 2);
  EXPECT_THAT(sound.samples, ElementsAre(0.25f, -0.25f));
}

TEST_F(SoundTest, ReadsFlacAndFloats) {
  std::vector<float> samples;
  for (int i = 0; i < 10000; ++i) samples.push_back(static_cast<float>(i % 100) / 128);
  for (const int format : {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_24, SF_FORMAT_WAV | SF_FORMAT_FLOAT}) {
    const Sound sound = read_sound(encoded(samples, format), "", "");
    ASSERT_EQ(sound.samples.size(), samples.size());
    for (size_t i = 0; i < samples.size(); ++i) ASSERT_NEAR(sound.samples[i], samples[i], 1.0 / 32768) << format << " " << i;
  }
}

TEST_F(SoundTest, SaysWhatIsNoRecording) {
  EXPECT_THAT(wrong("hello, world, this is a text"), StartsWith("x.tar.gz: a/7_theo_3.wav cannot be read as a recording ("));
  EXPECT_THAT(wrong(""), HasSubstr("give WAV or FLAC files"));
  std::string unknown = wav({1, 2, 3});
  unknown[20] = 0x7F;  // a coding that nobody knows
  EXPECT_THAT(wrong(unknown), HasSubstr("give WAV or FLAC files"));
}

TEST_F(SoundTest, SaysWhatIsCutShort) {
  EXPECT_EQ(wrong(wav(std::vector<int16_t>(100, 1)).substr(0, 200)), "x.tar.gz: a/7_theo_3.wav is cut short: 44 bytes of its samples are missing; get the file anew");
  std::vector<float> noise;
  for (uint32_t i = 0, v = 1; i < 50000; ++i) noise.push_back(static_cast<float>((v = v * 1664525u + 1013904223u) >> 8) / (1 << 24) - 0.5f);
  const std::string flac = encoded(noise, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  EXPECT_THAT(wrong(flac.substr(0, flac.size() / 2)), ::testing::AllOf(HasSubstr("a/7_theo_3.wav is cut short or damaged behind "), HasSubstr("of 50000 samples")));
}

TEST_F(SoundTest, TakesAWavOfUnknownSizeAsLongAsItIs) {
  std::string piped = wav({1, 2, 3, 4});
  for (const size_t at : {4u, 40u})
    for (size_t i = 0; i < 4; ++i) piped[at + i] = static_cast<char>(0xFF);
  EXPECT_EQ(read_sound(piped, "", "").samples.size(), 4u);
}

TEST_F(SoundTest, SaysWhatIsEmptyOrNoNumber) {
  EXPECT_EQ(wrong(wav({})), "x.tar.gz: a/7_theo_3.wav holds no samples; remove it or get the file anew");
  const std::string bytes = encoded({0, std::numeric_limits<float>::quiet_NaN()}, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
  EXPECT_EQ(wrong(bytes), "x.tar.gz: a/7_theo_3.wav has a sample that is no finite number, number 2; write it anew");
}

}  // namespace
}  // namespace recur::data
