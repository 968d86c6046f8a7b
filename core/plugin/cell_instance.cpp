#include "recur/plugin/cell_instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "host_error.hpp"
#include "lowering.hpp"
#include "recorder.hpp"

namespace recur::plugin {
namespace {

// The ids of the cells that this thread is making, outermost first. One that asks for itself would never end.
thread_local std::vector<std::string> being_made;
class MakingScope {
 public:
  explicit MakingScope(const std::string& id) {
    if (std::find(being_made.begin(), being_made.end(), id) != being_made.end()) throw UserError(fmt::format("'{}' is made of itself", id));
    being_made.push_back(id);
  }
  ~MakingScope() { being_made.pop_back(); }
  MakingScope(const MakingScope&) = delete;
  MakingScope& operator=(const MakingScope&) = delete;
};

recur_value abi_value(const HyperInfo& hyper, const HyperValue& value) {
  recur_value result{};
  result.type = static_cast<uint32_t>(hyper.type);
  if (const bool* flag = std::get_if<bool>(&value)) result.integer = *flag;
  if (const int64_t* integer = std::get_if<int64_t>(&value)) result.integer = *integer;
  if (const double* real = std::get_if<double>(&value)) result.real = *real;
  if (const std::string* text = std::get_if<std::string>(&value)) result.text = text->c_str();
  return result;
}

using Weights = std::map<std::string, ir::ValueId>;

}  // namespace

struct CellInstance::Impl {
  LoadedCell cell;
  int64_t input = 0, hidden = 0, output = 0;
  std::vector<HyperValue> hypers;
  FindCell find;
  Declarations declared;
  std::optional<DeclaredLowering> lowering;
  int64_t levels = 0;
  std::optional<Density> density;
  void* instance = nullptr;

  ~Impl() {
    if (instance != nullptr) cell.descriptor.destroy(instance);
  }

  // "plugins/mgu.so: cell 'mgu': step"
  std::string where(const char* what) const {
    return fmt::format("{}: {} '{}': {}", cell.file.string(), cell.info.kind == RECUR_CELL ? "cell" : "layer", cell.info.id, what);
  }

  // Names the plugin in what the checks after its call say.
  template <class F>
  void checked(const char* what, F function) const {
    try {
      function();
    } catch (const UserError& error) {
      throw UserError(where(what) + ": " + error.what());
    }
  }

  void create() {
    std::vector<recur_value> values;
    for (size_t i = 0; i < hypers.size(); ++i) values.push_back(abi_value(cell.info.hypers[i], hypers[i]));
    recur_config config{};
    config.struct_size = sizeof(config);
    config.input = input;
    config.hidden = hidden;
    config.hypers = values.data();
    config.hyper_count = static_cast<uint32_t>(values.size());
    declared.find = &find;
    recur_recorder recorder;
    recorder.declaring = &declared;
    plugin_call(where("create"), [&] { return cell.descriptor.create(&host_table(), &recorder, &config, &instance); });
    checked("create", [&] {
      lowering = read_lowering(cell.descriptor, instance, declared, input, hidden);
      levels = read_levels();
      density = read_density();
    });
  }

  // What the extension recur.density/1 says; its columns are checked when the output's width is known.
  std::optional<Density> read_density() const {
    if (cell.descriptor.get_extension == nullptr || cell.info.kind != RECUR_CELL) return std::nullopt;
    const auto* extension = static_cast<const recur_density_extension*>(cell.descriptor.get_extension(RECUR_EXTENSION_DENSITY));
    if (extension == nullptr || extension->density == nullptr) return std::nullopt;
    recur_density given{};
    given.struct_size = sizeof(given);
    if (extension->density(instance, &given) == 0) return std::nullopt;
    if (given.distribution > RECUR_CATEGORICAL) throw UserError(fmt::format("models its input by distribution {}, which this recur does not know", given.distribution));
    return Density{static_cast<recur_distribution>(given.distribution), given.bound, given.log_weight};
  }

