#include "recur/data/task.hpp"

#include <algorithm>

#include "recur/data/algorithm.hpp"
#include "recur/data/anomaly.hpp"
#include "recur/data/classification.hpp"
#include "recur/data/density.hpp"
#include "recur/data/forecast.hpp"
#include "recur/data/language_model.hpp"
#include "recur/data/music.hpp"
#include "recur/data/tagging.hpp"
#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::data {

std::string_view to_string(Part part) {
  constexpr std::array<std::string_view, 3> kNames{"train", "valid", "test"};
  return kNames[static_cast<size_t>(part)];
}

Part part_named(std::string_view name) {
  const auto part = std::find_if(kParts.begin(), kParts.end(), [&](Part each) { return to_string(each) == name; });
  RECUR_CHECK(part != kParts.end(), "part '{}'", name);
  return *part;
}

std::vector<std::string> task_kinds() { return {"forecast", "language_model", "classification", "tagging", "music", "algorithm", "density", "anomaly"}; }

std::shared_ptr<const Task> make_task(const TaskOptions& options) {
  if (options.kind == "forecast") return std::make_shared<ForecastTask>(options.forecast);
  if (options.kind == "language_model") return std::make_shared<LanguageModelTask>(options.language_model);
  if (options.kind == "classification") return std::make_shared<ClassificationTask>(options.classification);
  if (options.kind == "tagging") return std::make_shared<TaggingTask>(options.tagging);
  if (options.kind == "music") return std::make_shared<MusicTask>(options.music);
  if (options.kind == "algorithm") return std::make_shared<AlgorithmTask>(options.algorithm);
  if (options.kind == "density") return std::make_shared<DensityTask>(options.density);
  if (options.kind == "anomaly") return std::make_shared<AnomalyTask>(options.anomaly);
  throw UserError(fmt::format("task.kind: unknown kind '{}'{}", options.kind, suggestion(options.kind, task_kinds())));
}

}  // namespace recur::data
