// The data sets that the definitions in experiments/ name.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "recur/data/forecast.hpp"
#include "recur/data/language_model.hpp"

namespace recur::data {
namespace {

// A file in one of the directories of RECUR_DATA or in ../shared/data; "" if it is in none.
std::string find_data(const std::string& name) {
  const char* const variable = std::getenv("RECUR_DATA");
  std::istringstream directories(variable ? variable : std::string(RECUR_SOURCE_DIR) + "/../shared/data");
  for (std::string directory; std::getline(directories, directory, ':');) {
    const auto path = std::filesystem::path(directory) / name;
    if (std::filesystem::exists(path)) return path.string();
  }
  return "";
}

ForecastOptions in_repository(const std::string& name, const std::string& column) {
  ForecastOptions options;
  options.csv = std::string(RECUR_SOURCE_DIR) + "/experiments/forecast/data/" + name;
  options.columns = {column};
  options.window = 24;
  options.season = 12;
  return options;
}

TEST(RealDataTest, SunspotsAreWholeAndInOrder) {
  const ForecastTask task(in_repository("sunspots.csv", "mean"));
  EXPECT_EQ(task.rows(), 2820);
  EXPECT_EQ(task.examples(Part::train), (Range{24, 1974}));
  for (const Baseline& baseline : task.baselines()) {
    for (const double value : baseline.values) EXPECT_GT(value, 0) << baseline.name;
  }
}

TEST(RealDataTest, AirlinePassengersRepeatByTheYear) {
  const ForecastTask task(in_repository("airline.csv", "passengers"));
  EXPECT_EQ(task.rows(), 144);
  ASSERT_EQ(task.baselines().size(), 4u);
  EXPECT_EQ(task.baselines()[3].name, "seasonal_naive");
}

TEST(RealDataTest, TinyShakespeareHasItsKnownSize) {
  LanguageModelOptions options;
  options.text = find_data("tiny_shakespeare/input.txt");
  if (options.text.empty()) GTEST_SKIP() << "tiny_shakespeare/input.txt is in no directory of RECUR_DATA";
  const LanguageModelTask task(options);
  EXPECT_EQ(task.tokens().size(), 1115394u);
  EXPECT_EQ(task.vocabulary().size(), 65 + 1);
  const std::vector<Baseline> baselines = task.baselines();
  EXPECT_NEAR(baselines[0].values[0], 4.8, 0.1);
  EXPECT_NEAR(baselines[1].values[0], 3.5, 0.1);
  const auto batches = task.batches(Part::valid, 32);
  int64_t counted = 0;
  for (int64_t b = 0; b < batches->size(); ++b) counted += batches->shape(b).counted;
  EXPECT_EQ(counted, task.parts()[Part::valid].size());
}

}  // namespace
}  // namespace recur::data
