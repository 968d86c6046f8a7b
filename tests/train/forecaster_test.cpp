#include "recur/train/forecaster.hpp"

#include <gtest/gtest.h>

#include "recur/data/forecast.hpp"
#include "recur/error/error.hpp"
#include "recur/exec/reference.hpp"
#include "trainings.hpp"

namespace recur::train {
namespace {

struct Airline {
  Airline() : task(airline_options().forecast), encoding(task.encoding()) {
    options.cell = "gru";
    options.hidden = 5;
  }
  data::ForecastTask task;
  data::Encoding encoding;
  model::ModelOptions options;
  exec::PathMemory memory;
};

TEST(Forecaster, PredictsTheNextStepsInTheDatasOwnUnits) {
  Airline airline;
  const model::Network network(airline.options, model::task_spec(airline.encoding), find_cell);
  const model::ParameterSet weights = network.initial(1, 0);
  Forecaster forecaster(network, weights, airline.encoding, airline.memory);
  std::vector<double> series;
  for (int i = 0; i < 20; ++i) series.push_back(100 + 5 * i);
  const std::vector<double> forecast = forecaster.forecast(series);

  // The same by the reference, from the standardised last twelve values.
  const ir::Program program = ir::bind(network.program(model::Purpose::kPredict), {{ir::kTime, 12}, {ir::kBatch, 1}});
  std::map<std::string, exec::Tensor> inputs;
  for (size_t i = 0; i < network.layout()->count(); ++i)
    inputs[network.layout()->parameters()[i].name] = {network.layout()->parameters()[i].shape, {weights[i].begin(), weights[i].end()}};
  exec::Tensor x{{12, 1, 1}, {}};
  for (size_t i = 8; i < 20; ++i) x.data.push_back((series[i] - airline.encoding.mean[0]) / airline.encoding.deviation[0]);
  inputs["x"] = x;
  inputs["last"] = {{1, 1}, {11}};
  const std::vector<double> expected = exec::Reference(program).run(inputs)[0].data;
  ASSERT_EQ(forecast.size(), 2u);
  for (size_t h = 0; h < 2; ++h)
    EXPECT_NEAR(forecast[h], airline.encoding.mean[0] + airline.encoding.deviation[0] * expected[h], 1e-3);
}

TEST(Forecaster, NeedsAWholeWindow) {
  Airline airline;
  const model::Network network(airline.options, model::task_spec(airline.encoding), find_cell);
  const model::ParameterSet weights = network.initial(1, 0);
  Forecaster forecaster(network, weights, airline.encoding, airline.memory);
  const std::vector<double> series(11, 100.0);
  try {
    forecaster.forecast(series);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "11 rows; the model's window needs 12");
  }
}

TEST(Forecaster, HasTheSpecOfItsTask) {
  Airline airline;
  const data::TaskSpec a = airline.task.spec(), b = model::task_spec(airline.encoding);
  EXPECT_EQ(a.input.width, b.input.width);
  EXPECT_EQ(a.output.width, b.output.width);
  EXPECT_EQ(a.output.at, b.output.at);
  EXPECT_EQ(a.carries_state, b.carries_state);
}

}  // namespace
}  // namespace recur::train
