// The reference computes oneDNN's primitives and their gradients from equations of its own; here they meet the same cells
// recorded operator by operator.
#include <gtest/gtest.h>

#include <algorithm>

#include "operator_case.hpp"
#include "recorded_cells.hpp"
#include "recur/ir/adjoint.hpp"
#include "recur/ir/passes.hpp"

namespace recur::exec {
namespace {

struct PrimitiveCase {
  std::string cell;
  bool reverse;
};
void PrintTo(const PrimitiveCase& c, std::ostream* out) { *out << c.cell << (c.reverse ? " reverse" : ""); }

BuiltCase build_primitive(const PrimitiveCase& primitive_case) {
  constexpr int64_t kI = 5, kH = 3;
  const std::string& cell = primitive_case.cell;
  return build(OperatorCase{cell, [&](CaseBuilder& b) -> Values {
                  const int64_t wide = gates_of(cell) * kH;
                  const ir::ValueId x = b.input("x", {kT, kN, kI});
                  const CellWeights weights{b.input("W", {kI, wide}), b.input("U", {kH, wide}),
                                            b.input("b", {bias_blocks_of(cell) * kH})};
                  Values init{b.input("h0", {kN, kH})};
                  if (states_of(cell) == 2) init.push_back(b.input("c0", {kN, kH}));
                  const auto out = record_cell(b, cell, kH, x, weights, init, primitive_case.reverse);
                  Values outputs = out.final_states;
                  outputs.push_back(out.stacked[0]);
                  return outputs;
                }});
}

bool has(const ir::Program& program, ir::Op op) {
  return std::any_of(program.nodes.begin(), program.nodes.end(), [&](const ir::Node& node) { return node.op == op; });
}

class PrimitiveTest : public testing::TestWithParam<PrimitiveCase> {};

TEST_P(PrimitiveTest, AgreesWithTheRecordedEquationsForwardAndBackward) {
  const BuiltCase built = build_primitive(GetParam());
  const TensorMap inputs = draw_inputs(built.inputs, 3);
  const ir::Program recorded = ir::bind(built.program, kCaseSizes);
  const ir::Program lowered = ir::lower(recorded, true);
  ASSERT_TRUE(has(lowered, ir::Op::kPrimitive));
  const ir::Program lowered_gradient = ir::differentiate(lowered, built.loss, built.differentiable);
  ASSERT_TRUE(has(lowered_gradient, ir::Op::kPrimitiveGradient));

  const auto expected = run_case(ir::differentiate(recorded, built.loss, built.differentiable), inputs);
  const auto outputs = run_case(lowered_gradient, inputs);
  ASSERT_EQ(outputs.size(), expected.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_LT(relative_difference(outputs[i], expected[i]), 1e-12) << "output " << i;
  }
}

TEST_P(PrimitiveTest, GivesTheSameForInference) {
  const BuiltCase built = build_primitive(GetParam());
  const TensorMap inputs = draw_inputs(built.inputs, 4);
  const auto expected = run_case(built.program, inputs), outputs = run_case(ir::lower(built.program, false), inputs);
  for (size_t i = 0; i < outputs.size(); ++i) EXPECT_LT(relative_difference(outputs[i], expected[i]), 1e-12);
}

TEST_P(PrimitiveTest, HasTheGradientOfItsCentralDifferences) {
  const BuiltCase built = build_primitive(GetParam());
  const TensorMap inputs = draw_inputs(built.inputs, 5);
  const ir::Program lowered = ir::lower(ir::bind(built.program, kCaseSizes), true);
  const auto outputs = run_case(ir::differentiate(lowered, built.loss, built.differentiable), inputs);
  for (size_t i = 0; i < built.differentiable.size(); ++i) {
    const Tensor numeric = central_differences(lowered, built.loss, inputs, built.differentiable[i]);
    EXPECT_LT(relative_difference(outputs[built.program.outputs.size() + i], numeric), 1e-6) << built.differentiable[i];
  }
}

std::vector<PrimitiveCase> primitive_cases() {
  std::vector<PrimitiveCase> cases;
  for (const std::string& cell : kRecordedCells)
    for (const bool reverse : {false, true}) cases.push_back({cell, reverse});
  return cases;
}

std::string case_name(const testing::TestParamInfo<PrimitiveCase>& info) {
  return info.param.cell + (info.param.reverse ? "_reverse" : "_forward");
}

INSTANTIATE_TEST_SUITE_P(Cells, PrimitiveTest, testing::ValuesIn(primitive_cases()), case_name);

}  // namespace
}  // namespace recur::exec
