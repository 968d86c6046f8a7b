// Recording of a network.
#include <fmt/format.h>

#include <map>
#include <utility>

#include "characters.hpp"
#include "crf.hpp"
#include "density.hpp"
#include "recur/error/error.hpp"
#include "recur/model/network.hpp"

namespace recur::model {

using ir::kBatch;
using ir::kNone;
using ir::kTime;
using ir::Op;
using ir::ValueId;

class NetworkRecorder {
 public:
  NetworkRecorder(const Network& network, Purpose purpose) : network_(network), spec_(network.spec_), purpose_(purpose) {
    // A network of cells alone is recorded as one step; one with layers that record sequences has a sequence of one step.
    stepwise_ = purpose == Purpose::kStep;
    for (const plugin::CellInstance& layer : network.layers_) stepwise_ = stepwise_ && layer.info().kind == RECUR_CELL;
    carries_ = spec_.carries_state || purpose == Purpose::kStep;
    has_targets_ = purpose == Purpose::kTrain || purpose == Purpose::kEvaluate;
  }

  ir::Program record() {
    for (const ParameterInfo& parameter : network_.layout_->parameters())
      parameters_[parameter.name] = builder_.input(parameter.name, parameter.shape);
    draw_dropout();
    ValueId x = inputs();
    if (spec_.has_lengths && purpose_ != Purpose::kStep) lengths_ = builder_.input("lengths", {kBatch});
    if (purpose_ != Purpose::kStep) segments_ = plugin::segment_inputs(builder_, spec_.levels);
    if (purpose_ == Purpose::kTrain) updates_ = builder_.input("updates", {});
    if (carries_) fresh_ = builder_.input("fresh", {kBatch});
    x = drop(with_characters(x), 0);
    for (size_t l = 0; l < network_.layers_.size(); ++l) x = drop(layer(l, x), l + 1);
    head(x);
    for (const auto& [name, value] : final_states_) output(name, value);
    return builder_.finish(outputs_, names_);
  }

 private:
  // Axes in front of the features of a value of every step.
  ir::Shape lead() const { return stepwise_ ? ir::Shape{kBatch} : ir::Shape{kTime, kBatch}; }
  ir::Shape with_last(ir::Shape shape, int64_t size) const {
    shape.push_back(size);
    return shape;
  }
  bool is_density() const { return spec_.output.kind == data::OutputSpec::Kind::density; }
  bool models_input() const { return is_density() && network_.layers_.back().density(); }
  bool at_last_step() const { return spec_.output.at == data::OutputSpec::At::last_step && purpose_ != Purpose::kStep; }

  void output(const std::string& name, ValueId value) {
    outputs_.push_back(value);
    names_.push_back(name);
  }

  // The noise of all dropouts is drawn before anything else, so that its streams are the same whatever noise the cells draw.
  void draw_dropout() {
    if (purpose_ != Purpose::kTrain) return;
    const DropoutOptions& dropout = network_.options_.dropout;
    if (dropout.rate > 0) draw_masks(dropout);
    if (dropout.words > 0) kept_words_ = builder_.emit(Op::kGreaterEqual, {builder_.emit(Op::kUniform, {}, lead()), builder_.constant(dropout.words)});
  }

  void draw_masks(const DropoutOptions& dropout) {
    const auto mask = [&](int64_t width) {
      const bool per_sequence = dropout.kind == "variational";
      ValueId noise = builder_.emit(Op::kUniform, {}, per_sequence ? ir::Shape{kBatch, width} : ir::Shape{kTime, kBatch, width});
      if (per_sequence) noise = builder_.reshape(noise, {1, kBatch, width});
      const ValueId keep = builder_.emit(Op::kGreaterEqual, {noise, builder_.constant(dropout.rate)});
      masks_.push_back(builder_.mul(keep, builder_.constant(1 / (1 - dropout.rate))));
    };
    if (spec_.input.kind == data::InputSpec::Kind::discrete) mask(network_.layers_[0].input());
    else masks_.push_back(kNone);  // the data themselves are not dropped
    for (const plugin::CellInstance& each : network_.layers_) {
      if (models_input()) masks_.push_back(kNone);  // its output is no activation
      else mask(each.output());
    }
  }

