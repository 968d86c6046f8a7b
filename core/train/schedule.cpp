#include "recur/train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::train {

Schedule::Schedule(const ScheduleOptions& options, int64_t epochs, int64_t updates_per_epoch)
    : options_(options), updates_per_epoch_(std::max<int64_t>(updates_per_epoch, 1)), total_(epochs * updates_per_epoch_) {
  if (options.kind == "constant") kind_ = Kind::kConstant;
  else if (options.kind == "step") kind_ = Kind::kStep;
  else if (options.kind == "cosine") kind_ = Kind::kCosine;
  else if (options.kind == "plateau") kind_ = Kind::kPlateau;
  else
    throw UserError(fmt::format("train.schedule.kind: unknown schedule '{}'{}", options.kind,
                                suggestion(options.kind, {"constant", "step", "cosine", "plateau"})));
}

double Schedule::factor(int64_t update) const {
  const double warmup = update < options_.warmup ? static_cast<double>(update + 1) / static_cast<double>(options_.warmup) : 1;
  switch (kind_) {
    case Kind::kConstant: break;
    case Kind::kStep:
      return warmup * std::pow(options_.gamma, static_cast<double>(update / updates_per_epoch_ / options_.every));
    case Kind::kCosine: {
      const int64_t span = std::max<int64_t>(total_ - options_.warmup, 1);
      const double p = static_cast<double>(std::clamp<int64_t>(update - options_.warmup, 0, span)) / static_cast<double>(span);
      return warmup * (options_.floor + (1 - options_.floor) * (1 + std::cos(std::numbers::pi * p)) / 2);
    }
    case Kind::kPlateau: return warmup * state_.reduction;
  }
  return warmup;
}

void Schedule::end_epoch(bool improved) {
  if (kind_ != Kind::kPlateau) return;
  state_.waited = improved ? 0 : state_.waited + 1;
  if (state_.waited <= options_.patience) return;
  state_.reduction = std::max(state_.reduction * options_.gamma, options_.floor);
  state_.waited = 0;
}

}  // namespace recur::train
