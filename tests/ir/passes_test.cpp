// The passes change how a program computes, never what: outputs and gradients of an LSTM, and of a cell with separate weights, stay
// the same, and the products end up where they belong.
#include "recur/ir/passes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "recur/exec/reference.hpp"
#include "recur/ir/adjoint.hpp"
#include "recur/ir/builder.hpp"
#include "recur/random/stream.hpp"

namespace recur::ir {
namespace {

constexpr int64_t T = 4, N = 3, I = 5, H = 6;

Program lstm() {
  Builder b;
  const ValueId x = b.input("x", {T, N, I}), W = b.input("W", {I, 4 * H}), U = b.input("U", {H, 4 * H});
  const ValueId bias = b.input("b", {4 * H}), h0 = b.input("h0", {N, H}), c0 = b.input("c0", {N, H});
  const auto in = b.begin_scan({x}, {h0, c0});
  const ValueId gates = b.add(b.add(b.matmul(in.x_t[0], W), b.matmul(in.states[0], U)), bias);
  const auto gate = [&](int64_t k) { return b.slice(gates, 1, k * H, (k + 1) * H); };
  const ValueId i = b.emit(Op::kSigmoid, {gate(0)}), f = b.emit(Op::kSigmoid, {gate(1)});
  const ValueId g = b.emit(Op::kTanh, {gate(2)}), o = b.emit(Op::kSigmoid, {gate(3)});
  const ValueId c = b.add(b.mul(f, in.states[1]), b.mul(i, g));
  const ValueId h = b.mul(o, b.emit(Op::kTanh, {c}));
  const auto out = b.end_scan({h, c}, {h}, "lstm");
  const ValueId loss = b.sum(b.emit(Op::kSquare, {out.stacked[0]}), {0, 1, 2});
  return b.finish({loss, out.stacked[0]}, {"loss", "y"});
}

// Two weights that share the input, and a product of the gated state.
Program minimal_gated_unit() {
  Builder b;
  const ValueId x = b.input("x", {T, N, I}), Wf = b.input("Wf", {I, H}), Wc = b.input("Wc", {I, H});
  const ValueId U = b.input("U", {H, H}), V = b.input("V", {H, H}), h0 = b.input("h0", {N, H});
  const auto in = b.begin_scan({x}, {h0}, true);
  const ValueId h = in.states[0];
  const ValueId f = b.emit(Op::kSigmoid, {b.add(b.matmul(in.x_t[0], Wf), b.matmul(h, U))});
  const ValueId c = b.emit(Op::kTanh, {b.add(b.matmul(in.x_t[0], Wc), b.matmul(b.mul(f, h), V))});
  const ValueId next = b.add(b.mul(b.sub(b.constant(1), f), h), b.mul(f, c));
  const auto out = b.end_scan({next}, {next}, "mgu");
  return b.finish({b.sum(b.emit(Op::kSquare, {out.stacked[0]}), {0, 1, 2}), out.stacked[0]}, {"loss", "y"});
}

std::map<std::string, exec::Tensor> draw_inputs(const Program& program, uint64_t seed) {
  std::map<std::string, exec::Tensor> inputs;
  for (const ValueId id : program.inputs) {
    const std::string& name = program.producer(id).name;
    Stream stream(seed, 0, name);
    exec::Tensor tensor{program.shape(id), {}};
    size_t size = 1;
    for (const int64_t dim : tensor.shape) size *= static_cast<size_t>(dim);
    for (size_t k = 0; k < size; ++k) tensor.data.push_back(stream.uniform(-0.8, 0.8));
    inputs[name] = tensor;
  }
  return inputs;
}

std::vector<std::string> input_names(const Program& program) {
  std::vector<std::string> names;
  for (const ValueId id : program.inputs) names.push_back(program.producer(id).name);
  return names;
}

void expect_same(const std::vector<exec::Tensor>& a, const std::vector<exec::Tensor>& b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].shape, b[i].shape) << what;
    for (size_t k = 0; k < a[i].data.size(); ++k) ASSERT_NEAR(a[i].data[k], b[i].data[k], 1e-11) << what << " output " << i << "[" << k << "]";
  }
}

size_t count(const Block& block, Op op) {
  return static_cast<size_t>(std::count_if(block.nodes.begin(), block.nodes.end(), [&](const Node& node) { return node.op == op; }));
}

class PassesTest : public testing::TestWithParam<Program (*)()> {};

TEST_P(PassesTest, GradientsEqualCentralDifferences) {
  const Program program = GetParam()();
  const std::vector<std::string> names = input_names(program);
  const Program gradient = differentiate(program, 0, names);
  verify(gradient);
  auto inputs = draw_inputs(program, 1);
  const auto results = exec::Reference(gradient).run(inputs);
  const exec::Reference reference(program);
  for (size_t n = 0; n < names.size(); ++n) {
    for (size_t k = 0; k < inputs[names[n]].data.size(); ++k) {
      double& value = inputs[names[n]].data[k];
      const double at = value, step = 1e-5;
      value = at + step;
      const double above = reference.run(inputs)[0].data[0];
      value = at - step;
      const double below = reference.run(inputs)[0].data[0];
      value = at;
      ASSERT_NEAR(results[2 + n].data[k], (above - below) / (2 * step), 1e-7) << names[n] << "[" << k << "]";
    }
  }
}