  // What the extension recur.segments/1 says.
  int64_t read_levels() const {
    if (cell.descriptor.get_extension == nullptr) return 0;
    const auto* extension = static_cast<const recur_segments_extension*>(cell.descriptor.get_extension(RECUR_EXTENSION_SEGMENTS));
    if (extension == nullptr || extension->levels == nullptr) return 0;
    const uint32_t asked = extension->levels(instance);
    if (asked > 0 && cell.info.kind != RECUR_LAYER) throw UserError("asks for boundaries, which only layers can have");
    if (asked > RECUR_MAX_LEVELS) throw UserError(fmt::format("asks for {} levels of boundaries; at most {} are possible", asked, RECUR_MAX_LEVELS));
    return asked;
  }

  // Records the whole once into nothing: what does not fit comes out when a model is put together, and the output's width
  // is known.
  void try_out() {
    ir::Builder builder;
    const WeightValues inputs = [&](const std::string& name) {
      for (const WeightInfo& weight : declared.weights)
        if (weight.name == name) return builder.input(name, weight.dims);
      throw InvariantError("no weight " + name);
    };
    ir::ValueId y = ir::kNone;
    if (cell.info.kind == RECUR_CELL) {
      Recording recording(builder, RECUR_EVALUATE);
      recording.batch_time = {ir::kBatch};
      const ir::ValueId x = builder.input("x", {ir::kBatch, input});
      const Weights weights = take_weights(builder, inputs);
      std::vector<ir::ValueId> next;
      step(recording, weights, "", x, start(builder, ir::kBatch, weights, ""), &y, &next);
    } else {
      LayerInputs layer;
      layer.x = builder.input("x", {ir::kTime, ir::kBatch, input});
      layer.phase = RECUR_EVALUATE;
      layer.weights = inputs;
      layer.segments = segment_inputs(builder, levels);
      y = record(layer, builder).y;
    }
    output = builder.shape(y).back();
    checked("output", [&] {
      if (output < 1) throw UserError("its width is a symbol, not a size");
      if (density && (output <= input || density->bound >= output || density->log_weight >= output))
        throw UserError(fmt::format("models its input in columns {} and {} of {}, behind the {} of the input", density->bound, density->log_weight, output, input));
    });
  }

  Weights take_weights(ir::Builder& builder, const WeightValues& values) const {
    Weights weights;
    for (const WeightInfo& weight : declared.weights) {
      const ir::ValueId id = values(weight.name);
      RECUR_CHECK(builder.shape(id) == weight.dims, "weight {} of {}: {}, declared {}", weight.name, cell.info.id,
                  ir::to_string(builder.shape(id)), ir::to_string(weight.dims));
      weights[weight.name] = id;
    }
    return weights;
  }

  std::vector<ir::ValueId> start(ir::Builder& builder, int64_t batch, const Weights& weights, const std::string& prefix) const {
    std::vector<ir::ValueId> states;
    for (const StateInfo& state : declared.states) {
      ir::Shape shape = state.dims;
      shape.insert(shape.begin(), batch);
      if (state.start_weight.empty()) {
        states.push_back(builder.constant(state.value, shape));
      } else {
        states.push_back(builder.emit(ir::Op::kBroadcast, {weights.at(prefix + state.start_weight)}, shape));
      }
    }
    return states;
  }

  // The states that a plugin gave back, by their number.
  std::vector<ir::ValueId> states_given(const Recording& recording, const std::vector<recur_var>& vars, int64_t batch) const {
    std::vector<ir::ValueId> ids;
    for (size_t i = 0; i < vars.size(); ++i) {
      const StateInfo& state = declared.states[i];
      if (vars[i] == 0) throw UserError(fmt::format("state '{}' gets no value", state.name));
      ids.push_back(recording.value(vars[i]));
      ir::Shape expected = state.dims;
      expected.insert(expected.begin(), batch);
      const ir::Shape& given = recording.builder.shape(ids.back());
      if (given != expected)
        throw UserError(fmt::format("state '{}' is {}, but its next value is {}", state.name, ir::to_string(expected), ir::to_string(given)));
    }
    return ids;
  }

