// Walks blocks: looks up inputs, hands each node to its operator, repeats the bodies of scans.
#include "recur/exec/reference.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "recur/error/error.hpp"
#include "recur/exec/noise.hpp"
#include "reference_operators.hpp"

namespace recur::exec {
namespace {

using ir::Block;
using ir::Node;
using ir::Op;
using ir::Shape;

// Values are shared, so that an invariant is not copied at every step of a scan.
using Ref = std::shared_ptr<const Tensor>;

Ref share(Tensor tensor) { return std::make_shared<const Tensor>(std::move(tensor)); }

std::vector<Ref> run_block(const Block& block, const std::vector<Ref>& inputs, const NoiseKey& key, uint32_t t);

Tensor run_noise(const Node& node, const Shape& out, const NoiseKey& key, uint32_t t) {
  Tensor y = zeros(out);
  const auto draw = node.op == Op::kUniform ? uniform_at : normal_at;
  for (size_t i = 0; i < y.data.size(); ++i) y.data[i] = draw(key.seed, key.step, node.stream, t, i);
  return y;
}

// Part number t along the first axis: [T, ...] -> [...].
Ref step_of(const Tensor& x, int64_t t) {
  Tensor part{Shape(x.shape.begin() + 1, x.shape.end()), {}};
  const int64_t size = element_count(part.shape);
  part.data.assign(x.data.begin() + t * size, x.data.begin() + (t + 1) * size);
  return share(std::move(part));
}

// The number of steps is the first dimension of every x and every stacked output; a scan without either says it itself.
int64_t steps_of(const Node& node, const std::vector<Ref>& in, const std::vector<Shape>& out) {
  const ir::Scan& scan = *node.scan;
  RECUR_CHECK(scan.x_count > 0 || scan.y_count > 0 || !node.ints.empty(), "scan {}: nothing tells its number of steps",
              node.name);
  const int64_t steps = scan.x_count > 0   ? in[0]->shape.at(0)
                        : scan.y_count > 0 ? out[static_cast<size_t>(scan.state_count)].at(0)
                                           : node.ints[0];
  for (int32_t i = 0; i < scan.x_count; ++i) {
    const Shape& shape = in[static_cast<size_t>(i)]->shape;
    RECUR_CHECK(!shape.empty() && shape[0] == steps, "scan {}: x {} is {}, steps {}", node.name, i,
                ir::to_string(shape), steps);
  }
  return steps;
}

std::vector<Ref> run_scan(const Node& node, const std::vector<Ref>& in, const std::vector<Shape>& out,
                          const NoiseKey& key) {
  const ir::Scan& scan = *node.scan;
  const auto xs = static_cast<size_t>(scan.x_count), states = static_cast<size_t>(scan.state_count),
             invariants = static_cast<size_t>(scan.invariant_count), ys = static_cast<size_t>(scan.y_count),
             sums = static_cast<size_t>(scan.sum_count);
  RECUR_CHECK(in.size() == xs + states + invariants, "scan {}: {} inputs, {} x, {} states, {} invariants", node.name,
              in.size(), xs, states, invariants);
  RECUR_CHECK(out.size() == states + ys + sums, "scan {}: {} outputs, {} states, {} ys, {} sums", node.name,
              out.size(), states, ys, sums);
  const int64_t steps = steps_of(node, in, out);

  std::vector<Ref> state(in.begin() + static_cast<std::ptrdiff_t>(xs),
                         in.begin() + static_cast<std::ptrdiff_t>(xs + states));
  std::vector<Tensor> stacked, total;
  for (size_t i = 0; i < ys; ++i) stacked.push_back(zeros(out[states + i]));
  for (size_t i = 0; i < sums; ++i) total.push_back(zeros(out[states + ys + i]));

  for (int64_t s = 0; s < steps; ++s) {
    const int64_t t = scan.reverse ? steps - 1 - s : s;
    std::vector<Ref> body_in;
    for (size_t i = 0; i < xs; ++i) body_in.push_back(step_of(*in[i], t));
    body_in.insert(body_in.end(), state.begin(), state.end());
    body_in.insert(body_in.end(), in.begin() + static_cast<std::ptrdiff_t>(xs + states), in.end());

    const std::vector<Ref> body_out = run_block(*scan.body, body_in, key, static_cast<uint32_t>(t));
    RECUR_CHECK(body_out.size() == states + ys + sums, "scan {}: body gives {} values, {} states, {} ys, {} sums",
                node.name, body_out.size(), states, ys, sums);
    for (size_t i = 0; i < states; ++i) {
      RECUR_CHECK(body_out[i]->shape == state[i]->shape, "scan {}: state {} goes from {} to {}", node.name, i,
                  ir::to_string(state[i]->shape), ir::to_string(body_out[i]->shape));
      state[i] = body_out[i];
    }
    for (size_t i = 0; i < ys; ++i) {
      const std::vector<double>& y = body_out[states + i]->data;
      RECUR_CHECK(static_cast<int64_t>(y.size()) * steps == element_count(stacked[i].shape),
                  "scan {}: y {} has {} elements a step, stacked {}", node.name, i, y.size(),
                  ir::to_string(stacked[i].shape));
      std::copy(y.begin(), y.end(), stacked[i].data.begin() + t * static_cast<int64_t>(y.size()));
    }
    for (size_t i = 0; i < sums; ++i) {
      const std::vector<double>& term = body_out[states + ys + i]->data;
      RECUR_CHECK(term.size() == total[i].data.size(), "scan {}: sum {} has {} elements, not {}", node.name, i,
                  term.size(), total[i].data.size());
      for (size_t j = 0; j < term.size(); ++j) total[i].data[j] += term[j];
    }
  }

  std::vector<Ref> result = state;
  for (Tensor& y : stacked) result.push_back(share(std::move(y)));
  for (Tensor& sum : total) result.push_back(share(std::move(sum)));
  return result;
}

// A node with one output.
Tensor run_operator(const Node& node, const Inputs& in, const Shape& out, const NoiseKey& key, uint32_t t) {
  if (ir::is_elementwise(node.op)) return run_elementwise(node, in, out);
  switch (node.op) {
    case Op::kConstant: {
      Tensor y = zeros(out);
      std::fill(y.data.begin(), y.data.end(), node.reals.at(0));
      return y;
    }
    case Op::kUniform: case Op::kNormal:
      return run_noise(node, out, key, t);
    case Op::kMatmul: case Op::kMatmulAdd: case Op::kOuter: case Op::kOuterSum:
      return run_product(node, in, out);
    case Op::kConcat: case Op::kSlice: case Op::kReshape: case Op::kTranspose: case Op::kRoll: case Op::kBroadcast:
    case Op::kPad:
      return run_layout(node, in, out);
    case Op::kSum: case Op::kMean: case Op::kReduceMax:
      return run_reduction(node, in, out);
    case Op::kSoftmax: case Op::kLogSoftmax: case Op::kLayerNorm: case Op::kLayerNormGradient:
    case Op::kCrossEntropy: case Op::kCrossEntropyGradient:
      return run_last_axis(node, in, out);
    case Op::kGather: case Op::kTake: case Op::kGatherTime: case Op::kGatherAdd: case Op::kPut: case Op::kScatterTime:
    case Op::kLengthMask:
      return run_gather(node, in, out);
    default:
      RECUR_CHECK(false, "no reference for operator {}", ir::name_of(node.op));
      return {};
  }
}

std::vector<Ref> run_node(const Node& node, const std::vector<Ref>& in, const std::vector<Shape>& out,
                          const NoiseKey& key, uint32_t t) {
  if (node.op == Op::kScan) return run_scan(node, in, out, key);

  Inputs plain;
  for (const Ref& ref : in) plain.push_back(ref.get());
  std::vector<Tensor> results;
  if (node.op == Op::kPrimitive) results = run_primitive(node, plain, out);
  else if (node.op == Op::kPrimitiveGradient) results = run_primitive_gradient(node, plain, out);
  else results.push_back(run_operator(node, plain, out.at(0), key, t));

  std::vector<Ref> refs;
  for (Tensor& tensor : results) refs.push_back(share(std::move(tensor)));
  return refs;
}

// inputs in the order of block.inputs -> outputs in the order of block.outputs. t: the step of the scan that the block
// is the body of, 0 outside scans.
std::vector<Ref> run_block(const Block& block, const std::vector<Ref>& inputs, const NoiseKey& key, uint32_t t) {
  RECUR_CHECK(inputs.size() == block.inputs.size(), "{} inputs given, {} wanted", inputs.size(), block.inputs.size());
  std::vector<Ref> values(block.values.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Shape& shape = block.shape(block.inputs[i]);
    RECUR_CHECK(inputs[i]->shape == shape, "input {} is {}, not {}", block.producer(block.inputs[i]).name,
                ir::to_string(inputs[i]->shape), ir::to_string(shape));
    values[static_cast<size_t>(block.inputs[i])] = inputs[i];
  }
  for (const Node& node : block.nodes) {
    if (node.op == Op::kInput) continue;
    std::vector<Ref> in;
    for (const ir::ValueId id : node.inputs) {
      in.push_back(values[static_cast<size_t>(id)]);
      RECUR_CHECK(in.back() != nullptr, "{}: input {} is not there yet", ir::name_of(node.op), id);
    }
    std::vector<Shape> shapes;
    for (const ir::ValueId id : node.outputs) shapes.push_back(block.shape(id));
    const std::vector<Ref> out = run_node(node, in, shapes, key, t);
    RECUR_CHECK(out.size() == node.outputs.size(), "{}: {} outputs made, {} wanted", ir::name_of(node.op), out.size(),
                node.outputs.size());
    for (size_t i = 0; i < out.size(); ++i) {
      RECUR_CHECK(out[i]->shape == shapes[i] && static_cast<int64_t>(out[i]->data.size()) == element_count(shapes[i]),
                  "{}: output {} is {} with {} elements, not {}", ir::name_of(node.op), i,
                  ir::to_string(out[i]->shape), out[i]->data.size(), ir::to_string(shapes[i]));
      values[static_cast<size_t>(node.outputs[i])] = out[i];
    }
  }
  std::vector<Ref> outputs;
  for (const ir::ValueId id : block.outputs) outputs.push_back(values[static_cast<size_t>(id)]);
  return outputs;
}

}  // namespace

Reference::Reference(const ir::Program& program) : program_(ir::clone(program)) {
  for (const ir::Value& value : program_.values)
    for (const int64_t size : value.shape)
      RECUR_CHECK(size >= 0, "a value of shape {} is not bound", ir::to_string(value.shape));
}

std::vector<Tensor> Reference::run(const std::map<std::string, Tensor>& inputs, NoiseKey key) const {
  std::vector<Ref> in;
  for (const ir::ValueId id : program_.inputs) {
    const std::string& name = program_.producer(id).name;
    const auto found = inputs.find(name);
    RECUR_CHECK(found != inputs.end(), "input {} is missing", name);
    const Tensor& tensor = found->second;
    RECUR_CHECK(static_cast<int64_t>(tensor.data.size()) == element_count(tensor.shape), "input {}: {} has {} elements",
                name, ir::to_string(tensor.shape), tensor.data.size());
    in.push_back(share(tensor));
  }
  std::vector<Tensor> outputs;
  for (const Ref& out : run_block(program_, in, key, 0)) outputs.push_back(*out);
  return outputs;
}

}  // namespace recur::exec
