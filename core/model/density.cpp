#include "density.hpp"

#include <cmath>
#include <numbers>

namespace recur::model {

using data::OutputSpec;
using ir::Builder;
using ir::Op;
using ir::ValueId;

namespace {

constexpr double kDeviationFloor = 1e-3;

struct Gaussian {
  ValueId mean, deviation;
};

Gaussian gaussian(Builder& builder, ValueId parameters) {
  const ir::Shape shape = builder.shape(parameters);
  const auto axis = static_cast<int64_t>(shape.size()) - 1;
  const int64_t C = shape.back() / 2;
  const ValueId mean = builder.slice(parameters, axis, 0, C), spread = builder.slice(parameters, axis, C, 2 * C);
  return {mean, builder.add(builder.emit(Op::kSoftplus, {spread}), builder.constant(kDeviationFloor))};
}

}  // namespace

int64_t distribution_width(OutputSpec::Distribution distribution, int64_t C) {
  return distribution == OutputSpec::Distribution::gaussian ? 2 * C : C;
}

ValueId one_step_later(Builder& builder, ValueId x) {
  const ir::Shape shape = builder.shape(x);
  const Builder::ScanVars step = builder.begin_scan({x}, {builder.constant(0, {shape[1], shape[2]})});
  return builder.end_scan({step.x_t[0]}, {step.states[0]}, "one_step_later").stacked[0];
}

ValueId log_density(Builder& builder, OutputSpec::Distribution distribution, ValueId parameters, ValueId x) {
  ValueId nats = ir::kNone;  // -log p of each value
  if (distribution == OutputSpec::Distribution::bernoulli) {
    nats = builder.sub(builder.emit(Op::kSoftplus, {parameters}), builder.mul(x, parameters));
  } else {
    const auto [mean, deviation] = gaussian(builder, parameters);
    const ValueId square = builder.emit(Op::kSquare, {builder.div(builder.sub(x, mean), deviation)});
    const ValueId scale = builder.add(builder.emit(Op::kLog, {deviation}), builder.constant(0.5 * std::log(2 * std::numbers::pi)));
    nats = builder.add(builder.mul(square, builder.constant(0.5)), scale);
  }
  const auto axis = static_cast<int64_t>(builder.shape(nats).size()) - 1;
  return builder.emit(Op::kNeg, {builder.sum(nats, {axis}, true)});
}

ValueId drawn(Builder& builder, OutputSpec::Distribution distribution, ValueId parameters) {
  if (distribution == OutputSpec::Distribution::bernoulli) {
    const ValueId noise = builder.emit(Op::kUniform, {}, builder.shape(parameters));
    return builder.emit(Op::kGreater, {builder.emit(Op::kSigmoid, {parameters}), noise});
  }
  const auto [mean, deviation] = gaussian(builder, parameters);
  return builder.add(mean, builder.mul(deviation, builder.emit(Op::kNormal, {}, builder.shape(mean))));
}

}  // namespace recur::model
