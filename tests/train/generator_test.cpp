#include "recur/train/generator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recur/error/error.hpp"
#include "trainings.hpp"

namespace recur::train {
namespace {

// Trained once for all tests.
struct Trained : Learned {
  explicit Trained(const std::string& unit) {
    data::TaskOptions options = language_options(text_file("generate-" + unit + ".txt"));
    options.language_model.unit = unit;
    Training training = language_training(options.language_model.text);
    training.task = data::make_task(options);
    training.model.cell = "gru";
    training.model.layers = 1;
    training.model.hidden = 24;
    training.train.epochs = unit == "word" ? 25 : 12;
    training.train.batch = 4;
    learn(training);
  }
  Generator generator() { return {*network, *weights, encoding, memory}; }
};

Trained& characters() {
  static Trained trained("character");
  return trained;
}

TEST(Generator, WritesWhatItHasLearned) {
  Generator generator = characters().generator();
  const GeneratedText text = generator.generate("the ca", 12, {.temperature = 0});
  EXPECT_EQ(text.text, "t sat on the");
  EXPECT_EQ(text.tokens, 12);
}

TEST(Generator, RepeatsItselfForTheSameSeedAndNotForAnother) {
  Generator generator = characters().generator();
  const SamplingOptions options{.temperature = 1.2, .top_k = 0, .top_p = 1, .seed = 4};
  const std::string first = generator.generate("the", 60, options).text;
  EXPECT_EQ(generator.generate("the", 60, options).text, first);
  EXPECT_EQ(characters().generator().generate("the", 60, options).text, first);
  EXPECT_NE(generator.generate("the", 60, {.temperature = 1.2, .top_k = 0, .top_p = 1, .seed = 5}).text, first);
}

TEST(Generator, TakesTheMostProbableWithTopKOfOne) {
  Generator generator = characters().generator();
  EXPECT_EQ(generator.generate("a ", 20, {.temperature = 1, .top_k = 1}).text, generator.generate("a ", 20, {.temperature = 0}).text);
}

TEST(Generator, NeedsNoPromptAndTellsPiecesAsTheyCome) {
  std::string pieces;
  const GeneratedText text = characters().generator().generate("", 30, {.temperature = 0}, [&](std::string_view piece) { pieces += piece; });
  EXPECT_EQ(text.text, pieces);
  EXPECT_EQ(text.text.substr(0, 8), "the cat ");
}

TEST(Generator, CountsWhatItCannotReadInThePrompt) {
  const GeneratedText text = characters().generator().generate("the Q", 3, {});
  EXPECT_EQ(text.unknown_tokens, 1);
  EXPECT_THAT(text.text, testing::Not(testing::HasSubstr("<unk>")));
}

TEST(Generator, PartsWordsFromThePromptAndEachOther) {
  Trained trained("word");
  EXPECT_EQ(trained.generator().generate("the cat", 3, {.temperature = 0}).text, " sat on the");
}

TEST(Generator, RefusesAModelOfAnotherTask) {
  data::Encoding encoding = characters().encoding;
  encoding.kind = "forecast";
  EXPECT_THROW(Generator(*characters().network, *characters().weights, encoding, characters().memory), UserError);
}

}  // namespace
}  // namespace recur::train