  ValueId drop(ValueId x, size_t place) {
    return place < masks_.size() && masks_[place] != kNone ? builder_.mul(x, masks_[place]) : x;
  }

  ValueId inputs() {
    if (spec_.input.kind == data::InputSpec::Kind::continuous) {
      x_ = builder_.input("x", with_last(lead(), spec_.input.width));
      return is_density() && !models_input() && purpose_ != Purpose::kStep ? one_step_later(builder_, x_) : x_;
    }
    ValueId tokens = builder_.input("tokens", lead());
    if (kept_words_ != kNone) tokens = builder_.mul(tokens, kept_words_);  // <unk> is 0
    return builder_.emit(Op::kGather, {parameters_.at("embedding/W"), tokens});
  }

  recur_phase phase() const { return purpose_ == Purpose::kTrain ? RECUR_TRAIN : purpose_ == Purpose::kStep ? RECUR_GENERATE : RECUR_EVALUATE; }

  ValueId with_characters(ValueId x) {
    if (!network_.reads_characters()) return x;
    const CharacterOutputs spelled = record_characters(
        builder_, network_.character_cells_,
        {.characters = parameters_.at("characters/W"), .positions = lead(), .phase = phase(),
         .weights = [&](const std::string& name) { return parameters_.at("characters/" + name); }, .updates = updates_});
    add_auxiliary(spelled.losses);
    return builder_.emit(Op::kConcat, {x, spelled.words}, {static_cast<int64_t>(lead().size())});
  }

  void add_auxiliary(const std::vector<plugin::AuxiliaryLoss>& losses) {
    for (const plugin::AuxiliaryLoss& loss : losses) auxiliary_.push_back(builder_.mul(loss.value, builder_.constant(loss.scale)));
  }

  // The states that a layer begins with: carried on, or its own start where a sequence is fresh.
  std::vector<ValueId> initial_states(size_t l, ValueId x, const plugin::WeightValues& weights) {
    if (!carries_) return {};
    const plugin::CellInstance& cell = network_.layers_[l];
    std::vector<ValueId> states = cell.start_states(builder_, x, stepwise_ ? 0 : 1, weights);
    for (size_t i = 0; i < states.size(); ++i) {
      ir::Shape shape = cell.states()[i].dims, row(shape.size() + 1, 1);
      shape.insert(shape.begin(), kBatch);
      row[0] = kBatch;
      const ValueId carried = builder_.input(fmt::format("state/layer{}/{}", l, cell.states()[i].name), shape);
      const ValueId fresh = row.size() == 1 ? fresh_ : builder_.reshape(fresh_, row);
      states[i] = builder_.emit(Op::kSelect, {fresh, states[i], carried});
    }
    return states;
  }

  ValueId layer(size_t l, ValueId x) {
    const plugin::CellInstance& cell = network_.layers_[l];
    const plugin::WeightValues weights = [&](const std::string& name) { return parameters_.at(fmt::format("layer{}/{}", l, name)); };
    const std::vector<ValueId> initial = initial_states(l, x, weights);
    ValueId y = kNone;
    std::vector<ValueId> after;
    std::vector<plugin::AuxiliaryLoss> losses;
    if (stepwise_) {
      plugin::StepOutputs step = cell.record_step(builder_, {.x = x, .states = initial, .phase = phase(), .weights = weights, .updates = updates_});
      y = step.output;
      after = std::move(step.next);
      losses = std::move(step.losses);
    } else {
      plugin::LayerOutputs layer =
          cell.record_layer(builder_, {.x = x, .initial = initial, .lengths = lengths_, .phase = phase(), .weights = weights, .segments = segments_, .updates = updates_});
      y = layer.y;
      after = std::move(layer.final_states);
      losses = std::move(layer.losses);
    }
    if (carries_)
      for (size_t i = 0; i < after.size(); ++i)
        final_states_.emplace_back(fmt::format("state/layer{}/{}", l, cell.states()[i].name), after[i]);
    add_auxiliary(losses);
    return y;
  }

