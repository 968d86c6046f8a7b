// The functions that a plugin calls. Each turns numbers into values, lets the builder work, and keeps errors for its thread.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "abi_struct.hpp"
#include "host_error.hpp"
#include "recorder.hpp"
#include "recur/error/suggest.hpp"

namespace recur::plugin {

HostError& host_error() {
  static thread_local HostError error;
  return error;
}

namespace {

Declarations& declaring(recur_recorder* recorder) {
  if (recorder == nullptr || recorder->declaring == nullptr)
    throw UserError("weights, states and inner cells can be declared only while the instance is created");
  return *recorder->declaring;
}

Recording& recording(recur_recorder* recorder) {
  if (recorder == nullptr || recorder->recording == nullptr) throw UserError("nothing can be recorded while the instance is created");
  return *recorder->recording;
}

const char* checked(const char* text, const char* what) {
  if (text == nullptr) throw UserError(fmt::format("{} is null", what));
  return text;
}

bool offered_to_plugins(uint32_t op) {
  static constexpr struct { uint32_t first, last; } kRanges[] = {
      {RECUR_OP_CONSTANT, RECUR_OP_CONSTANT}, {RECUR_OP_ADD, RECUR_OP_SELECT},      {RECUR_OP_NEG, RECUR_OP_FLOOR},
      {RECUR_OP_MATMUL, RECUR_OP_OUTER},      {RECUR_OP_CONCAT, RECUR_OP_BROADCAST}, {RECUR_OP_SUM, RECUR_OP_REDUCE_MAX},
      {RECUR_OP_SOFTMAX, RECUR_OP_CROSS_ENTROPY}, {RECUR_OP_GATHER, RECUR_OP_GATHER_TIME}, {RECUR_OP_UNIFORM, RECUR_OP_NORMAL},
      {RECUR_OP_STOP_GRADIENT, RECUR_OP_STRAIGHT_THROUGH}};
  return std::any_of(std::begin(kRanges), std::end(kRanges), [op](const auto& range) { return op >= range.first && op <= range.last; });
}

void set_error(const char* message) noexcept { host_error().message = message == nullptr ? "" : message; }

recur_status declare_weight(recur_recorder* recorder, const recur_weight_spec* spec) noexcept {
  return host_call([&] { declaring(recorder).add_weight(*spec); });
}

recur_status declare_state(recur_recorder* recorder, const recur_state_spec* spec) noexcept {
  return host_call([&] { declaring(recorder).add_state(*spec); });
}

recur_phase phase(recur_recorder* recorder) noexcept {
  return recorder->recording == nullptr ? RECUR_TRAIN : recorder->recording->phase;
}

recur_status weight(recur_recorder* recorder, const char* name, recur_var* out) noexcept {
  return host_call([&] {
    Recording& to = recording(recorder);
    const std::string asked = checked(name, "the name of a weight");
    const auto found = recorder->weights->find(recorder->prefix + asked);
    if (found == recorder->weights->end()) {
      std::vector<std::string> names;
      for (const auto& [key, value] : *recorder->weights)
        if (key.starts_with(recorder->prefix)) names.push_back(key.substr(recorder->prefix.size()));
      throw UserError(fmt::format("weight '{}' was not declared{}", asked, suggestion(asked, names)));
    }
    *out = to.add(found->second);
  });
}

recur_status shape(recur_recorder* recorder, recur_var var, int64_t dims[RECUR_MAX_RANK], uint32_t* rank) noexcept {
  return host_call([&] {
    const Recording& from = recording(recorder);
    const ir::Shape& shape = from.builder.shape(from.value(var));
    if (shape.size() > RECUR_MAX_RANK) throw UserError(fmt::format("the shape {} has more than {} dimensions", ir::to_string(shape), RECUR_MAX_RANK));
    std::copy(shape.begin(), shape.end(), dims);
    *rank = static_cast<uint32_t>(shape.size());
  });
}

recur_status emit(recur_recorder* recorder, uint32_t op, const recur_var* in, uint32_t in_count, const int64_t* ints,
                  uint32_t int_count, const double* reals, uint32_t real_count, recur_var* out) noexcept {
  return host_call([&] {
    Recording& to = recording(recorder);
    if (!offered_to_plugins(op)) throw UserError(fmt::format("operator {} is not known to this recur; the plugin may need a newer one", op));
    for (uint32_t i = 0; i < real_count; ++i)
      if (std::isnan(reals[i])) throw UserError(fmt::format("{} is given a number that is NaN", ir::name_of(static_cast<ir::Op>(op))));
    *out = to.add(to.builder.emit(static_cast<ir::Op>(op), to.values(in, in_count), std::vector<int64_t>(ints, ints + int_count),
                                  std::vector<double>(reals, reals + real_count)));
  });
}

recur_status map(recur_recorder* recorder, const recur_map_kernel* kernel, const recur_var* in, uint32_t in_count,
                 recur_var* out) noexcept {
  return host_call([&] {
    Recording& to = recording(recorder);
    if (kernel == nullptr || kernel->struct_size < kMapKernelSizeV1) throw UserError("map: the kernel is null or too short");
    if (kernel->name == nullptr || kernel->forward_f32 == nullptr || kernel->forward_f64 == nullptr ||
        kernel->gradient_f32 == nullptr || kernel->gradient_f64 == nullptr)
      throw UserError("map: the kernel lacks its name or one of its four functions");
    if (kernel->arity < 1 || kernel->arity > 4 || kernel->arity != in_count)
      throw UserError(fmt::format("map '{}' takes {} values and was given {}", kernel->name, kernel->arity, in_count));
    *out = to.add(to.builder.map(kernel, to.values(in, in_count)));
  });
}

recur_status auxiliary_loss(recur_recorder* recorder, const char* name, recur_var value, double scale) noexcept {
  return host_call([&] {
    Recording& to = recording(recorder);
    const std::string called = recorder->prefix + checked(name, "the name of an auxiliary loss");
    if (!std::isfinite(scale)) throw UserError(fmt::format("auxiliary loss '{}': the scale is {}", called, scale));
    to.add_loss(called, to.value(value), scale);
  });
}

recur_status begin_scan(recur_recorder* recorder, const recur_var* xs, uint32_t x_count, const recur_var* init,
                        uint32_t state_count, uint32_t reverse, recur_var lengths, recur_var resets, recur_var* x_t,
                        recur_var* states) noexcept {
  return host_call([&] {
    Recording& to = recording(recorder);
    const auto optional = [&](recur_var var) { return var == 0 ? ir::kNone : to.value(var); };
    const ir::Builder::ScanVars vars =
        to.begin_scan(to.values(xs, x_count), to.values(init, state_count), reverse != 0, optional(lengths), optional(resets));
    for (size_t i = 0; i < vars.x_t.size(); ++i) x_t[i] = to.add(vars.x_t[i]);
    for (size_t i = 0; i < vars.states.size(); ++i) states[i] = to.add(vars.states[i]);
  });
}

recur_status end_scan(recur_recorder* recorder, const recur_var* next, uint32_t state_count, const recur_var* ys,
                      uint32_t y_count, recur_var* final_states, recur_var* stacked) noexcept {
  return host_call([&] {
    Recording& to = recording(recorder);
    if (to.depth() <= recorder->base_depth) throw UserError("end_scan without begin_scan");
    const ir::Builder::ScanResult result = to.end_scan(to.values(next, state_count), to.values(ys, y_count), "");
    for (size_t i = 0; i < result.final_states.size(); ++i) final_states[i] = to.add(result.final_states[i]);
    for (size_t i = 0; i < result.stacked.size(); ++i) stacked[i] = to.add(result.stacked[i]);
  });
}

recur_status declare_inner(recur_recorder* recorder, const char* name, const char* id, int64_t input, int64_t hidden,
                           recur_inner** out) noexcept {
  return host_call([&] {
    *out = declaring(recorder).add_inner(checked(name, "the name of an inner cell"), checked(id, "the id of an inner cell"), input, hidden);
  });
}

uint32_t inner_state_count(recur_inner* inner) noexcept { return static_cast<uint32_t>(inner->instance.states().size()); }

recur_status inner_start(recur_recorder* recorder, recur_inner* inner, recur_var* states) noexcept {
  return host_call([&] {
    Recording& to = recording(recorder);
    const std::vector<ir::ValueId> start = Recorder::start(inner->instance, to.builder, to.batch_time.back(), *recorder->weights,
                                                           recorder->prefix + inner->name + ".");
    for (size_t i = 0; i < start.size(); ++i) states[i] = to.add(start[i]);
  });
}

recur_status inner_step(recur_recorder* recorder, recur_inner* inner, recur_var x, const recur_var* states,
                        recur_var* output, recur_var* next) noexcept {
  return host_call([&] {
    Recording& to = recording(recorder);
    const std::string prefix = recorder->prefix + inner->name + ".";
    ir::ValueId y = ir::kNone;
    std::vector<ir::ValueId> before = to.values(states, inner_state_count(inner)), after;
    Recorder::step(inner->instance, to, *recorder->weights, prefix, to.value(x), before, &y, &after);
    if (std::optional<ir::Lowering> lowering = Recorder::lowering(inner->instance, to, *recorder->weights, prefix)) {
      InnerStep step{std::move(before), after, std::move(*lowering)};
      step.inputs.insert(step.inputs.begin(), to.value(x));
      step.outputs.push_back(y);
      to.note_inner(std::move(step));
    }
    *output = to.add(y);
    for (size_t i = 0; i < after.size(); ++i) next[i] = to.add(after[i]);
  });
}

int64_t inner_output(recur_inner* inner) noexcept { return inner->instance.output(); }

recur_status inner_state(recur_inner* inner, uint32_t index, recur_state_spec* out) noexcept {
  return host_call([&] {
    const std::vector<StateInfo>& states = inner->instance.states();
    if (index >= states.size()) throw UserError(fmt::format("inner cell '{}' has no state {}", inner->name, index));
    if (out->struct_size < kStateSpecSizeV1) throw UserError("inner_state: recur_state_spec is too short");
    const StateInfo& state = states[index];
    out->name = state.name.c_str();
    out->start = state.start_weight.empty() ? RECUR_START_CONSTANT : RECUR_START_LEARNED;
    std::copy(state.dims.begin(), state.dims.end(), out->dims);
    out->rank = static_cast<uint32_t>(state.dims.size());
    out->value = state.value;
  });
}

recur_status updates(recur_recorder* recorder, recur_var* out) noexcept {
  return host_call([&] {
    constexpr double kBeyondAnySchedule = 1e9;
    Recording& to = recording(recorder);
    *out = to.add(to.updates != ir::kNone ? to.updates : to.builder.constant(kBeyondAnySchedule));
  });
}

recur_status segments(recur_recorder* recorder, uint32_t level, recur_segments* out) noexcept {
  return host_call([&] {
    Recording& to = recording(recorder);
    if (out->struct_size < kSegmentsSizeV1) throw UserError("segments: recur_segments is too short");
    if (level < 1 || level > to.segments.size())
      throw UserError(fmt::format("boundaries of level {} were not asked for; there are {} levels", level, to.segments.size()));
    const Segments& from = to.segments[level - 1];
    out->ends = to.add(from.ends);
    out->of = to.add(from.of);
    out->counts = to.add(from.counts);
  });
}

}  // namespace

const recur_host& host_table() {
  static const recur_host table{sizeof(recur_host), RECUR_ABI_MAJOR, RECUR_ABI_MINOR, &set_error,
                                &declare_weight,    &declare_state,  &phase,          &weight,
                                &shape,             &emit,           &map,            &auxiliary_loss,
                                &begin_scan,        &end_scan,       &declare_inner,  &inner_state_count,
                                &inner_start,       &inner_step,     &inner_output,   &inner_state,
                                &updates,           &segments};
  return table;
}

}  // namespace recur::plugin