  // The output that a plugin gave back; lead: its shape without the last axis.
  static ir::ValueId output_given(const Recording& recording, recur_var var, const ir::Shape& lead) {
    if (var == 0) throw UserError("gave no output");
    const ir::ValueId id = recording.value(var);
    const ir::Shape& given = recording.builder.shape(id);
    if (given.size() == lead.size() + 1 && std::equal(lead.begin(), lead.end(), given.begin())) return id;
    std::string expected = ir::to_string(lead);
    expected.back() = ',';
    throw UserError(fmt::format("the output is {}, expected {} O]", ir::to_string(given), expected));
  }

  void step(Recording& recording, const Weights& weights, const std::string& prefix, ir::ValueId x,
            const std::vector<ir::ValueId>& states, ir::ValueId* out, std::vector<ir::ValueId>* next) const {
    const int64_t batch = recording.batch_time.back();
    const ir::Shape given = recording.builder.shape(x), expected{batch, input};
    if (given != expected) throw UserError(where("step") + fmt::format(": x is {}, expected {}", ir::to_string(given), ir::to_string(expected)));
    recur_recorder recorder;
    recorder.recording = &recording;
    recorder.prefix = prefix;
    recorder.weights = &weights;
    recorder.base_depth = recording.depth();
    std::vector<recur_var> before, after(states.size());
    for (const ir::ValueId state : states) before.push_back(recording.add(state));
    recur_var y = 0;
    plugin_call(where("step"), [&] {
      return cell.descriptor.record_step(instance, &host_table(), &recorder, recording.add(x), before.data(),
                                         static_cast<uint32_t>(before.size()), &y, after.data());
    });
    checked("step", [&] {
      if (recording.depth() != recorder.base_depth) throw UserError("a scan was begun and not ended");
      *out = output_given(recording, y, {batch});
      *next = states_given(recording, after, batch);
    });
  }

  LayerOutputs record(const LayerInputs& inputs, ir::Builder& builder) const {
    const ir::Shape x = builder.shape(inputs.x);
    RECUR_CHECK(x.size() == 3 && x[2] == input, "x of {}: {}, I {}", cell.info.id, ir::to_string(x), input);
    const Weights weights = take_weights(builder, inputs.weights);
    const std::vector<ir::ValueId> initial = inputs.initial.empty() ? start(builder, x[1], weights, "") : inputs.initial;
    RECUR_CHECK(initial.size() == declared.states.size(), "{} initial states for {} of {}", initial.size(), declared.states.size(), cell.info.id);
    Recording recording(builder, inputs.phase);
    recording.batch_time = {x[0], x[1]};
    recording.lengths = inputs.lengths;
    recording.updates = inputs.updates;
    recording.segments = inputs.segments;
    check_segments(builder, inputs.segments, x);
    LayerOutputs result = cell.info.kind == RECUR_CELL ? scan(inputs, recording, weights, initial)
                                                       : sequence(inputs, recording, weights, initial);
    result.losses = std::move(recording.losses);
    return result;
  }

  void check_segments(const ir::Builder& builder, const std::vector<Segments>& given, const ir::Shape& x) const {
    if (std::ssize(given) < levels)
      throw UserError(where("sequence") + fmt::format(": needs boundaries of {} level{}, and the data give {}", levels, levels == 1 ? "" : "s", given.size()));
    int64_t below = x[0];
    for (const Segments& level : given) {
      const ir::Shape& ends = builder.shape(level.ends);
      RECUR_CHECK(ends.size() == 2 && ends[1] == x[1] && builder.shape(level.of) == ir::Shape({below, x[1]}) && builder.shape(level.counts) == ir::Shape{x[1]},
                  "boundaries {}, {}, {} under {}", ir::to_string(ends), ir::to_string(builder.shape(level.of)), ir::to_string(builder.shape(level.counts)), ir::to_string(x));
      below = ends[0];
    }
  }

