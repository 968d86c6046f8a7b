#include "recur/model/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "cells.hpp"
#include "recur/error/error.hpp"
#include "specs.hpp"

namespace recur::model {
namespace {

using testing::ElementsAre;
using testing_cells::find_cell;

TEST(Network, NamesItsParametersByLayer) {
  const Network network(options("gru", 4, 2), language(5), find_cell);
  EXPECT_THAT(network.layout()->names(), ElementsAre("embedding/W", "layer0/W", "layer0/U", "layer0/b", "layer1/W", "layer1/U", "layer1/b",
                                                     "head/W", "head/b"));
  EXPECT_EQ(network.layout()->parameters()[0].shape, (ir::Shape{5, 4}));
  EXPECT_EQ(network.layout()->parameters()[1].gates, "u r o");
  // embedding 5*4; a layer 4*12 + 4*12 + 16; head 4*5 + 5
  EXPECT_EQ(network.parameters(), 20 + 2 * (48 + 48 + 16) + 25);
  ASSERT_EQ(network.states().size(), 2u);
  EXPECT_EQ(network.states()[1].name, "layer1/h");
}

TEST(Network, TakesTheWidthOfTheEmbeddingFromItsOptions) {
  ModelOptions model = options("vanilla", 4);
  model.embedding = 3;
  const Network network(model, language(5), find_cell);
  EXPECT_EQ(network.layout()->parameters()[0].shape, (ir::Shape{5, 3}));
  EXPECT_EQ(network.layout()->parameters()[1].shape, (ir::Shape{3, 4}));
}

TEST(Network, KeepsEachParameterOnACacheLine) {
  ParameterSet set = Network(options("lstm", 3, 2), regression_at_last_step(), find_cell).initial(1, 0);
  for (size_t i = 0; i < set.layout()->count(); ++i) EXPECT_EQ(reinterpret_cast<uintptr_t>(set[i].data()) % 64, 0u);
}

TEST(Network, RefusesAnUnknownHyperParameter) {
  ModelOptions model = options("lstm");
  model.hyper["forget_bais"] = 1.0;
  try {
    Network network(model, language(), find_cell);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'forget_bias'?"));
  }
}

TEST(Network, LearnsNothingFromPositionsWithoutWeight) {
  const Network network(options("gru"), language(), find_cell);
  const ir::Program program = bind(network, Purpose::kEvaluate, 3, 2);
  const exec::Reference reference(program);
  Tensors inputs = inputs_for(program, network);
  inputs["weight"].data = {0.2, 0.2, 0.2, 0.2, 0.2, 0};  // the last step of the second sequence
  const auto before = reference.run(inputs);
  inputs["labels"].data[5] = std::fmod(inputs["labels"].data[5] + 1, 5);
  const auto after = reference.run(inputs);
  for (const char* name : {"data_loss", "correct"}) EXPECT_EQ(output(program, before, name).data, output(program, after, name).data) << name;
}

TEST(Network, ReadsTheLastValidStepOfEachSequenceAndNothingOfThePadding) {
  data::TaskSpec spec = regression_at_last_step();
  spec.has_lengths = true;
  const Network network(options("lstm", 4, 2), spec, find_cell);
  const ir::Program padded = bind(network, Purpose::kPredict, 5, 1), exact = bind(network, Purpose::kPredict, 3, 1);
  Tensors inputs = inputs_for(exact, network);
  inputs["last"].data = {2};
  inputs["lengths"].data = {3};
  const auto expected = exec::Reference(exact).run(inputs);
  inputs["x"].shape[0] = 5;
  inputs["x"].data.resize(10, 77.0);
  const auto got = exec::Reference(padded).run(inputs);
  for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(output(padded, got, "prediction").data[k], output(exact, expected, "prediction").data[k], 1e-12);
}

// The head is linear, so that it makes no difference whether outputs are averaged before it or after it.
TEST(Network, ReadsTheMeanOverTheValidStepsOfEachSequence) {
  ModelOptions model = options("lstm", 4, 2);
  data::TaskSpec spec = regression_at_last_step(2, 1);
  spec.has_lengths = true;
  data::TaskSpec every_step = spec;
  every_step.output.at = OutputSpec::At::every_step;
  const Network stepwise(model, every_step, find_cell);
  model.readout = "mean";
  const Network network(model, spec, find_cell);
  const ir::Program program = bind(network, Purpose::kPredict, 3, 2), steps = bind(stepwise, Purpose::kPredict, 3, 2);
  Tensors inputs = inputs_for(program, network);
  inputs["lengths"].data = {3, 2};
  const auto got = output(program, exec::Reference(program).run(inputs), "prediction").data;
  const auto each = output(steps, exec::Reference(steps).run(inputs), "prediction").data;  // [T, N, 1]
  EXPECT_NEAR(got[0], (each[0] + each[2] + each[4]) / 3, 1e-12);
  EXPECT_NEAR(got[1], (each[1] + each[3]) / 2, 1e-12);
}

TEST(Network, CarriesItsStateOverChunksOfASequence) {
  for (const char* cell : {"vanilla", "lstm", "gru", "mgu"}) {
    const Network network(options(cell, 4, 2), language(), find_cell);
    const ir::Program whole = bind(network, Purpose::kPredict, 6, 2), chunk = bind(network, Purpose::kPredict, 2, 2),
                      step = bind(network, Purpose::kStep, 1, 2);
    Tensors inputs = inputs_for(whole, network);
    inputs["fresh"].data = {1, 1};
    const auto logits = output(whole, exec::Reference(whole).run(inputs), "prediction").data;
    for (const ir::Program* part : {&chunk, &step}) {
      const size_t steps = part == &chunk ? 2 : 1;
      Tensors each = inputs;
      each["tokens"].shape = part->shape(part->inputs[network.layout()->count()]);
      std::vector<double> joined;
      for (size_t t = 0; t < 6; t += steps) {
        const auto begin = inputs["tokens"].data.begin() + static_cast<std::ptrdiff_t>(2 * t);
        each["tokens"].data.assign(begin, begin + static_cast<std::ptrdiff_t>(2 * steps));
        const auto outputs = exec::Reference(*part).run(each);
        const auto& made = output(*part, outputs, "prediction").data;
        joined.insert(joined.end(), made.begin(), made.end());
        for (const CarriedState& state : network.states()) each["state/" + state.name] = output(*part, outputs, "state/" + state.name);
        each["fresh"].data = {0, 0};
      }
      ASSERT_EQ(joined.size(), logits.size());
      for (size_t i = 0; i < joined.size(); ++i) EXPECT_NEAR(joined[i], logits[i], 1e-12) << cell << " in chunks of " << steps;
    }
  }
}

TEST(Network, AddsTheCellsTermsToTheLossOfTrainingAlone) {
  const Network network(options("penalized", 3, 2), regression_at_last_step(), find_cell);
  const ir::Program training = bind(network, Purpose::kTrain, 4, 2), evaluation = bind(network, Purpose::kEvaluate, 4, 2);
  Tensors inputs = inputs_for(training, network);
  inputs["last"].data = {3, 3};
  const auto trained = exec::Reference(training).run(inputs), evaluated = exec::Reference(evaluation).run(inputs);
  EXPECT_EQ(training.output_names[0], "loss");
  const double loss = trained[0].data[0], data_loss = output(training, trained, "data_loss").data[0];
  EXPECT_GT(loss, data_loss);
  EXPECT_LT(loss, data_loss + 2 * 0.25) << "each layer adds 0.25 times a mean of squares below 1";
  EXPECT_EQ(evaluation.output_names[0], "data_loss");
  EXPECT_NEAR(evaluated[0].data[0], data_loss, 1e-12);
}

TEST(Network, SumsTheCrossEntropyOfBitsOverTheOutputs) {
  data::TaskSpec spec = regression_at_last_step(2, 3);
  spec.output = {OutputSpec::Kind::binary, OutputSpec::At::every_step, 3};
  const Network network(options("vanilla", 4), spec, find_cell);
  const ir::Program program = bind(network, Purpose::kEvaluate, 2, 2);
  Tensors inputs = inputs_for(program, network);
  inputs["y"].data = {1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0};
  inputs["weight"].data = {0.5, 0.25, 0, 1};
  const auto outputs = exec::Reference(program).run(inputs);
  const std::vector<double>& logits = output(program, outputs, "prediction").data;
  ASSERT_EQ(logits.size(), 12u);
  double expected = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    const double p = 1 / (1 + std::exp(-logits[i])), y = inputs["y"].data[i];
    expected -= inputs["weight"].data[i / 3] * (y * std::log(p) + (1 - y) * std::log(1 - p));
  }
  EXPECT_NEAR(output(program, outputs, "data_loss").data[0], expected, 1e-12);
}

TEST(Network, ShowsTheLogitsOfClassesWhereTheScoreWantsThem) {
  data::TaskSpec spec = language();
  for (const bool shown : {false, true}) {
    spec.output.shows_logits = shown;
    const Network network(options("gru"), spec, find_cell);
    for (const Purpose purpose : {Purpose::kTrain, Purpose::kEvaluate}) {
      const std::vector<std::string> names = network.program(purpose).output_names;
      EXPECT_EQ(std::find(names.begin(), names.end(), "prediction") != names.end(), shown);
    }
  }
}

data::TaskSpec tags(int64_t words = 6, int64_t tags = 3) {
  data::TaskSpec spec = language(words);
  spec.output.width = tags;
  spec.output.shows_logits = true;
  spec.carries_state = false;
  spec.has_lengths = true;
  return spec;
}

ModelOptions with_crf(ModelOptions model) {
  model.crf = true;
  return model;
}

TEST(Network, ACrfWithoutPreferencesIsASoftmaxAtEachStep) {
  const Network plain(options("gru"), tags(), find_cell), field(with_crf(options("gru")), tags(), find_cell);
  EXPECT_EQ(field.parameters(), plain.parameters() + 9 + 3 + 3);
  const ir::Program softmax = bind(plain, Purpose::kTrain, 4, 2), crf = bind(field, Purpose::kTrain, 4, 2);
  Tensors inputs = inputs_for(crf, field);  // transitions begin at 0
  inputs["lengths"].data = {4, 2};
  inputs["weight"].data = {0.25, 0.25, 0.25, 0, 0.25, 0, 0, 0};  // and the second word of the second sentence is not known
  const auto fields = exec::Reference(crf).run(inputs);
  for (const char* name : {"head/transitions", "head/start", "head/end"}) inputs.erase(name);
  const auto each = exec::Reference(softmax).run(inputs);
  for (const char* name : {"loss", "data_loss", "correct"}) EXPECT_NEAR(output(crf, fields, name).data[0], output(softmax, each, name).data[0], 1e-9) << name;
}

TEST(Network, ACrfCountsAndShowsTheBestLabellingAsAWhole) {
  const Network network(with_crf(options("gru")), tags(), find_cell);
  for (const Purpose purpose : {Purpose::kTrain, Purpose::kEvaluate, Purpose::kPredict}) {
    const ir::Program program = bind(network, purpose, 4, 1);
    Tensors inputs = inputs_for(program, network);
    inputs["lengths"].data = {3};
    // Whatever the words say, only 2 0 1 can be.
    inputs["head/start"].data = {0, 0, 100};
    inputs["head/transitions"].data = {0, 100, 0, 0, 0, 0, 100, 0, 0};
    if (purpose != Purpose::kPredict) {
      inputs["labels"].data = {2, 0, 0, 0};
      inputs["weight"].data = {0.5, 0.5, 0, 0};
    }
    const auto outputs = exec::Reference(program).run(inputs);
    const std::vector<double>& best = output(program, outputs, "prediction").data;
    const int64_t expected[] = {2, 0, 1};
    for (size_t t = 0; t < 3; ++t) EXPECT_EQ(std::max_element(best.begin() + t * 3, best.begin() + t * 3 + 3) - best.begin() - t * 3, expected[t]);
    if (purpose != Purpose::kPredict) {
      EXPECT_EQ(output(program, outputs, "correct").data[0], 2);
    }
  }
}

ModelOptions with_characters(const std::string& cell = "lstm") {
  ModelOptions model = options("gru", 4);
  model.characters = {.hidden = 3, .cell = cell, .embedding = 2};
  return model;
}

TEST(Network, ReadsTheCharactersOfWordsByACellInEachDirection) {
  data::TaskSpec spec = tags();
  spec.characters = 7;
  const Network network(with_characters(), spec, find_cell);
  EXPECT_THAT(network.layout()->names(),
              ElementsAre("embedding/W", "characters/W", "characters/forwards.W", "characters/forwards.U", "characters/forwards.b", "characters/backwards.W",
                          "characters/backwards.U", "characters/backwards.b", "layer0/W", "layer0/U", "layer0/b", "head/W", "head/b"));
  EXPECT_EQ(network.layout()->parameters()[0].shape, (ir::Shape{6, 4}));
  EXPECT_EQ(network.layout()->parameters()[1].shape, (ir::Shape{7, 2}));
  EXPECT_EQ(network.layers()[0].input(), 4 + 2 * 3);
  const ParameterSet initial = network.initial(1, 0);
  EXPECT_NE(initial.at("characters/forwards.W")[0], initial.at("characters/backwards.W")[0]);
}

TEST(Network, ASpellingIsReadToItsEndWhateverStandsBeyondIt) {
  data::TaskSpec spec = tags();
  spec.characters = 7;
  for (const char* cell : {"lstm", "gru"}) {
    const Network network(with_characters(cell), spec, find_cell);
    const ir::Program program = bind(network, Purpose::kPredict, 2, 1);
    Tensors inputs = inputs_for(program, network);
    inputs["lengths"].data = {2};
    inputs["spelling_lengths"].data = {2, 3, 1, 3};
    inputs["spelled"].data = {0, 1};
    const auto logits = [&] { return output(program, exec::Reference(program).run(inputs), "prediction").data; };
    const std::vector<double> before = logits();
    double* const beyond = &inputs["spellings"].data[2 * kWords];  // the third character of a word of two
    *beyond = *beyond == 6 ? 5 : 6;
    inputs["spellings"].data[2] += inputs["spellings"].data[2] == 6 ? -1 : 1;  // a word that stands nowhere
    EXPECT_EQ(logits(), before);
    double* const first = &inputs["spellings"].data[0];
    *first = *first == 6 ? 5 : 6;
    EXPECT_NE(logits(), before);
    inputs["spelled"].data = {1, 1};
    const std::vector<double> other = logits();
    EXPECT_NE(other, before);
  }
}

TEST(Network, RefusesCharactersThatTheTaskDoesNotTell) {
  EXPECT_THROW(Network(with_characters(), tags(), find_cell), UserError);
  data::TaskSpec spec = tags();
  spec.characters = 7;
  EXPECT_THROW(Network(with_characters("bidirectional"), spec, find_cell), UserError) << "it is no cell";
  EXPECT_THROW(Network(with_characters(), spec, find_cell).program(Purpose::kStep), UserError);
}

TEST(Network, RefusesACrfWhereItCannotBe) {
  EXPECT_THROW(Network(with_crf(options("gru")), language(), find_cell), UserError) << "its sequences are chunks of a text";
  EXPECT_THROW(Network(with_crf(options("gru")), regression_at_last_step(), find_cell), UserError);
  EXPECT_THROW(Network(with_crf(options("gru")), tags(), find_cell).program(Purpose::kStep), UserError);
}

TEST(Network, BeginsFreshSequencesAtTheCellsOwnStart) {
  const Network network(options("penalized", 3), language(), find_cell);
  const ir::Program step = bind(network, Purpose::kStep, 1, 2);
  Tensors inputs = inputs_for(step, network);
  inputs["fresh"].data = {1, 0};
  const auto before = exec::Reference(step).run(inputs);
  for (double& value : inputs["state/layer0/m"].data) value += 1;
  const auto after = exec::Reference(step).run(inputs);
  const auto &a = output(step, before, "state/layer0/m").data, &b = output(step, after, "state/layer0/m").data;
  for (size_t i = 0; i < 6; ++i) EXPECT_EQ(a[i], b[i]);
  for (size_t i = 6; i < 12; ++i) EXPECT_NE(a[i], b[i]);
}

TEST(Network, KnowsTheLayoutsOfWeightsFromTheRegistry) {
  plugin::ScanOptions scan;
  scan.paths = {RECUR_TEST_PLUGINS "/lstm.so"};
  scan.environment = "";
  scan.tree = std::vector<std::filesystem::path>{};
  scan.cache = "";
  scan.probe = RECUR_TEST_PROBE;
  const plugin::Registry registry(scan);
  const Network network(options("lstm", 4, 2), regression_at_last_step(), registry);
  EXPECT_EQ(network.layout()->parameters()[0].layout, "[I, 4H]");
  EXPECT_EQ(network.layout()->parameters()[4].layout, "[H, 4H]");
}

TEST(Network, RecordsLayersOfWholeSequencesStepByStepToo) {
  ModelOptions model = options("bidirectional", 3);
  const Network network(model, language(), find_cell);
  const ir::Program step = bind(network, Purpose::kStep, 1, 2);
  Tensors inputs = inputs_for(step, network);
  EXPECT_EQ(output(step, exec::Reference(step).run(inputs), "prediction").data.size(), 10u);
}

}  // namespace
}  // namespace recur::model
