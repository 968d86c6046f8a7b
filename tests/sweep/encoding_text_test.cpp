#include "recur/sweep/encoding_text.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "recur/error/error.hpp"

namespace recur::sweep {
namespace {

TEST(EncodingText, KeepsEveryDigitOfAForecasts) {
  data::Encoding encoding;
  encoding.kind = "forecast";
  encoding.columns = {"mean", "größe, \"quoted\"", "no", "12"};
  encoding.window = 48;
  encoding.horizon = 3;
  for (int i = 1; i <= 2000; ++i) {  // a parser that is off by a bit now and then shows
    encoding.mean.push_back(std::sqrt(i) * 1e-3);
    encoding.deviation.push_back(1.0 / i);
  }
  EXPECT_EQ(read_encoding(encoding_text(encoding)), encoding);
}

TEST(EncodingText, KeepsEveryCharacterOfAVocabulary) {
  data::Encoding encoding;
  encoding.kind = "language_model";
  encoding.unit = "character";
  encoding.vocabulary = {"<unk>", "~", "'", "\"", "\\", "null", "true", "1", "-", "#", ":", "ß", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf"};
  for (char c = 0; c < 127; ++c) encoding.vocabulary.emplace_back(1, c);
  EXPECT_EQ(read_encoding(encoding_text(encoding)), encoding);
}

TEST(EncodingText, KeepsLevelsOfBoundaries) {
  data::Encoding encoding;
  encoding.kind = "classification";
  encoding.labels = {"0", "1"};
  encoding.columns = {"mfcc0"};
  encoding.mean = {0.5};
  encoding.deviation = {2};
  encoding.levels = 2;
  EXPECT_EQ(read_encoding(encoding_text(encoding)), encoding);
}

TEST(EncodingText, KeepsHowWordsAreSpelled) {
  data::Encoding encoding;
  encoding.kind = "tagging";
  encoding.alphabet = {"<unk>", "a", "1", "ß", "\""};
  encoding.spelling_length = 16;
  EXPECT_EQ(read_encoding(encoding_text(encoding)), encoding);
}

TEST(EncodingText, RefusesWhatIsNone) {
  for (const char* text : {"", "{}", "[1, 2]", "kind: [", "{\"kind\": \"forecast\", \"mean\": [\"x\"]}", "{\"kind\": \"forecast\", \"window\": \"x\"}"})
    EXPECT_THROW(read_encoding(text), UserError) << text;
}

}  // namespace
}  // namespace recur::sweep