  LayerOutputs scan(const LayerInputs& inputs, Recording& recording, const Weights& weights, const std::vector<ir::ValueId>& initial) const {
    const ir::Builder::ScanVars vars = recording.begin_scan({inputs.x}, initial, inputs.reverse, inputs.lengths, inputs.resets);
    ir::ValueId y = ir::kNone;
    std::vector<ir::ValueId> next;
    step(recording, weights, "", vars.x_t[0], vars.states, &y, &next);
    size_t losses = 0;
    const ir::Builder::ScanResult result = recording.end_scan(next, {y}, cell.info.id, &losses);
    if (losses == 0) {  // a primitive has no place for losses
      std::optional<ir::Lowering> to = lowering_with(recording, weights, "");
      if (to) {
        to->x = inputs.x;
        recording.builder.set_lowering(result, std::move(*to));
      }
    }
    return {result.stacked[0], result.final_states, {}};
  }

  // The direction is the scan's own.
  std::optional<ir::Lowering> lowering_with(const Recording& recording, const Weights& weights, const std::string& prefix) const {
    if (!lowering) return std::nullopt;
    ir::Lowering to;
    to.primitive = {lowering->primitive, input, hidden, recording.phase == RECUR_TRAIN, false};
    to.weights_layer = weights.at(prefix + lowering->weights_layer);
    to.weights_iter = weights.at(prefix + lowering->weights_iter);
    to.bias = weights.at(prefix + lowering->bias);
    return to;
  }

  LayerOutputs sequence(const LayerInputs& inputs, Recording& recording, const Weights& weights, const std::vector<ir::ValueId>& initial) const {
    if (inputs.reverse) throw UserError(where("sequence") + ": a layer cannot be run in reverse");
    recur_recorder recorder;
    recorder.recording = &recording;
    recorder.weights = &weights;
    const auto optional = [&](ir::ValueId id) { return id == ir::kNone ? recur_var{0} : recording.add(id); };
    std::vector<recur_var> before, after(initial.size());
    for (const ir::ValueId state : initial) before.push_back(recording.add(state));
    recur_var y = 0;
    plugin_call(where("sequence"), [&] {
      return cell.descriptor.record_sequence(instance, &host_table(), &recorder, recording.add(inputs.x), before.data(),
                                             static_cast<uint32_t>(before.size()), optional(inputs.lengths),
                                             optional(inputs.resets), &y, after.data());
    });
    LayerOutputs result;
    checked("sequence", [&] {
      if (recording.in_scan()) throw UserError("a scan was begun and not ended");
      result.y = output_given(recording, y, recording.batch_time);
      result.final_states = states_given(recording, after, recording.batch_time.back());
    });
    if (inputs.lengths != ir::kNone) result.y = valid_steps(recording.builder, result.y, inputs.lengths);
    return result;
  }

