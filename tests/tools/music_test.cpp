// Music from JSON to MIDI and back: training, pieces from trained weights, training on these.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "program.hpp"

namespace recur::tool {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
namespace json = boost::json;

class Music : public ToolTest {
 protected:
  Music() {
    std::string pieces;
    for (int i = 0; i < 8; ++i) pieces += fmt::format("{}[[60],[60,64],[67],[60],[60,64],[67],[60],[60,64],[67],[60]]", i > 0 ? "," : "");
    write("m.json", fmt::format("{{\"train\": [{0}], \"valid\": [{0}], \"test\": [[[21,108],[60]],[[60],[60,64],[67],[60]]]}}", pieces));
    write("m.yaml", definition("gru", "{json: m.json}"));
  }
  static std::string definition(const std::string& cell, const std::string& data) {
    return fmt::format("name: music\ntask: {{kind: music, data: {}}}\nmodel: {{cell: {}, hidden: 16}}\n"
                       "train: {{epochs: 120, batch: 4, optimizer: {{lr: 0.03}}}}\n", data, cell);
  }
  void run(const std::string& file = "m.yaml", const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"run", file, "-q"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Result result = recur(arguments);
    ASSERT_EQ(result.code, 0) << result.err;
  }
  json::value document(const std::vector<std::string>& arguments) {
    const Result result = recur(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    return json::parse(result.out);
  }
  void expect_refused(const std::vector<std::string>& arguments, const std::string& says) {
    const Result result = recur(arguments);
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err, HasSubstr(says));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  }
};

TEST_F(Music, GeneratesPiecesGoesOnFromThemAndLearnsFromThem) {
  run();
  // Written as MIDI, and the same piece printed.
  const std::vector<std::string> generate{"generate", "music", "--count", "2", "--length", "20", "--seed", "3", "--temperature", "2"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), generate.begin(), generate.end());
    return more;
  };
  const Result files = recur(with({"--midi", "x.mid", "--tempo", "90"}));
  EXPECT_EQ(files.code, 0) << files.err;
  EXPECT_EQ(files.out, "x-1.mid\nx-2.mid\n");
  const json::value pieces = document(with({"--json"}));
  ASSERT_EQ(pieces.at("pieces").as_array().size(), 2U);
  EXPECT_NE(pieces.at("pieces").at(0).at("steps"), pieces.at("pieces").at(1).at("steps"));
  EXPECT_EQ(pieces.at("pieces").at(0).at("steps").as_array().size(), 20U);
  const json::value again = document({"generate", "music", "--prompt", "x-1.mid", "--prompt-steps", "6", "--length", "1", "--json"});
  EXPECT_NEAR(again.at("tempo").to_number<double>(), 90, 1e-3);
  EXPECT_EQ(again.at("prompt_steps").as_int64(), 6);
  for (size_t step = 0; step < 6; ++step)
    EXPECT_EQ(again.at("pieces").at(0).at("steps").at(step), pieces.at("pieces").at(0).at("steps").at(step));

  // Sixteenths are asked for, where quarters were written.
  fs::create_directory(path("midi"));
  fs::rename(path("x-1.mid"), path("midi/1.mid"));
  write("n.yaml", definition("gru", "{format: midi, train: midi, test: x-2.mid, steps_per_quarter: 4}"));
  run("n.yaml", {"name=sixteenths", "train.epochs=2"});
  const json::value trials = document({"export", "sixteenths", "--format", "json"}).at("trials");
  EXPECT_EQ(trials.at(0).at("provenance").at("data_file").as_string(), path("midi").string());
  EXPECT_EQ(trials.at(0).at("provenance").at("data_hash").as_string().size(), 64U);
  EXPECT_EQ(document({"evaluate", "sixteenths", "--json"}).at("metrics").as_object().count("test/nll"), 1U);
  EXPECT_EQ(document({"generate", "sixteenths", "--json"}).at("steps_per_quarter").as_int64(), 4);
  EXPECT_THAT(recur({"show", "sixteenths/" + std::string(trials.at(0).at("name").as_string())}).out, HasSubstr("1 pieces, "));
}

TEST_F(Music, GoesOnFromAPieceOfTheTestPart) {
  run();
  const json::value json = document({"generate", "music", "--prompt-piece", "2", "--prompt-steps", "3", "--length", "3", "--temperature", "0", "--json"});
  EXPECT_EQ(json.at("pieces").at(0).at("steps"), json::parse("[[60],[60,64],[67],[60],[60,64],[67]]"));
  // Without a file the piece is drawn.
  const Result plot = recur({"generate", "music", "--prompt-piece", "2", "--prompt-steps", "3", "--length", "3", "--temperature", "0"});
  EXPECT_EQ(plot.out,
            "G4   ··█··█\nF#4  ······\nF4   ······\nE4   ·█··█·\nD#4  ······\nD4   ······\nC#4  ······\nC4   █▒·█▒·\n     1\n");
  EXPECT_EQ(plot.err, "The first 3 steps are the prompt\n");
}

TEST_F(Music, GeneratesFromACellWithLatentVariables) {
  write("v.yaml", definition("vrnn", "{json: m.json}"));
  run("v.yaml", {"name=latent", "train.epochs=3", "model.hyper={emission: bernoulli, latent: 4, features: 8}"});
  const std::vector<std::string> command{"generate", "latent", "--length", "12", "--json"};
  EXPECT_EQ(document(command), document(command));
}

TEST_F(Music, TellsWhatCannotBeGenerated) {
  run();
  expect_refused({"generate", "music", "--top-k", "3"}, "--top-k is for text, and the trial is one of music; leave it out");
  expect_refused({"generate", "music", "--prompt", "m.json"}, "m.json: is no MIDI file");
  expect_refused({"generate", "music", "--prompt", "x.mid", "--prompt-piece", "1"}, "--prompt and --prompt-piece: give one of them");
  expect_refused({"generate", "music", "--prompt-piece", "3"}, "--prompt-piece: the test part has 2 pieces, so there is no piece 3");
  expect_refused({"generate", "music", "--midi", "nowhere/x.mid"}, "nowhere/x.mid: cannot be written; give another file");
  expect_refused({"generate", "music", "--temperature", "-1"}, "temperature is -1; it must be 0 or more");
  write("b.yaml", definition("birnn", "{json: m.json}"));
  run("b.yaml", {"name=both", "train.epochs=1"});
  expect_refused({"generate", "both"}, "'birnn' is a layer: it reads whole pieces and cannot go on step by step; train a cell to generate");
}

TEST_F(Music, TellsWhatIsWrongWithMidiFiles) {
  fs::create_directory(path("midi"));
  write("n.yaml", definition("gru", "{format: midi, train: midi}"));
  expect_refused({"run", "n.yaml"}, "midi: holds no file whose name ends in .mid");
  write("midi/a.mid", "MThd");
  expect_refused({"run", "n.yaml"}, "midi/a.mid: is cut short");
  EXPECT_FALSE(fs::exists(path("results")));
}

}  // namespace
}  // namespace recur::tool
