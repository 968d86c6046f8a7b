// How words are spelled, and batches that tell it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../core/data/sequence_batches.hpp"
#include "filled.hpp"
#include "recur/data/spellings.hpp"
#include "recur/data/tagging.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string spelled(const Spellings& spellings, int32_t word) {
  std::string text;
  for (const int32_t id : spellings[word]) text += id == 0 ? "<pad>" : spellings.alphabet()[static_cast<size_t>(id) - 1];
  return text;
}

TEST(Spellings, KeepTheBeginningAndTheEndOfLongWords) {
  Spellings spellings(std::vector<TokenCount>{{"abcdefghijk", 1}, {"ö", 5}}, 5, 1);
  EXPECT_EQ(spelled(spellings, spellings.add("abcde")), "abcde");
  EXPECT_EQ(spelled(spellings, spellings.add("abcdef")), "abcef");
  EXPECT_EQ(spelled(spellings, spellings.add("abcdeghöö")), "abcöö");
  EXPECT_EQ(spellings.size(), 3);
  EXPECT_EQ(spellings.add("abcde"), 0) << "each word once";
}

TEST(Spellings, TakeTheirAlphabetFromTheTrainingPart) {
  Spellings spellings(std::vector<TokenCount>{{"ab", 2}, {"bc", 1}}, 8, 2);
  EXPECT_THAT(spellings.alphabet(), ElementsAre("<unk>", "b", "a"));
  EXPECT_EQ(spellings.characters(), 4) << "and padding";
  EXPECT_EQ(spelled(spellings, spellings.add("abc€")), "ab<unk><unk>");
  EXPECT_EQ(Spellings().characters(), 0);
}

class SpelledBatchesTest : public Scratch {
 protected:
  TaggingOptions options(int64_t length = 6) const {
    TaggingOptions options;
    options.format = "columns";
    options.train = file("train", "the\tD\ndog\tN\n\nthe\tD\ncat\tN\nbarks\tV\n\ndog\tV\n\ndog\tN\n");
    options.test = file("test", "dog\tN\nand\tC\ndog\tN\n\nwolfhounds\tN\n");
    options.min_count = 2;
    options.characters.length = length;
    return options;
  }
};

TEST_F(SpelledBatchesTest, EachDifferentWordIsSpelledOnce) {
  const TaggingTask task(options());
  EXPECT_EQ(task.spec().characters, static_cast<int64_t>(task.spellings().alphabet().size()) + 1);
  EXPECT_EQ(task.encoding().alphabet, task.spellings().alphabet());
  EXPECT_EQ(task.encoding().spelling_length, 6);
  const Filled batch(task, *task.batches(Part::test, 2), 0);
  ASSERT_EQ(batch.shape.letters, 6);
  ASSERT_EQ(batch.shape.spellings, 4) << "three, padded";
  // dog and dog, wolfhounds and nothing: the sentences one beside the other, the shorter first within one class of length.
  ASSERT_EQ(batch.shape.batch, 2);
  std::vector<std::string> words;
  for (size_t m = 0; m < 4; ++m) {
    std::string& word = words.emplace_back();
    for (size_t l = 0; l < static_cast<size_t>(batch.spelling_lengths[m]); ++l) {
      const int32_t id = batch.spellings[l * 4 + m];
      word += id == 0 ? "-" : task.spellings().alphabet()[static_cast<size_t>(id) - 1];
    }
  }
  // w, l, f, u are in no word of training; of ten characters the first and last three are kept.
  EXPECT_THAT(words, ElementsAre("dog", "a<unk>d", "<unk>o<unk><unk>ds", "-"));
  std::vector<std::string> sentence;
  for (int64_t t = 0; t < 3; ++t) sentence.push_back(words[static_cast<size_t>(batch.spelled[static_cast<size_t>(t * 2)])]);
  EXPECT_THAT(sentence, ElementsAre("dog", "a<unk>d", "dog"));
  EXPECT_EQ(words[static_cast<size_t>(batch.spelled[1])], "<unk>o<unk><unk>ds");
  EXPECT_EQ(batch.tokens[2], Vocabulary::kUnknown) << "a word may be unknown and spelled none the less";
}

TEST_F(SpelledBatchesTest, WithoutCharactersThereAreNone) {
  const TaggingTask task(options(0));
  EXPECT_EQ(task.spec().characters, 0);
  EXPECT_THAT(task.encoding().alphabet, SizeIs(0));
  const Filled batch(task, *task.batches(Part::test, 2), 0);
  EXPECT_EQ(batch.shape.spellings, 0);
  EXPECT_EQ(batch.shape.letters, 0);
}

TEST_F(SpelledBatchesTest, BatchesOfOneLengthHaveAsManySpellingsWhateverTheOrder) {
  std::string text;
  for (int sentence = 0; sentence < 60; ++sentence) {
    for (int word = 0; word < 5 + sentence % 3; ++word) text += "w" + std::to_string((sentence * 7 + word * word) % 50) + "\tN\n";
    text += "\n";
  }
  TaggingOptions many = options();
  many.train = file("many", text);
  const TaggingTask task(many);
  const auto batches = task.batches(Part::train, 8);
  std::map<std::pair<int64_t, int64_t>, int64_t> before;
  for (int64_t b = 0; b < batches->size(); ++b) {
    const BatchShape shape = batches->shape(b);
    before[{shape.time, shape.batch}] = shape.spellings;
  }
  for (int64_t epoch = 0; epoch < 5; ++epoch) {
    batches->start_epoch(1, 0, epoch);
    for (int64_t b = 0; b < batches->size(); ++b) {
      const Filled batch(task, *batches, b);
      EXPECT_EQ(batch.shape.spellings, padded_length(batch.shape.spellings));
      EXPECT_EQ(batch.shape, batches->shape(b));
      EXPECT_LE(std::abs(batch.shape.spellings - before.at({batch.shape.time, batch.shape.batch})), 8);
      // What is read is what the words are: the spelling tells the word apart from others.
      for (size_t i = 0; i < batch.tokens.size(); ++i)
        for (size_t j = 0; j < i; ++j)
          if (batch.labels[i] >= 0 && batch.labels[j] >= 0) {
            ASSERT_EQ(batch.spelled[i] == batch.spelled[j], batch.tokens[i] == batch.tokens[j]);
          }
    }
  }
}

}  // namespace
}  // namespace recur::data
