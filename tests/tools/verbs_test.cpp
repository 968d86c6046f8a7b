// The verbs that read results: what they print, and their JSON.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "program.hpp"

namespace recur::tool {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
namespace json = boost::json;

const char* const kText =
    "the quick brown fox jumps over the lazy dog and the dog sleeps while the fox runs home to the den\n";

class Verbs : public ToolTest {
 protected:
  Verbs() {
    write("waves.csv", waves(160));
    write("x.yaml", forecast("{cell: gru, hidden: 4}", "replicates: 2\nsweep: {space: {model.cell: {choice: [vanilla, gru]}}}\n"));
    std::string text;
    for (int i = 0; i < 30; ++i) text += kText;
    write("t.txt", text);
    write("lm.yaml",
          "name: text\ntask: {kind: language_model, data: {text: t.txt}, steps: 16}\nmodel: {cell: gru, hidden: 24}\n"
          "train: {epochs: 4, batch: 4, optimizer: {lr: 0.02}}\n");
  }
  void run_forecast() { ASSERT_EQ(recur({"run", "x.yaml", "-q"}).code, 0); }
  void run_text() { ASSERT_EQ(recur({"run", "lm.yaml", "-q"}).code, 0); }

  json::value document(const std::vector<std::string>& arguments) {
    const Result result = recur(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    json::error_code error;
    json::value value = json::parse(result.out, error);
    EXPECT_FALSE(error) << arguments.front() << ": " << result.out.substr(0, 200);
    return value;
  }
};

TEST_F(Verbs, GiveOneJsonDocumentWithStableKeys) {
  const json::value run = document({"run", "x.yaml", "--json"});
  for (const char* key : {"name", "directory", "planned", "finished_before", "done", "failed", "unfinished", "interrupted", "comparison"})
    EXPECT_TRUE(run.as_object().contains(key)) << key;
  EXPECT_EQ(run.at("done").as_int64(), 4);
  EXPECT_EQ(document({"compare", "waves", "--json"}).at("variants").as_array().size(), 2U);
  EXPECT_EQ(document({"list", "--json"}).at("experiments").at(0).at("state").as_string(), "done");
  const json::value experiment = document({"show", "waves", "--json"});
  ASSERT_EQ(experiment.at("trials").as_array().size(), 4U);
  const std::string trial(experiment.at("trials").at(0).at("name").as_string());
  EXPECT_EQ(document({"show", "waves/" + trial, "--json"}).at("epochs").at("epoch").as_array().size(), 3U);
  EXPECT_EQ(document({"export", "waves", "--format", "json"}).at("trials").as_array().size(), 4U);
  EXPECT_EQ(document({"predict", "waves", "--json"}).at("forecast").as_array().size(), 1U);
  EXPECT_GT(document({"evaluate", "waves", "--json"}).at("metrics").at("test/rmse").to_number<double>(), 0);
  EXPECT_GE(document({"cells", "--json"}).at("cells").as_array().size(), 3U);
  EXPECT_EQ(document({"cells", "lstm", "--json"}).at("id").as_string(), "lstm");
  EXPECT_EQ(document({"data", ".", "--json"}).at("data").as_array().size(), 2U);
  EXPECT_TRUE(document({"doctor", "--json"}).as_object().contains("simd"));
  EXPECT_EQ(document({"schema"}).at("title").as_string(), "recur experiment");
}

TEST_F(Verbs, ShowTellsATrialWhole) {
  run_forecast();
  const json::value experiment = document({"show", "waves", "--json"});
  const std::string trial(experiment.at("trials").at(0).at("name").as_string());
  const Result result = recur({"show", "waves/" + trial.substr(0, trial.size() - 1) + "0"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("Definition"), HasSubstr("Provenance"), HasSubstr("waves.csv"), HasSubstr("layer0/W"), HasSubstr("Log"),
                                HasSubstr("valid/loss"), HasSubstr("persistence")));
}

TEST_F(Verbs, EvaluateMeasuresWhatTheRunMeasured) {
  run_forecast();
  const json::value trials = document({"export", "waves", "--format", "json"}).at("trials");
  for (const json::value& trial : trials.as_array()) {
    const std::string name(trial.at("name").as_string());
    const json::value again = document({"evaluate", "waves/" + name, "--part", "all", "--json"}).at("metrics");
    for (const auto& [metric, value] : trial.at("results").as_object())
      EXPECT_EQ(again.at(metric).to_number<double>(), value.to_number<double>()) << name << " " << metric;
  }
}

TEST_F(Verbs, EvaluateAndPredictTakeANewFile) {
  run_forecast();
  write("new.csv", waves(40));
  const json::value metrics = document({"evaluate", "waves", "--input", "new.csv", "--json"}).at("metrics");
  EXPECT_GT(metrics.at("rmse").to_number<double>(), 0);
  const double next = document({"predict", "waves", "--input", "new.csv", "--json"}).at("forecast").at(0).at("value").to_number<double>();
  EXPECT_NEAR(next, 10, 3);
  write("short.csv", waves(5));
  const Result result = recur({"predict", "waves", "--input", "short.csv"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(recur({"evaluate", "waves", "--input", "short.csv"}).code, 2);
}

TEST_F(Verbs, EvaluateRefusesDataThatHaveChanged) {
  run_forecast();
  write("waves.csv", waves(170));
  const Result result = recur({"evaluate", "waves"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("has changed since"));
}

// The files of a task may lie in several directories, and each may change on its own.
TEST_F(Verbs, EvaluateFindsEveryFileWhereItWasAndTellsThoseThatHaveChanged) {
  write("mine/train.tsv", "the\tD\ndog\tN\n\ncats\tN\nrun\tV\n\n");
  write("other/sets/valid.tsv", "the\tD\ncats\tN\n\n");
  write("other/sets/test.tsv", "dog\tN\nrun\tV\n\n");
  write("mine/tag.yaml",
        "name: tag\ntask: {kind: tagging, data: {format: columns, train: train.tsv, valid: sets/valid.tsv, test: sets/test.tsv}}\n"
        "model: {cell: gru, hidden: 4, embedding: 4}\ntrain: {epochs: 1, batch: 2}\n");
  environment_["RECUR_DATA"] = path("other").string();
  ASSERT_EQ(recur({"run", "mine/tag.yaml", "-q"}).code, 0);
  environment_.erase("RECUR_DATA");
  const json::value provenance = document({"show", "tag", "--json"}).at("trials").at(0).at("provenance");
  ASSERT_EQ(provenance.at("data").as_array().size(), 3U);
  EXPECT_EQ(provenance.at("data").at(1).at("key").as_string(), "task.data.valid");
  EXPECT_EQ(provenance.at("data").at(1).at("file").as_string(), path("other/sets/valid.tsv").string());
  EXPECT_EQ(provenance.at("data_file").as_string(), path("mine/train.tsv").string());

  EXPECT_THAT(recur({"show", "tag"}).out, AllOf(HasSubstr("task.data.train"), HasSubstr("task.data.test"), HasSubstr("sets/test.tsv")));
  const Result same = recur({"evaluate", "tag", "--part", "all"});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_THAT(same.err, Not(HasSubstr("has changed")));
  write("other/sets/test.tsv", "dog\tN\n\n");
  const Result changed = recur({"evaluate", "tag"});
  EXPECT_EQ(changed.code, 0) << changed.err;
  EXPECT_THAT(changed.err, HasSubstr("sets/test.tsv has changed"));
  fs::remove(path("other/sets/test.tsv"));
  const Result gone = recur({"evaluate", "tag"});
  EXPECT_EQ(gone.code, 2);
  EXPECT_THAT(gone.err, HasSubstr("sets/test.tsv: is not there any more"));
}

const char* const kMusic =
    R"({"train": [[[60], [62, 64], [], [60]], [[60], [62]], [[65], [60]], [[60], [61]]], "valid": [[[60], [62]]], "test": [[[60], [62], [60, 67]]]})";

// Trials of the tasks that are neither a series nor a text.
class EveryTask : public Verbs {
 protected:
  std::string trained(const std::string& task, const std::string& model = "cell: gru, hidden: 4") {
    write("task.yaml", fmt::format("name: task\ntask: {}\nmodel: {{{}}}\ntrain: {{epochs: 1, batch: 4}}\n", task, model));
    const Result run = recur({"run", "task.yaml", "-q"});
    EXPECT_EQ(run.code, 0) << run.err;
    return std::string(document({"show", "task", "--json"}).at("trials").at(0).at("name").as_string());
  }
  // What evaluate measures is what the training did, numbers and details.
  void expect_measured_again(const std::string& trial) {
    const json::value stored = document({"show", "task/" + trial, "--json"});
    const json::value again = document({"evaluate", "task", "--part", "all", "--json"});
    for (const auto& [metric, value] : stored.at("results").as_object()) {
      const json::value& now = again.at("metrics").at(metric);
      EXPECT_TRUE(now == value || now.to_number<double>() == value.to_number<double>()) << metric;
    }
    EXPECT_EQ(again.at("details"), stored.at("details"));
    // The definition that stands with the results is one.
    environment_["RECUR_DATA"] = path("").string();
    const Result same = recur({"run", "results/task/definition.yaml", "--dry-run"});
    EXPECT_EQ(same.code, 0) << same.err;
    EXPECT_THAT(same.out, AllOf(HasSubstr(trial), HasSubstr("done")));
    environment_.erase("RECUR_DATA");
    const Result text = recur({"evaluate", "task"});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("test/loss"));
  }
};

TEST_F(EveryTask, TheConfusionMatrixOfClassesIsStoredPrintedAndMeasuredAgain) {
  std::string rows = "sequence,label\n";
  for (int i = 0; i < 40; ++i) rows += i % 2 == 0 ? "ACAC,fast\n" : "GTGTGT,slow\n";
  write("classes.csv", rows);
  const std::string trial = trained("{kind: classification, data: {format: table, file: classes.csv}, split: {train_rows: 30, test_rows: 10}}");
  expect_measured_again(trial);
  for (const std::vector<std::string>& command : {std::vector<std::string>{"evaluate", "task"}, {"show", "task/" + trial}})
    EXPECT_THAT(recur(command).out, AllOf(HasSubstr("In detail, on the test part"), HasSubstr("true \\ predicted       fast       slow"), HasSubstr("\n              fast ")));
  const std::string details(document({"show", "task/" + trial, "--json"}).at("details").at("test").as_string());
  int64_t sequences = 0;
  std::istringstream numbers(details);
  for (std::string word; numbers >> word;)
    if (word.find_first_not_of("0123456789") == std::string::npos) sequences += std::stoll(word);
  EXPECT_EQ(sequences, 10);
}

TEST_F(EveryTask, EntitiesByTypeAreStoredPrintedAndMeasuredAgain) {
  std::string text;
  for (int i = 0; i < 8; ++i) text += "Ada\tB-person\nsees\tO\nRome\tB-place\n\n";
  write("names.tsv", text);
  const std::string trial = trained("{kind: tagging, data: {format: columns, train: names.tsv, valid: names.tsv, test: names.tsv}, entities: true}",
                                    "cell: gru, hidden: 4, embedding: 4");
  expect_measured_again(trial);
  for (const std::vector<std::string>& command : {std::vector<std::string>{"evaluate", "task"}, {"show", "task/" + trial}})
    EXPECT_THAT(recur(command).out, AllOf(HasSubstr("In detail, on the test part"), HasSubstr("  person: precision"), HasSubstr("  place: precision"), HasSubstr("8 there")));
}

TEST_F(EveryTask, TagsAreToldOneByOne) {
  write("tags.tsv", "the\tD\ndog\tN\n\ncats\tN\nrun\tV\n\n");
  const std::string trial = trained("{kind: tagging, data: {format: columns, train: tags.tsv, valid: tags.tsv, test: tags.tsv}}", "cell: gru, hidden: 4, embedding: 4");
  expect_measured_again(trial);
  const Result again = recur({"evaluate", "task"});
  EXPECT_THAT(again.out, AllOf(HasSubstr("\n  D: precision"), HasSubstr("1 there"), HasSubstr("\n  N: precision"), HasSubstr("2 there")));
}

// Densities, whole sequences and steps that are only read.
TEST_F(EveryTask, DensitiesAreMeasuredAgain) {
  write("music.json", kMusic);
  std::string series = "1\t0.1\t0.5\t0.2\n", rows = "a,b\n";
  for (int i = 0; i < 5; ++i) series += series.substr(0, series.find('\n') + 1) + fmt::format("1\t{}\t1\t{}\n", i, i % 3);
  for (int i = 0; i < 60; ++i) rows += fmt::format("{},{}\n", i % 7, i % 5);
  write("series.tsv", series);
  write("rows.csv", rows);
  for (const char* task : {"{kind: density, data: {format: music, json: music.json}}", "{kind: density, data: {format: ucr, train: series.tsv, test: series.tsv}}",
                           "{kind: density, data: {csv: rows.csv, steps: 5, warm_up: 2}}", "{kind: density, data: {csv: rows.csv, steps: 5}}"})
    for (const char* model : {"cell: gru, hidden: 4", "cell: vrnn, hidden: 4, hyper: {latent: 2, features: 4}"}) {
      SCOPED_TRACE(fmt::format("{} {}", task, model));
      expect_measured_again(trained(task, model));
      fs::remove_all(path("results"));
    }
}

TEST_F(EveryTask, AnomaliesAreMeasuredAgain) {
  std::string series, normal = "a,b\n", labelled = "a,b,anomaly\n";
  for (int i = 0; i < 12; ++i) series += fmt::format("{}\t{}\t1\t{}\n", 1 + (i > 9), i % 4, i % 3);
  for (int i = 0; i < 60; ++i) normal += fmt::format("{},{}\n", i % 7, i % 5), labelled += fmt::format("{},{},{}\n", i % 7, i > 50 ? 9 : i % 5, i > 50 ? 1 : 0);
  write("series.tsv", series);
  write("normal.csv", normal);
  write("labelled.csv", labelled);
  for (const char* task : {"{kind: anomaly, data: {format: ucr, train: series.tsv, test: series.tsv}}",
                           "{kind: anomaly, data: {format: csv, train: normal.csv, test: labelled.csv, steps: 8, warm_up: 3}}"}) {
    SCOPED_TRACE(task);
    expect_measured_again(trained(task));
    fs::remove_all(path("results"));
  }
}

TEST_F(EveryTask, ThePartsOwnFileIsNamed) {
  for (const char* part : {"train", "valid", "test"}) write(fmt::format("{}.tsv", part), "the\tD\ndog\tN\n\ncats\tN\nrun\tV\n\n");
  trained("{kind: tagging, data: {format: columns, train: train.tsv, valid: valid.tsv, test: test.tsv}}", "cell: gru, hidden: 4, embedding: 4");
  EXPECT_THAT(recur({"evaluate", "task"}).err, HasSubstr("/test.tsv"));
  EXPECT_THAT(recur({"evaluate", "task", "--part", "valid"}).err, HasSubstr("/valid.tsv"));
}

TEST_F(EveryTask, MusicIsMeasuredAgain) {
  write("music.json", kMusic);
  expect_measured_again(trained("{kind: music, data: {json: music.json}}"));
}

TEST_F(EveryTask, GeneratedSequencesAreMeasuredAgain) {
  expect_measured_again(trained("{kind: algorithm, data: {problem: copy, bits: 2, max_length: 3, test_lengths: [5]}, sequences: {train: 16, valid: 8, test: 8}}"));
  EXPECT_THAT(recur({"evaluate", "task"}).err, HasSubstr("on generated sequences"));
}

TEST_F(Verbs, GenerateGoesOnFromAPromptAndRepeatsItself) {
  run_text();
  const std::vector<std::string> command{"generate", "text", "--prompt", "the ", "--length", "60", "--temperature", "0.5", "--top-k", "5", "--seed", "3"};
  const Result first = recur(command);
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, StartsWith("the "));
  EXPECT_EQ(first.out.size(), 4 + 60 + 1U);
  EXPECT_EQ(recur(command).out, first.out);
  const json::value json = document({"generate", "text", "--length", "5", "--json"});
  EXPECT_EQ(json.at("tokens").as_int64(), 5);
}

TEST_F(Verbs, GenerateChecksItsOptions) {
  run_text();
  EXPECT_EQ(recur({"generate", "text", "--top-p", "1.5"}).code, 2);
  EXPECT_EQ(recur({"generate", "text", "--temperature", "-1"}).code, 2);
  EXPECT_THAT(recur({"generate", "text", "--midi", "x.mid"}).err, HasSubstr("--midi is for music, and the trial is of kind language_model; leave it out"));
  run_forecast();
  EXPECT_EQ(recur({"generate", "waves"}).code, 2);
  const Result text = recur({"predict", "text"});
  EXPECT_EQ(text.code, 2);
  EXPECT_THAT(text.err, HasSubstr("recur generate"));
}

TEST_F(Verbs, EvaluateReadsANewText) {
  run_text();
  write("new.txt", kText);
  const json::value metrics = document({"evaluate", "text", "--input", "new.txt", "--json"}).at("metrics");
  EXPECT_LT(metrics.at("bits_per_character").to_number<double>(), 5);
}

TEST_F(Verbs, ExportWritesATable) {
  run_forecast();
  EXPECT_EQ(recur({"export", "waves", "--rows", "epochs", "-o", "curves.csv"}).code, 0);
  const std::string curves = read("curves.csv");
  EXPECT_THAT(curves, StartsWith("trial,variant,replicate,state,model.cell,"));
  EXPECT_EQ(std::count(curves.begin(), curves.end(), '\n'), 1 + 4 * 3);
  EXPECT_EQ(recur({"export", "waves", "-o", "nowhere/curves.csv"}).code, 2);
}

TEST_F(Verbs, CompareNamesTheNearestMetric) {
  run_forecast();
  const Result result = recur({"compare", "waves", "--metric", "test/rsme"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("'test/rmse'"));
}

TEST_F(Verbs, ShowPrintsAProgramBeforeAndAfterItsPasses) {
  const Result all = recur({"show", "x.yaml", "--program", "model.cell=gru"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_THAT(all.out, AllOf(HasSubstr("recorded"), HasSubstr("differentiated"), HasSubstr("after hoist"), HasSubstr("scan 'gru'"), HasSubstr("instructions")));
  EXPECT_THAT(recur({"show", "x.yaml", "--program", "--pass", "before"}).out, Not(HasSubstr("instructions")));
  EXPECT_THAT(recur({"show", "x.yaml", "--program", "--engine", "lowered", "model.cell=gru"}).out, HasSubstr("lowered form"));
  run_forecast();
  for (const char* phase : {"train", "evaluate", "predict"}) EXPECT_EQ(recur({"show", "waves", "--program", "--phase", phase}).code, 0) << phase;
}

TEST_F(Verbs, CellsTellsWhatIsWrongWithThoseThatDidNotLoad) {
  environment_["RECUR_PLUGIN_PATH"] = RECUR_FIXTURES "/hostile/aborts_loading.so";
  const Result result = recur({"cells"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("gru"), HasSubstr("aborts_loading.so"), HasSubstr("SIGABRT")));
}

TEST_F(Verbs, DoctorTellsADirectoryThatCannotKeepResults) {
  EXPECT_EQ(recur({"doctor"}).code, 0);
  const Result proc = recur({"doctor", "--results", "/proc/recur"});
  EXPECT_EQ(proc.code, 2);
  EXPECT_THAT(proc.out, HasSubstr("/proc: no file can be made"));
}

TEST_F(Verbs, DataTellsWhatIsMissing) {
  write("y.yaml", "name: y\ntask: {kind: language_model, data: {text: tiny_shakespeare/input.txt}}\nmodel: {cell: gru}\n");
  const Result result = recur({"data", "."});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("missing"), HasSubstr("char-rnn"), HasSubstr("present")));
}

}  // namespace
}  // namespace recur::tool