  // Zero at steps beyond a sequence's length, whatever the layer made of its scans' outputs.
  static ir::ValueId valid_steps(ir::Builder& builder, ir::ValueId y, ir::ValueId lengths) {
    const ir::Shape shape = builder.shape(y);
    const ir::ValueId mask = builder.emit(ir::Op::kLengthMask, {lengths}, {shape[0]});
    return builder.emit(ir::Op::kSelect, {builder.reshape(mask, {shape[0], shape[1], 1}), y, builder.constant(0)});
  }
};

std::vector<Segments> segment_inputs(ir::Builder& builder, int64_t levels, int64_t T, int64_t N) {
  std::vector<Segments> made;
  int64_t below = T;
  for (int64_t level = 1; level <= levels; ++level) {
    const std::string name = fmt::format("segments{}/", level);
    const int64_t S = RECUR_DIM_SEGMENTS(level);
    made.push_back({builder.input(name + "ends", {S, N}), builder.input(name + "of", {below, N}), builder.input(name + "counts", {N})});
    below = S;
  }
  return made;
}

CellInstance::CellInstance(const LoadedCell& cell, int64_t input, int64_t hidden, const HyperValues& hypers, FindCell inner)
    : impl_(std::make_unique<Impl>()) {
  const MakingScope scope(cell.info.id);
  if (input < 1 || hidden < 1) throw UserError(fmt::format("cell '{}': I = {}, H = {}; both must be at least 1", cell.info.id, input, hidden));
  impl_->cell = cell;
  impl_->input = input;
  impl_->hidden = hidden;
  impl_->hypers = resolve_hypers(cell.info, hypers);
  impl_->find = std::move(inner);
  impl_->create();
  impl_->try_out();
}

CellInstance::~CellInstance() = default;
CellInstance::CellInstance(CellInstance&&) noexcept = default;
CellInstance& CellInstance::operator=(CellInstance&&) noexcept = default;

const CellInfo& CellInstance::info() const { return impl_->cell.info; }
int64_t CellInstance::input() const { return impl_->input; }
int64_t CellInstance::hidden() const { return impl_->hidden; }
int64_t CellInstance::output() const { return impl_->output; }
const std::vector<HyperValue>& CellInstance::hypers() const { return impl_->hypers; }
const std::vector<WeightInfo>& CellInstance::weights() const { return impl_->declared.weights; }
const std::vector<StateInfo>& CellInstance::states() const { return impl_->declared.states; }
const std::optional<Density>& CellInstance::density() const { return impl_->density; }
int64_t CellInstance::levels() const { return impl_->levels; }
std::string CellInstance::lowers_to() const { return impl_->lowering ? "onednn." + impl_->lowering->primitive : ""; }

int64_t CellInstance::parameters() const {
  int64_t sum = 0;
  for (const WeightInfo& weight : weights()) sum += weight.size();
  return sum;
}

std::vector<ir::ValueId> CellInstance::start_states(ir::Builder& builder, ir::ValueId like, int axis,
                                                    const WeightValues& weights) const {
  Weights starts;
  for (const StateInfo& state : states())
    if (!state.start_weight.empty()) starts[state.start_weight] = weights(state.start_weight);
  return impl_->start(builder, builder.shape(like).at(static_cast<size_t>(axis)), starts, "");
}

LayerOutputs CellInstance::record_layer(ir::Builder& builder, const LayerInputs& inputs) const { return impl_->record(inputs, builder); }

StepOutputs CellInstance::record_step(ir::Builder& builder, const StepInputs& inputs) const {
  if (info().kind != RECUR_CELL) throw UserError(impl_->where("step") + ": a layer records whole sequences; give it one of a single step");
  Recording recording(builder, inputs.phase);
  const int64_t batch = builder.shape(inputs.x).at(0);
  recording.batch_time = {batch};
  recording.updates = inputs.updates;
  const Weights weights = impl_->take_weights(builder, inputs.weights);
  StepOutputs result;
  impl_->step(recording, weights, "", inputs.x, inputs.states.empty() ? impl_->start(builder, batch, weights, "") : inputs.states,
              &result.output, &result.next);
  result.losses = std::move(recording.losses);
  return result;
}

void Recorder::step(const CellInstance& cell, Recording& recording, const std::map<std::string, ir::ValueId>& weights,
                    const std::string& prefix, ir::ValueId x, const std::vector<ir::ValueId>& states, ir::ValueId* output,
                    std::vector<ir::ValueId>* next) {
  cell.impl_->step(recording, weights, prefix, x, states, output, next);
}

std::optional<ir::Lowering> Recorder::lowering(const CellInstance& cell, const Recording& recording,
                                               const std::map<std::string, ir::ValueId>& weights, const std::string& prefix) {
  return cell.impl_->lowering_with(recording, weights, prefix);
}

std::vector<ir::ValueId> Recorder::start(const CellInstance& cell, ir::Builder& builder, int64_t batch,
                                         const std::map<std::string, ir::ValueId>& weights, const std::string& prefix) {
  return cell.impl_->start(builder, batch, weights, prefix);
}

}  // namespace recur::plugin
