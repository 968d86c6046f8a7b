#include "recur/train/evaluation.hpp"

#include "measurement.hpp"
#include "recur/random/stream.hpp"
#include "runner.hpp"

namespace recur::train {

Evaluation evaluate(const data::Task& task, data::Part part, const model::Network& network, const model::ParameterSet& weights, int64_t batch,
                    exec::PathMemory& memory, exec::PathChoice choice, uint64_t seed, uint64_t replicate) {
  Runners runners(network, weights, nullptr, memory, choice);
  // Which positions count is of the data alone: a network that was made of a stored encoding knows nothing of it.
  data::TaskSpec spec = network.spec();
  spec.has_counts = task.spec().has_counts;
  BatchFeed feed(spec, runners, model::Purpose::kEvaluate);
  Measurement measurement(task);
  measure(*task.batches(part, batch), feed, stream_key(seed, replicate, "noise/evaluate"), {}, measurement);
  Evaluation result{{}, measurement.details()};
  const std::vector<std::string> names = metric_names(task, part);
  const std::vector<double> values = measurement.values();
  for (size_t i = 0; i < names.size(); ++i) result.metrics[names[i]] = values[i];
  return result;
}

}  // namespace recur::train
