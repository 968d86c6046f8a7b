#include "recur/train/trainer.hpp"

#include <utility>

#include "recur/error/error.hpp"
#include "recur/ir/adjoint.hpp"
#include "recur/random/stream.hpp"
#include "trainer_impl.hpp"

namespace recur::train {
namespace {

constexpr int64_t kCheckpointFormat = 1;

std::string path_name(model::Purpose purpose) { return fmt::format("path.{}", to_string(purpose)); }

std::array<std::unique_ptr<data::Batches>, data::kParts.size()> batches_of(const data::Task& task, int64_t size) {
  std::array<std::unique_ptr<data::Batches>, data::kParts.size()> batches;
  for (const data::Part part : data::kParts) batches[static_cast<size_t>(part)] = task.batches(part, size);
  return batches;
}

std::vector<std::string> epoch_metrics_of(const data::Task& task, const data::Batches& valid) {
  std::vector<std::string> names = metric_names(task, data::Part::train);
  if (valid.size() == 0) return names;
  const std::vector<std::string> more = metric_names(task, data::Part::valid);
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

}  // namespace

Trainer::Impl::Impl(Training t, model::Network n, exec::PathMemory& memory, exec::PathChoice choice)
    : training(std::move(t)),
      network(std::move(n)),
      batches(batches_of(*training.task, training.train.batch)),
      epoch_metrics(epoch_metrics_of(*training.task, of(data::Part::valid))),
      weights(network.initial(training.seed, training.replicate)),
      gradients(network.layout()),
      best(weights),
      optimizer(training.train.optimizer, network.layout()),
      schedule(training.train.schedule, training.train.epochs, of(data::Part::train).size()),
      runners(network, weights, &gradients, memory, choice),
      train_feed(network.spec(), runners, model::Purpose::kTrain),
      evaluate_feed(network.spec(), runners, model::Purpose::kEvaluate),
      train_measurement(*training.task),
      measurement(*training.task),
      progress(training.objective, training.train, epoch_metrics, *training.task),
      noise_(stream_key(training.seed, training.replicate, "noise/train")),
      evaluation_noise_(stream_key(training.seed, training.replicate, "noise/evaluate")) {}

Checkpoint Trainer::Impl::checkpoint() const {
  Checkpoint checkpoint;
  const auto add = [&](const model::ParameterSet& set, const std::string& prefix) {
    for (Array& array : to_arrays(set, prefix)) checkpoint.arrays.push_back(std::move(array));
  };
  add(weights, "weights/");
  add(best, "best/");
  for (const Optimizer::Moment& moment : optimizer.moments()) add(moment.values, moment.name + "/");
  auto& scalars = checkpoint.scalars;
  scalars["format"] = kCheckpointFormat;
  scalars["optimizer.updates"] = optimizer.updates();
  scalars["schedule.reduction"] = schedule.state().reduction;
  scalars["schedule.waited"] = schedule.state().waited;
  for (const auto& [purpose, path] : runners.paths()) scalars[path_name(purpose)] = std::string(exec::to_string(path));
  progress.save(checkpoint);
  return checkpoint;
}

void Trainer::Impl::resume(const Checkpoint& checkpoint) {
  if (const int64_t format = integer_of(checkpoint, "format"); format != kCheckpointFormat)
    throw UserError(fmt::format("the checkpoint has format {}, this recur reads {}; start afresh", format, kCheckpointFormat));
  std::vector<ArrayView> views;
  for (const Array& array : checkpoint.arrays) views.push_back({array.name, array.shape, array.values});
  from_arrays(weights, views, "weights/");
  from_arrays(best, views, "best/");
  for (Optimizer::Moment& moment : optimizer.moments()) from_arrays(moment.values, views, moment.name + "/");
  optimizer.set_updates(integer_of(checkpoint, "optimizer.updates"));
  schedule.set_state({real_of(checkpoint, "schedule.reduction"), integer_of(checkpoint, "schedule.waited")});
  progress.restore(checkpoint);
  Runners::Paths paths;
  for (const model::Purpose purpose : {model::Purpose::kTrain, model::Purpose::kEvaluate})
    if (checkpoint.scalars.contains(path_name(purpose)))
      paths[purpose] = text_of(checkpoint, path_name(purpose)) == exec::to_string(exec::Path::kLowered) ? exec::Path::kLowered : exec::Path::kRecorded;
  runners.set_paths(std::move(paths));
  runners.weights_changed();
}

Trainer::Trainer(Training training, const plugin::FindCell& find, exec::PathMemory& memory, exec::PathChoice choice) {
  model::Network network(training.model, training.task->spec(), find);
  impl_ = std::make_unique<Impl>(std::move(training), std::move(network), memory, choice);
}

Trainer::Trainer(Training training, const plugin::Registry& registry, exec::PathMemory& memory, exec::PathChoice choice) {
  model::Network network(training.model, training.task->spec(), registry);
  impl_ = std::make_unique<Impl>(std::move(training), std::move(network), memory, choice);
}

Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

const model::Network& Trainer::network() const { return impl_->network; }
const std::vector<std::string>& Trainer::epoch_metrics() const { return impl_->epoch_metrics; }
const std::vector<std::string>& Trainer::step_metrics() const { return impl_->step_metrics; }
const std::string& Trainer::objective() const { return impl_->progress.objective().metric; }
int64_t Trainer::parameters() const { return impl_->network.parameters(); }
int64_t Trainer::steps_per_epoch() const { return impl_->batches[0]->size(); }

double Trainer::flops_per_step() const {
  const ProgramSize size = ProgramSize::of(impl_->batches[0]->shape(0));
  const ir::Program bound = ir::bind(impl_->network.program(model::Purpose::kTrain), size.symbols());
  return ir::flops(ir::differentiate(bound, 0, impl_->network.layout()->names()));
}

void Trainer::resume(const Checkpoint& checkpoint) { impl_->resume(checkpoint); }
Ending Trainer::run(Observer& observer) { return impl_->run(observer); }

const model::ParameterSet& Trainer::last_weights() const { return impl_->last ? *impl_->last : impl_->weights; }
const model::ParameterSet& Trainer::best_weights() const { return impl_->best; }

}  // namespace recur::train
