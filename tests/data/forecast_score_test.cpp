#include "recur/data/forecast_score.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace recur::data {
namespace {

using Values = std::vector<double>;

std::vector<std::string> names(const std::vector<MetricInfo>& metrics) {
  std::vector<std::string> names;
  for (const MetricInfo& metric : metrics) names.push_back(metric.name);
  return names;
}

TEST(SeasonalNaiveErrorTest, IsTheMeanChangeOverASeason) {
  const Values series{1, 4, 2, 8};
  EXPECT_EQ(seasonal_naive_error(series, 1, 1), (Values{(3 + 2 + 6) / 3.0}));
  EXPECT_EQ(seasonal_naive_error(series, 1, 2), (Values{(1 + 4) / 2.0}));
  const Values two_columns{1, 10, 4, 30, 2, 60};
  EXPECT_EQ(seasonal_naive_error(two_columns, 2, 1), (Values{2.5, 25}));
}

TEST(ForecastScoreTest, GivesErrorsInTheDatasOwnUnits) {
  ForecastScore score({10}, {5});  // one standard deviation is 10 units
  const std::vector<float> predictions{1, 2, 3}, y{1.5, 2, 1};
  score.add({.predictions = predictions, .y = y});  // errors -5, 0, 20
  EXPECT_EQ(score.values(), (Values{std::sqrt(425 / 3.0), 25 / 3.0, 25 / 3.0 / 5}));
  EXPECT_EQ(names(ForecastScore::metrics({"a"})), (std::vector<std::string>{"rmse", "mae", "mase"}));
}

TEST(ForecastScoreTest, DoesNotDependOnHowTheExamplesAreBatched) {
  const std::vector<float> predictions{1, 2, 3, 4, 5}, y{2, 0, 3, 1, 9};
  ForecastScore whole({2}, {1}), pieces({2}, {1});
  whole.add({.predictions = predictions, .y = y});
  const std::span<const float> p(predictions), t(y);
  pieces.add({.predictions = p.first(2), .y = t.first(2)});
  pieces.add({.predictions = p.last(3), .y = t.last(3)});
  EXPECT_EQ(whole.values(), pieces.values());
}

TEST(ForecastScoreTest, GivesEachOfSeveralColumnsToo) {
  ForecastScore score({1, 2}, {1, 8});
  const std::vector<float> y(4, 0), predictions{3, 1, -1, 3};  // a: 3 -1, b: 2 6
  score.add({.predictions = predictions, .y = y});
  const Values a{std::sqrt(5.0), 2, 2}, b{std::sqrt(20.0), 4, 0.5};
  EXPECT_EQ(score.values(),
            (Values{std::sqrt(50 / 4.0), 12 / 4.0, (2 + 0.5) / 2, a[0], a[1], a[2], b[0], b[1], b[2]}));
  EXPECT_EQ(names(ForecastScore::metrics({"a", "b"})),
            (std::vector<std::string>{"rmse", "mae", "mase", "rmse/a", "mae/a", "mase/a", "rmse/b", "mae/b", "mase/b"}));
}

TEST(ForecastScoreTest, IsNotANumberBeforeAnythingWasAddedAndAfterReset) {
  ForecastScore score({1}, {1});
  for (const double value : score.values()) EXPECT_TRUE(std::isnan(value));
  score.add_error(0, 3);
  EXPECT_EQ(score.values(), (Values{3, 3, 3}));
  score.reset();
  for (const double value : score.values()) EXPECT_TRUE(std::isnan(value));
  EXPECT_EQ(ForecastScore({1, 1}, {1, 1}).values().size(), 9u);
}

}  // namespace
}  // namespace recur::data