TEST_P(PassesTest, EachPassKeepsEveryValue) {
  const Program program = GetParam()();
  const Program gradient = differentiate(program, 0, input_names(program));
  const auto inputs = draw_inputs(program, 2);
  const auto expected = exec::Reference(gradient).run(inputs);
  std::vector<PassResult> steps;
  optimize(clone(gradient), &steps);
  for (const PassResult& step : steps) expect_same(exec::Reference(step.program).run(inputs), expected, step.name);
}

INSTANTIATE_TEST_SUITE_P(Cells, PassesTest, testing::Values(&lstm, &minimal_gated_unit));

TEST(PassesTest, AnLstmKeepsOneProductAStepInEachDirection) {
  const Program program = optimize(differentiate(lstm(), 0, {"x", "W", "U", "b"}));
  SCOPED_TRACE(print(program));
  size_t scans = 0;
  for (const Node& node : program.nodes) {
    if (node.op != Op::kScan) continue;
    ++scans;
    EXPECT_EQ(count(*node.scan->body, Op::kMatmul) + count(*node.scan->body, Op::kMatmulAdd), 1u);
    EXPECT_EQ(count(*node.scan->body, Op::kOuterSum), 0u);
    EXPECT_EQ(node.scan->sum_count, 0);
  }
  EXPECT_EQ(scans, 2u);
  EXPECT_EQ(count(program, Op::kOuterSum), 2u);                                    // by W and by U
  EXPECT_EQ(count(program, Op::kMatmul) + count(program, Op::kMatmulAdd), 2u);   // x W + b, and d x
}

// A memory [N, A, B] that a column and a row of it change.
Program memory() {
  constexpr int64_t A = 9, B = 11;
  Builder b;
  const ValueId x = b.input("x", {T, N, A}), y = b.input("y", {T, N, B}), m0 = b.input("m0", {N, A, B});
  const auto in = b.begin_scan({x, y}, {m0});
  const ValueId kept = b.sub(b.constant(1), b.emit(Op::kOuter, {b.emit(Op::kSigmoid, {in.x_t[0]}), b.emit(Op::kTanh, {in.x_t[1]})}));
  const ValueId next = b.mul(in.states[0], b.mul(b.constant(1), kept));
  const auto out = b.end_scan({next}, {}, "memory");
  return b.finish({b.sum(b.emit(Op::kSquare, {out.final_states[0]}), {0, 1, 2}), out.final_states[0]}, {"loss", "m"});
}

INSTANTIATE_TEST_SUITE_P(Memory, PassesTest, testing::Values(&memory));

TEST(PassesTest, WhatSmallValuesSpreadOverALargeOneIsNotKept) {
  const Program program = differentiate(memory(), 0, {"x", "y", "m0"});
  SCOPED_TRACE(print(program));
  int64_t large = 0;
  for (const Node& node : program.nodes)
    if (node.op == Op::kScan && !node.scan->reverse)
      for (int32_t i = node.scan->state_count; i < node.scan->state_count + node.scan->y_count; ++i)
        large += program.shape(node.outputs[static_cast<size_t>(i)]).size() == 4 ? 1 : 0;
  EXPECT_EQ(large, 1);  // the memory before each step, and not what it is multiplied by
}

TEST(PassesTest, FlopsOfProductsLeaveOutTheRest) {
  const Program program = lstm();
  EXPECT_EQ(product_flops(program), 2.0 * T * N * (I + H) * 4 * H);
  EXPECT_GT(flops(program), product_flops(program));
}

// Two directions over the same input, each with a bias.
Program two_directions() {
  Builder b;
  const ValueId x = b.input("x", {T, N, I});
  std::vector<ValueId> ys;
  for (const std::string side : {"f", "b"}) {
    const ValueId W = b.input("W" + side, {I, H}), U = b.input("U" + side, {H, H}), bias = b.input("b" + side, {H}), h0 = b.input("h" + side, {N, H});
    const auto in = b.begin_scan({x}, {h0}, side == "b");
    const ValueId h = b.emit(Op::kTanh, {b.add(b.add(b.matmul(in.x_t[0], W), bias), b.matmul(in.states[0], U))});
    ys.push_back(b.end_scan({h}, {h}, "vanilla").stacked[0]);
  }
  const ValueId y = b.emit(Op::kConcat, ys, {2});
  return b.finish({b.sum(b.emit(Op::kSquare, {y}), {0, 1, 2}), y}, {"loss", "y"});
}

INSTANTIATE_TEST_SUITE_P(Directions, PassesTest, testing::Values(&two_directions));

TEST(PassesTest, ProductsThatShareTheirInputTakeTheirBiasesAlong) {
  const Program program = optimize(two_directions());
  SCOPED_TRACE(print(program));
  EXPECT_EQ(count(program, Op::kMatmulAdd), 1u);
  EXPECT_EQ(count(program, Op::kMatmul) + count(program, Op::kAdd), 0u);
}

TEST(PassesTest, ProductsThatShareTheirInputAreJoined) {
  const Program program = optimize(minimal_gated_unit());
  SCOPED_TRACE(print(program));
  EXPECT_EQ(count(program, Op::kMatmul), 1u);
}

}  // namespace
}  // namespace recur::ir
