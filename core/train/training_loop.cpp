#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "recur/error/error.hpp"
#include "trainer_impl.hpp"

namespace recur::train {

using data::Part;

double Trainer::Impl::seconds() const {
  return seconds_before_ + std::chrono::duration<double>(Clock::now() - began_).count();
}

void Trainer::Impl::check_stop(Observer& observer) {
  if (observer.should_stop()) throw Stopped{};
}

void Trainer::Impl::fail_at(const char* what, double value) const {
  std::string norms;
  for (int64_t s = std::max<int64_t>(progress.step - static_cast<int64_t>(norms_.size()), 0); s < progress.step; ++s)
    norms += fmt::format("{}{:.3g}", norms.empty() ? "" : ", ", norms_[static_cast<size_t>(s) % norms_.size()]);
  throw Failed{fmt::format("{} is not finite ({}) at step {} of epoch {}{}; lower train.optimizer.lr or set train.clip_norm", what, value,
                           progress.step, progress.epochs, norms.empty() ? "" : "; last gradient norms " + norms)};
}

void Trainer::Impl::train_step(Observer& observer, int64_t batch) {
  const TrainOptions& options = training.train;
  const Clock::time_point begin = Clock::now();
  const BatchFeed::Result result =
      train_feed.run(of(Part::train), batch, batch == 0, {noise_, static_cast<uint64_t>(progress.step)}, progress.step);
  const double gradient_norm = norm(gradients);
  if (!std::isfinite(result.loss)) fail_at("the loss", result.loss);
  if (!std::isfinite(gradient_norm)) fail_at("the gradient's norm", gradient_norm);
  norms_[static_cast<size_t>(progress.step) % norms_.size()] = gradient_norm;
  train_measurement.add(result);

  double clipped = gradient_norm;
  if (options.clip_value) {
    clip_value(gradients, *options.clip_value);
    if (options.clip_norm) clipped = norm(gradients);
  }
  if (options.clip_norm) clip_norm(gradients, clipped, *options.clip_norm);
  const double rate = options.optimizer.lr * schedule.factor(progress.step);
  optimizer.update(weights, gradients, rate);
  runners.weights_changed();
  step_seconds_ += std::chrono::duration<double>(Clock::now() - begin).count();

  const double row[] = {result.loss, gradient_norm, rate};
  observer.step({progress.step, progress.epochs, seconds(), row});
  ++progress.step;
  ++steps_here_;
}

// Ahead of the first step, so that the speed of steps is theirs alone.
void Trainer::Impl::compile_steps() {
  const data::Batches& train = of(Part::train);
  for (int64_t batch = 0; batch < train.size(); ++batch) runners.get(model::Purpose::kTrain, ProgramSize::of(train.shape(batch)));
}

void Trainer::Impl::train_epoch(Observer& observer) {
  of(Part::train).start_epoch(training.seed, training.replicate, progress.epochs);
  train_measurement.reset();
  for (int64_t batch = 0; batch < of(Part::train).size(); ++batch) {
    check_stop(observer);
    train_step(observer, batch);
  }
}

void Trainer::Impl::evaluate(Observer& observer, const data::Batches& part) {
  if (!measure(part, evaluate_feed, evaluation_noise_, [&] { return observer.should_stop(); }, measurement)) throw Stopped{};
}

std::vector<double> Trainer::Impl::end_of_epoch_row(Observer& observer) {
  std::vector<double> row = train_measurement.values();
  if (of(Part::valid).size() == 0) return row;
  evaluate(observer, of(Part::valid));
  if (!std::isfinite(measurement.loss())) fail_at("valid/loss", measurement.loss());
  const std::vector<double> valid = measurement.values();
  row.insert(row.end(), valid.begin(), valid.end());
  return row;
}

void Trainer::Impl::final_results(Observer& observer, Ending& ending) {
  last = weights;
  std::copy(best.flat().begin(), best.flat().end(), weights.flat().begin());
  runners.weights_changed();
  for (const Part part : data::kParts) {
    if (of(part).size() == 0) continue;
    // In the data's own order, not that of the last epoch: sums in another order would differ in their last bits.
    evaluate(observer, *training.task->batches(part, training.train.batch));
    const std::vector<std::string> names = metric_names(*training.task, part);
    const std::vector<double> values = measurement.values();
    for (size_t i = 0; i < names.size(); ++i) ending.results[names[i]] = values[i];
    if (std::string details = measurement.details(); !details.empty()) ending.details[std::string(to_string(part))] = std::move(details);
  }
}

Ending Trainer::Impl::run(Observer& observer) {
  began_ = Clock::now();
  seconds_before_ = progress.seconds;
  Ending ending;
  const auto end_with = [&](Ending::State state, std::string message) {
    ending.state = state;
    ending.message = std::move(message);
  };
  try {
    if (progress.epochs < training.train.epochs && progress.ended.empty()) compile_steps();
    while (progress.epochs < training.train.epochs && progress.ended.empty()) {
      train_epoch(observer);
      const std::vector<double> row = end_of_epoch_row(observer);
      progress.seconds = seconds();
      const bool improved = progress.end_epoch(row);
      if (improved) std::copy(weights.flat().begin(), weights.flat().end(), best.flat().begin());
      schedule.end_epoch(improved);
      observer.epoch({progress.epochs - 1, progress.step, progress.seconds, row});
      if (observer.wants_checkpoint()) observer.checkpoint(checkpoint());
      if (observer.should_prune()) {
        end_with(Ending::State::kPruned, fmt::format("pruned after epoch {}", progress.epochs - 1));
        break;
      }
      check_stop(observer);
    }
    if (ending.state == Ending::State::kDone) ending.message = progress.ended;
    if (!ending.message.empty()) observer.log(Level::info, ending.message);
    if (progress.best_epoch < 0) std::copy(weights.flat().begin(), weights.flat().end(), best.flat().begin());
    final_results(observer, ending);
  } catch (const Stopped&) {
    end_with(Ending::State::kInterrupted, fmt::format("interrupted in epoch {}", progress.epochs));
  } catch (const Failed& failure) {
    end_with(Ending::State::kFailed, failure.message);
    observer.log(Level::error, failure.message);
  }
  ending.best_epoch = progress.best_epoch;
  ending.epochs = progress.epochs;
  ending.steps = progress.step;
  ending.seconds = seconds();
  ending.steps_per_second = step_seconds_ > 0 ? static_cast<double>(steps_here_) / step_seconds_ : 0;
  return ending;
}

}  // namespace recur::train
