#include "../../core/data/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "../../core/data/presence_bayes.hpp"
#include "filled.hpp"
#include "recur/data/classification.hpp"
#include "recur/data/task_cache.hpp"
#include "scratch.hpp"
#include "write_archive.hpp"

namespace recur::data {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

class DocumentsTest : public Scratch {
 protected:
  ClassificationOptions archive(const Files& files) const {
    write_archive(path("d.tar.gz"), false, files);
    ClassificationOptions options;
    options.format = "documents";
    options.file = path("d.tar.gz");
    options.valid = 0;
    return options;
  }
  // Two folds of two documents; the good ones are called so.
  ClassificationOptions reviews() const {
    ClassificationOptions options = archive({{"r/neg/cv000_7.txt", "a bad film .\nso bad .\n"},
                                             {"r/neg/cv100_8.txt", "\nawful\n\nbad , bad .\n"},
                                             {"r/pos/cv000_5.txt", "a good film .\n"},
                                             {"r/pos/cv100_6.txt", "good fun .\nsee it .\nnow"},
                                             {"README.2.0", "of the data"}});
    options.fold_pattern = "/cv(.)";
    options.folds = 2;
    return options;
  }
  static std::vector<std::string> written(const LabelledSequences& documents, size_t s) {
    std::vector<std::string> words;
    for (int64_t t = documents.sequences.begin[s]; t < documents.sequences.begin[s + 1]; ++t)
      words.push_back(documents.words[static_cast<size_t>(documents.sequences.tokens[static_cast<size_t>(t)])]);
    return words;
  }
};

TEST_F(DocumentsTest, AreWordsCutIntoSentencesWithTheirFoldersAsClasses) {
  const LabelledSequences documents = read_documents(reviews());
  EXPECT_THAT(documents.labels, ElementsAre("neg", "neg", "pos", "pos"));
  EXPECT_THAT(documents.folds, ElementsAre("0", "1", "0", "1"));
  EXPECT_THAT(documents.names, ElementsAre("r/neg/cv000_7.txt", "r/neg/cv100_8.txt", "r/pos/cv000_5.txt", "r/pos/cv100_6.txt"));
  EXPECT_THAT(written(documents, 1), ElementsAre("awful", "bad", ",", "bad", "."));
  ASSERT_EQ(documents.sequences.levels.size(), 1u);
  EXPECT_THAT(documents.sequences.levels[0].begin, ElementsAre(0, 2, 4, 5, 8));
  EXPECT_THAT(documents.sequences.levels[0].ends, ElementsAre(3, 6, 0, 4, 3, 2, 5, 6));
  EXPECT_THAT(documents.facts, ElementsAre(Field(&Fact::value, "4 of 8 sentences, 23 words")));
}

TEST_F(DocumentsTest, AreCharactersCutIntoWordsAndThoseIntoSentences) {
  ClassificationOptions options = archive({{"x/1.txt", "né  so\n a\n"}});
  options.unit = "character";
  const LabelledSequences documents = read_documents(options);
  EXPECT_THAT(written(documents, 0), ElementsAre("n", "é", " ", "s", "o", "\n", "a", "\n"));
  ASSERT_EQ(documents.sequences.levels.size(), 2u);
  EXPECT_THAT(documents.sequences.levels[0].ends, ElementsAre(2, 5, 7));
  EXPECT_THAT(documents.sequences.levels[1].ends, ElementsAre(1, 2));
}

TEST_F(DocumentsTest, ComeFromAFolderToo) {
  std::filesystem::create_directories(path("r/a"));
  std::filesystem::create_directories(path("r/b"));
  std::ofstream(path("r/a/1.txt")) << "\xEF\xBB\xBFone two\r\n";
  std::ofstream(path("r/b/2.txt")) << "three";
  ClassificationOptions options;
  options.file = path("r");
  const LabelledSequences documents = read_documents(options);
  EXPECT_THAT(documents.labels, ElementsAre("a", "b"));
  EXPECT_THAT(written(documents, 0), ElementsAre("one", "two"));
}

TEST_F(DocumentsTest, AreCutAndThatIsTold) {
  ClassificationOptions options = archive({{"a/1.txt", "1 2 3\n4 5\n6\n"}, {"a/2.txt", "1 2 3\n"}, {"a/3.txt", "1\n2\n3\n"}});
  options.max_words = 4;
  options.max_sentences = 2;
  const LabelledSequences documents = read_documents(options);
  EXPECT_THAT(written(documents, 0), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(written(documents, 2), ElementsAre("1", "2"));
  EXPECT_THAT(documents.sequences.levels[0].ends, ElementsAre(2, 3, 2, 0, 1));
  EXPECT_THAT(documents.facts, Contains(AllOf(Field(&Fact::name, "cut"), Field(&Fact::value, "2 documents lost 3 words at their ends"))));
}

TEST_F(DocumentsTest, WithoutWordsAreLeftOutAndThatIsTold) {
  const LabelledSequences documents = read_documents(archive({{"a/1.txt", " \n\n"}, {"a/2.txt", "word"}, {"b/3.txt", ""}}));
  EXPECT_THAT(documents.names, ElementsAre("a/2.txt"));
  EXPECT_THAT(documents.facts, Contains(AllOf(Field(&Fact::name, "left out"), Field(&Fact::value, "2 documents without words, the first is a/1.txt"))));
  EXPECT_EQ(error_of([&] { read_documents(archive({{"a/1.txt", "\n"}})); }), "d.tar.gz: all documents are without words; give one that holds texts");
}

TEST_F(DocumentsTest, TellWhatIsWrongWithThem) {
  EXPECT_EQ(error_of([&] { read_documents(archive({{"1.txt", "word"}})); }),
            "d.tar.gz:1.txt: is in no folder, so it has no class; move it into one, or give task.data.class_pattern");
  EXPECT_THAT(error_of([&] { read_documents(archive({{"a/1.txt", "ok\nw\xFF"}})); }), HasSubstr("d.tar.gz:a/1.txt:2:2: "));
  ClassificationOptions options = archive({{"a/x1.txt", "word"}, {"a/y2.txt", "word"}});
  options.fold_pattern = "/x(.)";
  EXPECT_EQ(error_of([&] { read_documents(options); }),
            "d.tar.gz:a/y2.txt: task.data.fold_pattern '/x(.)' is not found in this name; correct it, or choose the files by task.data.ending");
  options.fold_pattern = "x(";
  EXPECT_THAT(error_of([&] { read_documents(options); }), HasSubstr("task.data.fold_pattern: 'x(' is no regular expression: "));
  options = archive({{"a/x1.txt", "word"}});
  options.ending = ".doc";
  EXPECT_EQ(error_of([&] { read_documents(options); }), "d.tar.gz: holds no file whose name ends in .doc");
}

TEST_F(DocumentsTest, ClassesCanBeInTheNames) {
  ClassificationOptions options = archive({{"1-good.txt", "word"}, {"2-bad.txt", "word"}});
  options.class_pattern = "-(.*)\\.";
  EXPECT_THAT(read_documents(options).labels, ElementsAre("good", "bad"));
  options.class_pattern = "good|bad";
  EXPECT_THAT(read_documents(options).labels, ElementsAre("good", "bad"));
}

TEST_F(DocumentsTest, TheDatasOwnFoldsAreTestedOneByOne) {
  ClassificationOptions options = reviews();
  EXPECT_THAT(ClassificationTask(options).rows(Part::test), ElementsAre(0, 2));
  options.fold = 2;
  EXPECT_THAT(ClassificationTask(options).rows(Part::test), ElementsAre(1, 3));
  options.folds = 3;
  EXPECT_EQ(error_of([&] { ClassificationTask task(options); }),
            "d.tar.gz: task.data.fold_pattern finds 2 folds (0, 1), but task.split.folds is 3; correct one of the two");
  options.folds = 0;
  EXPECT_EQ(error_of([&] { ClassificationTask task(options); }),
            "d.tar.gz: task.data.fold_pattern needs task.split.folds, the number of folds; give it, or leave the pattern out");
}

TEST_F(DocumentsTest, TheVocabularyIsOfTheTrainingPart) {
  ClassificationOptions options = reviews();  // trained on "awful bad , bad ." and "good fun . see it . now"
  EXPECT_THAT(ClassificationTask(options).encoding().vocabulary, ElementsAre("<unk>", ".", "bad", ",", "awful", "fun", "good", "it", "now", "see"));
  options.vocabulary = 3;
  const ClassificationTask task(options);
  EXPECT_THAT(task.encoding().vocabulary, ElementsAre("<unk>", ".", "bad", ","));
  EXPECT_EQ(task.unseen(Part::test), 2 + 1 + 3);  // a film, so, a good film
  EXPECT_THAT(task.facts(), Contains(AllOf(Field(&Fact::name, "vocabulary"), Field(&Fact::value, "4 words with <unk>"))));
  EXPECT_THAT(task.facts(), Contains(AllOf(Field(&Fact::name, "test"), Field(&Fact::value, "2 sequences, by class 1, 1; 6 words not in the vocabulary"))));
  options.vocabulary = 0;
  options.min_count = 2;
  EXPECT_THAT(ClassificationTask(options).encoding().vocabulary, ElementsAre("<unk>", ".", "bad"));
}

TEST_F(DocumentsTest, BatchesHaveTheSentences) {
  const ClassificationTask task(reviews());
  EXPECT_EQ(task.spec().levels, 1);
  EXPECT_EQ(task.encoding().levels, 1);
  EXPECT_TRUE(task.spec().has_lengths);
  const Filled batch(task, *task.batches(Part::test, 2), 0);
  EXPECT_EQ(batch.shape.time, 8);
  const auto longer = static_cast<size_t>(std::max_element(batch.lengths.begin(), batch.lengths.end()) - batch.lengths.begin());
  EXPECT_EQ(batch.lengths[longer], 7);
  EXPECT_EQ(batch.lengths[1 - longer], 4);
  EXPECT_EQ(batch.levels[0].counts[longer], 2);
  EXPECT_EQ(batch.levels[0].counts[1 - longer], 1);
  EXPECT_EQ(batch.levels[0].ends[longer], 3);
  EXPECT_EQ(batch.levels[0].ends[2 + longer], 6);
}

TEST_F(DocumentsTest, NaiveBayesGoesByTheWordsThatOccur) {
  const ClassificationTask task(reviews());
  const std::vector<Baseline> baselines = task.baselines();
  ASSERT_EQ(baselines.size(), 2u);
  EXPECT_EQ(baselines[1].name, "naive_bayes");
  EXPECT_DOUBLE_EQ(baselines[1].values[0], 1);
  ClassificationOptions characters = reviews();
  characters.unit = "character";
  EXPECT_EQ(ClassificationTask(characters).baselines().size(), 1u) << "characters all occur everywhere";
}

TEST(PresenceBayesTest, CountsAWordOnceADocumentAndSmoothesByOne) {
  // Class 0: {1 1 1 2}; class 1: {2 3} and {3}. Presence: n(0, .) = 0 1 1 0, n(1, .) = 0 0 1 2; V = 4, with token 0 never counted.
  Sequences s;
  s.tokens = {1, 1, 1, 2, 2, 3, 3, 0, 2, 1, 1, 1, 2};
  s.begin = {0, 4, 6, 7, 9, 13};
  s.labels = {0, 1, 1, 0, 0};
  const PresenceBayes bayes(s, {0, 1, 2}, 4, 2, 0);
  // {2}: 1/3 * 2/6 = 0.111 against 2/3 * 2/7 = 0.190
  EXPECT_EQ(bayes.classify(s, 3), 1);
  // {1, 2}: 1/3 * 2/6 * 2/6 = 0.0370 against 2/3 * 1/7 * 2/7 = 0.0272; by counts three times 1 would weigh more, by presence it does not
  EXPECT_EQ(bayes.classify(s, 4), 0);
}

TEST_F(DocumentsTest, EveryOptionMakesAnotherTask) {
  TaskOptions options;
  options.kind = "classification";
  options.classification = reviews();
  std::set<std::string> keys{cache_key(options)};
  const auto changed = [&](auto change) {
    TaskOptions other = options;
    change(other.classification);
    EXPECT_TRUE(keys.insert(cache_key(other)).second) << keys.size();
  };
  changed([](auto& o) { o.unit = "character"; });
  changed([](auto& o) { o.min_count = 2; });
  changed([](auto& o) { o.vocabulary = 2; });
  changed([](auto& o) { o.max_words = 2; });
  changed([](auto& o) { o.max_sentences = 2; });
  changed([](auto& o) { o.ending = "x"; });
  changed([](auto& o) { o.class_pattern = "x"; });
  changed([](auto& o) { o.fold_pattern = "x"; });
}

}  // namespace
}  // namespace recur::data