  // What stands for a whole sequence, [N, O] of y [T, N, O], which is zero beyond the lengths. The mean suits layers that run both
  // ways: at the last step the backward direction has seen that step alone.
  ValueId summary(ValueId y) {
    if (network_.options_.readout == "mean") {
      if (lengths_ == kNone) return builder_.mean(y, {0});
      const ValueId steps = builder_.emit(Op::kMax, {lengths_, builder_.constant(1)});
      return builder_.div(builder_.sum(y, {0}), builder_.reshape(steps, {kBatch, 1}));
    }
    const ValueId last = builder_.input("last", {1, kBatch});
    const ValueId row = builder_.emit(Op::kGatherTime, {y, last});
    return builder_.reshape(row, {kBatch, builder_.shape(row).back()});
  }

  // y [T, N, O], or [N, O] of one step
  void head(ValueId y) {
    if (is_density()) return density(y);
    if (at_last_step()) y = summary(y);
    const ValueId prediction = dense(y);
    if (!has_targets_) return output("prediction", network_.options_.crf ? crf_max_marginals(builder_, crf(), prediction, lengths_) : prediction);
    const ir::Shape positions = at_last_step() ? ir::Shape{kBatch} : ir::Shape{kTime, kBatch};
    const ValueId weight = builder_.input("weight", positions);
    switch (spec_.output.kind) {
      case data::OutputSpec::Kind::regression: return values(prediction, weight, positions);
      case data::OutputSpec::Kind::categorical: return classes(prediction, weight, positions);
      case data::OutputSpec::Kind::binary: return bits(prediction, weight, positions);
      case data::OutputSpec::Kind::density: break;  // above
    }
  }

  ValueId dense(ValueId y) { return builder_.add(builder_.matmul(y, parameters_.at("head/W")), parameters_.at("head/b")); }

  // The last layer may know the density of what it read itself; any other gives the parameters of the next step's distribution.
  void density(ValueId y) {
    const std::optional<plugin::Density>& own = network_.layers_.back().density();
    const auto axis = static_cast<int64_t>(builder_.shape(y).size()) - 1;
    const auto columns = [&](int64_t first, int64_t count) { return builder_.slice(y, axis, first, first + count); };
    if (purpose_ == Purpose::kStep) {
      const auto distribution = spec_.output.distribution;
      if (stepwise_ || own) return output("prediction", own ? columns(0, spec_.input.width) : drawn(builder_, distribution, dense(y)));
      return output("prediction", drawn(builder_, distribution, builder_.reshape(dense(y), {kBatch, distribution_width(distribution, spec_.input.width)})));
    }
    ValueId log_p = kNone, log_weight = kNone;
    if (own) {
      log_p = columns(own->bound, 1);
      log_weight = columns(own->log_weight, 1);
    } else {
      log_p = log_weight = log_density(builder_, spec_.output.distribution, dense(y), x_);
    }
    if (has_targets_) {
      const ir::Shape positions{kTime, kBatch};
      const ValueId weight = builder_.input("weight", positions);
      const ValueId counted = builder_.mul(log_p, builder_.reshape(weight, with_last(positions, 1)));
      losses(builder_.emit(Op::kNeg, {builder_.sum(counted, {0, 1, 2})}));
    }
    output("prediction", builder_.emit(Op::kConcat, {log_p, log_weight}, {axis}));
  }

  void losses(ValueId data_loss) {
    if (purpose_ == Purpose::kTrain) {
      // A cell that models its input says what of it is learned, in its auxiliary losses: their sum is the data loss unless it is annealed.
      ValueId loss = models_input() ? builder_.constant(0) : data_loss;
      for (const ValueId term : auxiliary_) loss = builder_.add(loss, term);
      output("loss", loss);
    }
    output("data_loss", data_loss);
  }

