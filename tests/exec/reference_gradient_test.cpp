// The adjoint of every operator against central differences, both on the double-precision reference.
#include <gtest/gtest.h>

#include <set>

#include "operator_case.hpp"
#include "recur/ir/adjoint.hpp"

namespace recur::exec {

void PrintTo(const OperatorCase& operator_case, std::ostream* out) { *out << operator_case.name; }

namespace {

std::string case_name(const testing::TestParamInfo<OperatorCase>& info) { return info.param.name; }

class GradientTest : public testing::TestWithParam<OperatorCase> {};

TEST_P(GradientTest, AgreesWithCentralDifferences) {
  const BuiltCase built = build(GetParam());
  const TensorMap inputs = draw_inputs(built.inputs, 1);
  const ir::Program bound = ir::bind(built.program, kCaseSizes);  // some adjoints need the sizes
  const ir::Program differentiated = ir::differentiate(bound, built.loss, built.differentiable);
  ASSERT_NO_THROW(ir::verify(differentiated));
  ASSERT_EQ(differentiated.outputs.size(), built.program.outputs.size() + built.differentiable.size());

  const std::vector<Tensor> plain = run_case(bound, inputs);
  const std::vector<Tensor> outputs = run_case(differentiated, inputs);
  for (size_t i = 0; i < plain.size(); ++i) EXPECT_EQ(relative_difference(outputs[i], plain[i]), 0) << "output " << i;

  for (size_t i = 0; i < built.differentiable.size(); ++i) {
    const std::string& name = built.differentiable[i];
    const Tensor numeric = central_differences(bound, built.loss, inputs, name);
    EXPECT_LT(relative_difference(outputs[plain.size() + i], numeric), GetParam().tolerance) << "gradient by " << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, GradientTest, testing::ValuesIn(operator_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(HostOperators, GradientTest, testing::ValuesIn(host_operator_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Scans, GradientTest, testing::ValuesIn(scan_cases()), case_name);

Tensor gradient(const std::function<ir::ValueId(CaseBuilder&)>& loss, const std::string& name, const TensorMap& inputs) {
  CaseBuilder b;
  const ir::ValueId output = loss(b);
  const ir::Program program = ir::differentiate(b.finish({output}), 0, {name});
  return run_case(program, inputs).back();
}

TEST(GradientFlowTest, StopsAtStopGradient) {
  const auto loss = [](CaseBuilder& b) {
    const ir::ValueId x = b.input("x", {2});
    return b.sum(b.mul(x, b.emit(ir::Op::kStopGradient, {x})), {0});
  };
  EXPECT_EQ(gradient(loss, "x", {{"x", {{2}, {3, -5}}}}).data, (std::vector<double>{3, -5}));
}

TEST(GradientFlowTest, GoesStraightThroughToTheSoftValue) {
  const auto loss = [](CaseBuilder& b) {
    const ir::ValueId x = b.input("x", {2});
    const ir::ValueId hard = b.emit(ir::Op::kSign, {x}), soft = b.mul(x, b.constant(4));
    return b.sum(b.emit(ir::Op::kStraightThrough, {hard, soft}), {0});
  };
  EXPECT_EQ(gradient(loss, "x", {{"x", {{2}, {3, -5}}}}).data, (std::vector<double>{4, 4}));
}

TEST(GradientFlowTest, IsSharedEquallyByEqualMaxima) {
  const auto loss = [](CaseBuilder& b) { return b.emit(ir::Op::kReduceMax, {b.input("x", {4})}, {0, 0}); };
  EXPECT_EQ(gradient(loss, "x", {{"x", {{4}, {2, 7, 1, 7}}}}).data, (std::vector<double>{0, 0.5, 0, 0.5}));
}

TEST(GradientFlowTest, IsZeroForAnInputThatTheLossDoesNotUse) {
  const auto loss = [](CaseBuilder& b) {
    b.input("unused", {2, 3});
    return b.sum(b.input("x", {2}), {0});
  };
  EXPECT_EQ(gradient(loss, "unused", {{"x", {{2}, {1, 2}}}, {"unused", {{2, 3}, std::vector<double>(6, 1)}}}).data,
            std::vector<double>(6, 0));
}

void collect(const ir::Block& block, std::set<ir::Op>& ops) {
  for (const ir::Node& node : block.nodes) {
    ops.insert(node.op);
    if (node.scan) collect(*node.scan->body, ops);
  }
}

TEST(OperatorCasesTest, CoverEveryOperatorThatHasAName) {
  std::set<ir::Op> covered;
  for (const auto* cases : {&operator_cases(), &host_operator_cases(), &scan_cases()}) {
    for (const OperatorCase& operator_case : *cases) {
      const BuiltCase built = build(operator_case);
      collect(built.program, covered);
      const ir::Program bound = ir::bind(built.program, kCaseSizes);
      collect(ir::differentiate(bound, built.loss, built.differentiable), covered);
    }
  }
  for (uint32_t code = 1; code < 256; ++code) {
    const auto op = static_cast<ir::Op>(code);
    if (ir::name_of(op) == "unknown" || op == ir::Op::kPrimitive || op == ir::Op::kPrimitiveGradient) continue;
    EXPECT_TRUE(covered.contains(op)) << ir::name_of(op);
  }
}

}  // namespace
}  // namespace recur::exec
