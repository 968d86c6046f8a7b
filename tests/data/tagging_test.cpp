#include "recur/data/tagging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filled.hpp"
#include "recur/data/tagging_score.hpp"
#include "scratch.hpp"

namespace recur::data {
namespace {

using ::testing::ElementsAre;

class TaggingTest : public Scratch {
 protected:
  TaggingOptions options() const {
    TaggingOptions options;
    options.format = "columns";
    options.train = file("train", "the\tD\ndog\tN\n\nthe\tD\ncat\tN\nbarks\tV\n\ndog\tV\n\ndog\tN\n");
    options.valid = file("valid", "the\tD\ncow\tN\n");
    options.test = file("test", "dog\tN\nuh\tINTJ\n\nthe\tD\n");
    return options;
  }
};

TEST_F(TaggingTest, VocabularyAndTagsComeFromTheTrainingPart) {
  const TaggingTask task(options());
  EXPECT_THAT(task.vocabulary().entries(), ElementsAre("<unk>", "dog", "the", "barks", "cat"));
  EXPECT_THAT(task.tags(), ElementsAre("D", "N", "V"));
  EXPECT_EQ(task.unseen_words(Part::valid), 1);
  EXPECT_EQ(task.unseen_words(Part::test), 1);
  TaggingOptions rare = options();
  rare.min_count = 2;
  EXPECT_THAT(TaggingTask(rare).vocabulary().entries(), ElementsAre("<unk>", "dog", "the"));
}

TEST_F(TaggingTest, ATagNeverSeenInTrainingIsCountedAndTold) {
  const TaggingTask task(options());
  EXPECT_THAT(task.unseen_tags(), ElementsAre("INTJ"));
  EXPECT_EQ(task.lost_words(Part::test), 1);
  const std::vector<Fact> facts = task.facts();
  EXPECT_EQ(facts[2].name, "tags never seen in training");
  EXPECT_EQ(facts[2].value, "INTJ; their words count as wrong");
  EXPECT_THAT(facts.back().value, ::testing::EndsWith("test: 2 sentences, 3 words, 1 of them not in the vocabulary, 1 with a tag never seen in training"));
  int64_t counted = 0;
  const auto batches = task.batches(Part::test, 1);
  for (int64_t b = 0; b < batches->size(); ++b) counted += batches->shape(b).counted;
  EXPECT_EQ(counted, 2) << "no loss where nothing can be learned";
}

TEST_F(TaggingTest, FillsWordsAndTagsOfEveryStep) {
  const TaggingTask task(options());
  const Filled batch(task, *task.batches(Part::test, 2), 0);
  EXPECT_EQ(batch.shape, (BatchShape{.time = 4, .batch = 2, .counted = 2}));
  EXPECT_THAT(batch.lengths, ElementsAre(2, 1));
  EXPECT_THAT(batch.tokens, ElementsAre(1, 2, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(batch.labels, ElementsAre(1, 0, TaggingScore::unseen_label(0), kIgnored, kIgnored, kIgnored, kIgnored, kIgnored));
}

TEST_F(TaggingTest, TheBaselineTakesEachWordsMostFrequentTag) {
  const std::vector<Baseline> baselines = TaggingTask(options()).baselines();
  ASSERT_EQ(baselines.size(), 2u);
  EXPECT_EQ(baselines[0].name, "most_frequent_tag");
  EXPECT_THAT(baselines[0].values, ElementsAre(1));        // the: D; cow is unknown: N
  EXPECT_THAT(baselines[1].values, ElementsAre(2.0 / 3));  // uh is unknown and no N
}

TEST_F(TaggingTest, EntitiesNeedBioTags) {
  TaggingOptions entities = options();
  entities.entities = true;
  EXPECT_EQ(error_of([&] { TaggingTask task(entities); }), "train:1: tag 'D' is not O, B-type or I-type; correct it, or leave out task.entities");
  entities.train = file("bio", "a\tB-x\nb\tO\n");
  entities.valid = entities.test = "";
  const TaggingTask task(entities);
  EXPECT_EQ(task.metrics().size(), 4u);
  EXPECT_EQ(task.batches(Part::test, 2)->size(), 0);
}

}  // namespace
}  // namespace recur::data
