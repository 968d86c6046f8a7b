#include "operator_case.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "recur/error/error.hpp"
#include "recur/random/stream.hpp"

namespace recur::exec {

ir::ValueId CaseBuilder::declare(CaseInput input) {
  inputs_.push_back(input);
  return ir::Builder::input(std::move(input.name), std::move(input.shape));
}

ir::ValueId CaseBuilder::input(std::string name, ir::Shape shape, double low, double high) {
  return declare({std::move(name), std::move(shape), low, high, false, true});
}

ir::ValueId CaseBuilder::fixed(std::string name, ir::Shape shape, double low, double high) {
  return declare({std::move(name), std::move(shape), low, high, false, false});
}

ir::ValueId CaseBuilder::whole(std::string name, ir::Shape shape, int64_t low, int64_t high) {
  return declare({std::move(name), std::move(shape), static_cast<double>(low), static_cast<double>(high), true, false});
}

BuiltCase build(const OperatorCase& operator_case) {
  CaseBuilder b;
  Values outputs = operator_case.record(b);
  const size_t count = outputs.size();
  ir::ValueId loss = b.constant(0);
  for (size_t i = 0; i < count; ++i) {
    const ir::Shape shape = b.shape(outputs[i]);
    ir::ValueId term = b.mul(outputs[i], b.fixed("weight:" + std::to_string(i), shape, 0.5, 1.5));
    std::vector<int64_t> axes;
    for (size_t axis = 0; axis < shape.size(); ++axis) axes.push_back(static_cast<int64_t>(axis));
    if (!axes.empty()) term = b.sum(term, axes);
    loss = b.add(loss, term);
  }
  outputs.push_back(loss);
  BuiltCase built{b.finish(outputs), b.inputs(), {}, count};
  for (const CaseInput& input : built.inputs)
    if (input.differentiable) built.differentiable.push_back(input.name);
  return built;
}

TensorMap draw_inputs(const std::vector<CaseInput>& inputs, uint64_t seed, const ir::Bindings& sizes) {
  TensorMap drawn;
  for (const CaseInput& input : inputs) {
    Stream stream(seed, 0, input.name);
    Tensor tensor{input.shape, {}};
    int64_t count = 1;
    for (int64_t& size : tensor.shape) {
      if (size < 0) size = sizes.at(size);
      count *= size;
    }
    for (int64_t i = 0; i < count; ++i) {
      const double value = input.whole ? input.low + static_cast<double>(stream.below(
                                                         static_cast<uint64_t>(input.high - input.low)))
                                       : stream.uniform(input.low, input.high);
      tensor.data.push_back(static_cast<double>(static_cast<float>(value)));
    }
    drawn[input.name] = std::move(tensor);
  }
  return drawn;
}

std::vector<Tensor> run_reference(const ir::Program& bound, const TensorMap& inputs) {
  return Reference(bound).run(inputs, kCaseNoise);
}

std::vector<Tensor> run_case(const ir::Program& program, const TensorMap& inputs, const Executor& executor,
                             const ir::Bindings& sizes) {
  return executor(ir::bind(program, sizes), inputs);
}

double relative_difference(const Tensor& a, const Tensor& b) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (a.shape != b.shape || a.data.size() != b.data.size()) return kInfinity;
  double worst = 0;
  for (size_t i = 0; i < a.data.size(); ++i) {
    const double x = a.data[i], y = b.data[i];
    if (!std::isfinite(x) || !std::isfinite(y)) return kInfinity;
    worst = std::max(worst, std::fabs(x - y) / std::max({1.0, std::fabs(x), std::fabs(y)}));
  }
  return worst;
}

Tensor central_differences(const ir::Program& program, size_t loss, const TensorMap& inputs, const std::string& name) {
  const Reference reference(program);
  TensorMap moved = inputs;
  Tensor& x = moved.at(name);
  Tensor gradient{x.shape, std::vector<double>(x.data.size())};
  const auto loss_at = [&](double& element, double value) {
    const double before = std::exchange(element, value);
    const std::vector<Tensor> outputs = reference.run(moved, kCaseNoise);
    element = before;
    return outputs.at(loss).data.at(0);
  };
  constexpr double kStep = 1e-5;  // error of the formula ~ step^2, of rounding ~ 1e-16 / step
  for (size_t i = 0; i < x.data.size(); ++i) {
    const double at = x.data[i];
    gradient.data[i] = (loss_at(x.data[i], at + kStep) - loss_at(x.data[i], at - kStep)) / (2 * kStep);
  }
  return gradient;
}

}  // namespace recur::exec
