#include "recur/train/piece_generator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "recur/error/error.hpp"
#include "trainings.hpp"

namespace recur::train {
namespace {

using data::Piece;
using testing::HasSubstr;

constexpr uint8_t kFirst = 39, kSecond = 43, kThird = 46;  // C4, E4, G4

// Learns to play three keys in turn, the first one held below the second.
struct Trained : Learned {
  explicit Trained(const std::string& cell, int64_t epochs = 60, const std::string& kind = "music") {
    const std::filesystem::path file = own_file(kind + "-" + cell + ".json");
    std::ofstream out(file);
    out << "{\"train\": [";
    for (int i = 0; i < 12; ++i) out << (i > 0 ? "," : "") << "[[60],[60,64],[67],[60],[60,64],[67],[60],[60,64],[67],[60]]";
    out << "]}";
    out.close();
    data::TaskOptions options;
    options.kind = kind;
    options.music.json = options.density.json = file.string();
    options.density.format = "music";
    Training training;
    training.task = data::make_task(options);
    training.model.cell = cell;
    training.model.hidden = 16;
    if (cell == "vrnn") {
      training.model.hyper = {{"emission", std::string("bernoulli")}, {"latent", int64_t{4}}, {"features", int64_t{16}}};
      if (kind == "density") training.model.hyper["output"] = std::string("density");
    }
    training.train.epochs = epochs;
    training.train.batch = 4;
    training.train.optimizer.lr = 0.03;
    learn(training);
  }
  PieceGenerator generator() { return {*network, *weights, encoding, memory}; }
};

Trained& gru() {
  static Trained trained("gru");
  return trained;
}

const Piece kTurn{{kFirst}, {kFirst, kSecond}, {kThird}};

TEST(PieceGenerator, GoesOnAsItHasLearned) {
  const Piece piece = gru().generator().generate(kTurn, 6, {.temperature = 0});
  EXPECT_EQ(piece, (Piece{kTurn[0], kTurn[1], kTurn[2], kTurn[0], kTurn[1], kTurn[2]}));
  // From the middle of a turn, with the state that the prompt leaves.
  EXPECT_EQ(gru().generator().generate({kTurn[0], kTurn[1]}, 2, {.temperature = 0}), (Piece{kTurn[2], kTurn[0]}));
}

TEST(PieceGenerator, GivesTheSamePieceForTheSameSeedAndNumber) {
  PieceGenerator generator = gru().generator();
  const KeySampling sampling{.temperature = 3, .seed = 4};
  const Piece piece = generator.generate(kTurn, 30, sampling, 2);
  EXPECT_EQ(piece.size(), 30u);
  EXPECT_EQ(generator.generate(kTurn, 30, sampling, 2), piece);
  EXPECT_EQ(gru().generator().generate(kTurn, 30, sampling, 2), piece);
  EXPECT_NE(generator.generate(kTurn, 30, sampling, 1), piece);
  EXPECT_NE(generator.generate(kTurn, 30, {.temperature = 3, .seed = 5}, 2), piece);
  const Piece longer = generator.generate(kTurn, 40, sampling, 2);
  EXPECT_TRUE(std::equal(piece.begin(), piece.end(), longer.begin()));
}

TEST(PieceGenerator, NeedsNoPromptAndKeepsChordsInOrder) {
  for (const data::Chord& chord : gru().generator().generate({}, 20, {.temperature = 5})) {
    EXPECT_TRUE(std::is_sorted(chord.begin(), chord.end()));
    EXPECT_EQ(std::adjacent_find(chord.begin(), chord.end()), chord.end());
  }
}

TEST(PieceGenerator, DrawsLatentVariablesOfACellThatHasThem) {
  Trained trained("vrnn", 500);
  PieceGenerator generator = trained.generator();
  const Piece piece = generator.generate(kTurn, 3, {.temperature = 0, .seed = 2});
  EXPECT_EQ(piece, kTurn);
  // The noise is of the seed too, so a piece comes again.
  const Piece other = generator.generate(kTurn, 20, {.temperature = 2, .seed = 2});
  EXPECT_EQ(trained.generator().generate(kTurn, 20, {.temperature = 2, .seed = 2}), other);
}

// Of pieces that begin with the first step of a turn, so that a draw does too.
TEST(PieceGenerator, DrawsPiecesFromADensity) {
  for (const char* cell : {"gru", "vrnn"}) {
    SCOPED_TRACE(cell);
    Trained trained(cell, cell == std::string("vrnn") ? 500 : 100, "density");
    PieceGenerator generator = trained.generator();
    size_t right = 0;
    for (uint64_t number = 0; number < 10; ++number) {
      const Piece piece = generator.generate({}, 9, {.seed = 2}, number);
      for (size_t step = 0; step < piece.size(); ++step) right += piece[step] == kTurn[step % 3];
      EXPECT_EQ(trained.generator().generate({}, 9, {.seed = 2}, number), piece);
    }
    EXPECT_GE(right, 80u);  // of 90; a key out of place now and then is in the nature of draws
    EXPECT_THAT([&] { generator.generate({}, 9, {.temperature = 0.5}); },
                testing::ThrowsMessage<UserError>(HasSubstr("a model of the density draws a step's keys itself, at temperature 1")));
  }
}

TEST(PieceGenerator, GoesOnFromAPromptWhereADensityReadsIt) {
  Trained gru("gru", 100, "density");
  size_t right = 0;
  for (uint64_t number = 0; number < 10; ++number) right += gru.generator().generate({kTurn[0], kTurn[1]}, 1, {.seed = 2}, number) == Piece{kTurn[2]};
  EXPECT_GE(right, 9u);
  Trained vrnn("vrnn", 1, "density");
  EXPECT_THAT([&] { vrnn.generator().generate(kTurn, 1, {}); },
              testing::ThrowsMessage<UserError>(HasSubstr("'vrnn' models its own input, so no piece can be played to it while it generates; leave the prompt out")));
}

std::string refusal(const std::string& cell, const std::map<std::string, plugin::HyperValue>& hyper = {}, const std::string& kind = "music") {
  data::Encoding encoding = gru().encoding;
  model::ModelOptions options;
  options.cell = cell;
  options.hidden = 8;
  options.hyper = {hyper.begin(), hyper.end()};
  const model::Network network(options, model::task_spec(encoding), find_cell);
  const model::ParameterSet weights = network.initial(1, 0);
  encoding.kind = kind;
  try {
    PieceGenerator(network, weights, encoding, gru().memory);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(PieceGenerator, RefusesModelsThatCannotGoOnStepByStep) {
  EXPECT_EQ(refusal("gru"), "");
  EXPECT_EQ(refusal("gru", {}, "tagging"), "the model's task is 'tagging'; only music gives pieces");
  EXPECT_EQ(refusal("bidirectional"), "'bidirectional' is a layer: it reads whole pieces and cannot go on step by step; train a cell to generate");
  EXPECT_EQ(refusal("vrnn", {{"emission", std::string("bernoulli")}}), "");
  EXPECT_THAT(refusal("vrnn", {{"emission", std::string("bernoulli")}, {"output", std::string("density")}}),
              HasSubstr("'vrnn' draws its own input while it generates, so no piece can be played to it; train it with other hyper-parameters"));
}

TEST(PieceGenerator, RefusesATemperatureBelowZero) {
  EXPECT_THROW(gru().generator().generate({}, 1, {.temperature = -1}), UserError);
}

}  // namespace
}  // namespace recur::train
