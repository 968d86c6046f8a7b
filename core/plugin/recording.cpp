#include <fmt/format.h>

#include <utility>

#include "recorder.hpp"
#include "recur/error/error.hpp"

namespace recur::plugin {

recur_var Recording::add(ir::ValueId value) {
  values_.push_back({value, scans_.empty() ? 0 : scans_.back().serial});
  return static_cast<recur_var>(values_.size());
}

ir::ValueId Recording::value(recur_var var) const {
  if (var == 0) throw UserError("an operator was given no value (an empty Var)");
  if (var > values_.size()) throw UserError(fmt::format("value {} was never made", var));
  const Entry& entry = values_[var - 1];
  bool open = entry.scan == 0;
  for (const OpenScan& scan : scans_) open = open || scan.serial == entry.scan;
  if (!open) throw UserError("a value made inside a scan is used after its end; give it out of the scan's body");
  return entry.id;
}

std::vector<ir::ValueId> Recording::values(const recur_var* vars, uint32_t count) const {
  std::vector<ir::ValueId> ids;
  ids.reserve(count);
  for (uint32_t i = 0; i < count; ++i) ids.push_back(value(vars[i]));
  return ids;
}

ir::Builder::ScanVars Recording::begin_scan(const std::vector<ir::ValueId>& xs, const std::vector<ir::ValueId>& init,
                                            bool reverse, ir::ValueId of_lengths, ir::ValueId resets) {
  ir::Builder::ScanVars vars = builder.begin_scan(xs, init, reverse, of_lengths, resets);
  OpenScan scan;
  scan.serial = next_serial_++;
  scan.lengths = of_lengths;
  scan.xs = xs;
  scan.inputs = vars.x_t;
  scan.inputs.insert(scan.inputs.end(), vars.states.begin(), vars.states.end());
  scans_.push_back(std::move(scan));
  return vars;
}

void Recording::note_inner(InnerStep step) {
  if (in_scan()) scans_.back().inner = std::move(step);
}

ir::Builder::ScanResult Recording::end_scan(std::vector<ir::ValueId> next, std::vector<ir::ValueId> ys, const std::string& name,
                                            size_t* loss_count) {
  OpenScan scan = std::move(scans_.back());
  const size_t y_count = ys.size();
  std::vector<ir::ValueId> outputs = next;
  outputs.insert(outputs.end(), ys.begin(), ys.end());
  const bool only_inner = scan.inner && scan.losses.empty() && scan.xs.size() == 1 && scan.inner->inputs == scan.inputs && scan.inner->outputs == outputs;
  for (const PendingLoss& loss : scan.losses) ys.push_back(loss.value);
  ir::Builder::ScanResult result = builder.end_scan(std::move(next), std::move(ys), name);
  scans_.pop_back();
  if (loss_count != nullptr) *loss_count = scan.losses.size();
  if (only_inner && !in_scan()) {
    scan.inner->lowering.x = scan.xs[0];
    builder.set_lowering(result, scan.inner->lowering);
  }

  // stacked [T, N], zero beyond the lengths: the mean over the valid steps, of each sequence where another scan is
  // around this one, of all where none is.
  for (size_t i = 0; i < scan.losses.size(); ++i) {
    const ir::ValueId stacked = result.stacked[y_count + i];
    const std::vector<int64_t> axes = in_scan() ? std::vector<int64_t>{0} : std::vector<int64_t>{0, 1};
    ir::ValueId mean;
    if (scan.lengths == ir::kNone) {
      mean = builder.mean(stacked, axes);
    } else {
      const ir::ValueId steps = in_scan() ? scan.lengths : builder.sum(scan.lengths, {0});
      mean = builder.div(builder.sum(stacked, axes), builder.emit(ir::Op::kMax, {steps, builder.constant(1)}));
    }
    if (in_scan()) {
      scans_.back().losses.push_back({scan.losses[i].name, mean, scan.losses[i].scale});
    } else {
      losses.push_back({scan.losses[i].name, mean, scan.losses[i].scale});
    }
  }
  result.stacked.resize(y_count);
  return result;
}

void Recording::add_loss(const std::string& name, ir::ValueId value, double scale) {
  const ir::Shape shape = builder.shape(value);
  const int64_t batch = batch_time.back();
  const bool per_sequence = shape == ir::Shape{batch} || shape == ir::Shape{batch, 1};
  if (!in_scan() && batch_time.size() == 2 && shape == batch_time) {
    if (lengths == ir::kNone) {
      losses.push_back({name, builder.mean(value, {0, 1}), scale});
      return;
    }
    const ir::ValueId mask = builder.emit(ir::Op::kLengthMask, {lengths}, {shape[0]});
    const ir::ValueId valid = builder.emit(ir::Op::kSelect, {mask, value, builder.constant(0)});
    const ir::ValueId steps = builder.emit(ir::Op::kMax, {builder.sum(lengths, {0}), builder.constant(1)});
    losses.push_back({name, builder.div(builder.sum(valid, {0, 1}), steps), scale});
    return;
  }
  if (!per_sequence)
    throw UserError(fmt::format("auxiliary loss '{}' has the shape {}; it needs one value a sequence, [N] or [N, 1]", name,
                                ir::to_string(shape)));
  if (in_scan()) {
    scans_.back().losses.push_back({name, shape.size() == 2 ? builder.reshape(value, {batch}) : value, scale});
    return;
  }
  losses.push_back({name, builder.mean(value, shape.size() == 2 ? std::vector<int64_t>{0, 1} : std::vector<int64_t>{0}), scale});
}

}  // namespace recur::plugin