  static std::vector<int64_t> all_axes(const ir::Shape& shape) {
    std::vector<int64_t> axes(shape.size());
    for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(i);
    return axes;
  }

  void values(ValueId prediction, ValueId weight, const ir::Shape& positions) {
    const ir::Shape shape = with_last(positions, spec_.output.width);
    const ValueId y = builder_.input("y", shape);
    const ValueId square = builder_.emit(Op::kSquare, {builder_.sub(prediction, y)});
    const ValueId counted = builder_.mul(square, builder_.reshape(weight, with_last(positions, 1)));
    losses(builder_.sum(counted, all_axes(shape)));
    output("prediction", prediction);
  }

  void classes(ValueId logits, ValueId weight, const ir::Shape& positions) {
    const ValueId labels = builder_.input("labels", positions);
    const std::vector<int64_t> axes = all_axes(positions);
    const ValueId counts = builder_.emit(Op::kGreater, {weight, builder_.constant(0)});
    if (network_.options_.crf) {
      const ValueId nats = builder_.sum(crf_nats(builder_, crf(), logits, labels, counts, lengths_), {0});
      // Every position that counts has the same weight.
      losses(builder_.mul(nats, builder_.emit(Op::kReduceMax, {weight}, {0, 0, 1})));
      logits = crf_max_marginals(builder_, crf(), logits, lengths_);
    } else {
      const ValueId nats = builder_.emit(Op::kCrossEntropy, {logits, labels});
      losses(builder_.sum(builder_.mul(nats, weight), axes));
    }
    const ValueId top = builder_.emit(Op::kReduceMax, {logits}, {0, static_cast<int64_t>(positions.size())});
    const ValueId hit = builder_.emit(Op::kGreaterEqual, {builder_.emit(Op::kTake, {logits, labels}), top});
    output("correct", builder_.sum(builder_.mul(hit, counts), axes));
    if (spec_.output.shows_logits) output("prediction", logits);
  }

  Crf crf() const { return {parameters_.at("head/transitions"), parameters_.at("head/start"), parameters_.at("head/end")}; }

  // -log p of y in {0, 1} with p = sigmoid(logit): softplus(logit) - y * logit, which no logit makes infinite.
  void bits(ValueId logits, ValueId weight, const ir::Shape& positions) {
    const ir::Shape shape = with_last(positions, spec_.output.width);
    const ValueId y = builder_.input("y", shape);
    const ValueId nats = builder_.sub(builder_.emit(Op::kSoftplus, {logits}), builder_.mul(y, logits));
    losses(builder_.sum(builder_.mul(nats, builder_.reshape(weight, with_last(positions, 1))), all_axes(shape)));
    output("prediction", logits);
  }

  const Network& network_;
  const data::TaskSpec& spec_;
  Purpose purpose_;
  bool stepwise_ = false, carries_ = false, has_targets_ = false;
  ir::Builder builder_;
  std::map<std::string, ValueId> parameters_;
  std::vector<ValueId> masks_;  // by place: before layer 0, after layer 0, ...; empty without dropout
  ValueId kept_words_ = kNone;  // [T, N]: 0 where a word is taken for <unk>
  ValueId x_ = kNone, lengths_ = kNone, fresh_ = kNone, updates_ = kNone;
  std::vector<plugin::Segments> segments_;
  std::vector<ValueId> auxiliary_;
  std::vector<std::pair<std::string, ValueId>> final_states_;
  std::vector<ValueId> outputs_;
  std::vector<std::string> names_;
};

ir::Program Network::program(Purpose purpose) const {
  if ((options_.crf || reads_characters()) && purpose == Purpose::kStep)
    throw UserError(fmt::format("a model {} takes whole sequences; it cannot run step by step", options_.crf ? "with a CRF" : "that reads characters"));
  return NetworkRecorder(*this, purpose).record();
}

}  // namespace recur::model
