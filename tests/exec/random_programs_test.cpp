// Random programs, and every operator's case: the same values before and after the passes, the gradient of the adjoint
// the slope of the program, and every executor the values of the reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "operator_case.hpp"
#include "random_program.hpp"
#include "recur/exec/native.hpp"
#include "recur/ir/adjoint.hpp"
#include "recur/ir/passes.hpp"

namespace recur::exec {
namespace {

constexpr uint64_t kSeeds = 200;

// An executor to compare with the reference.
struct Contestant {
  std::string name;
  Executor run;
  bool single = true;  // precision
};

// In f32. With weights, inputs are bound and what depends on them alone is computed apart.
std::vector<Tensor> run_native(const ir::Program& program, const TensorMap& inputs, bool weights) {
  NativeOptions options;
  std::map<std::string, std::vector<float>> bound;
  for (const auto& [name, tensor] : inputs) {
    bound[name] = std::vector<float>(tensor.data.begin(), tensor.data.end());
    if (weights && tensor.shape.size() <= 2) options.weights.insert(name);
  }
  Native native(program, options);
  for (const auto& [name, data] : bound) native.bind_input(name, data.data());
  std::vector<Tensor> outputs;
  for (int repetition = 0; repetition < 2; ++repetition) {  // nothing may be left over from the run before
    native.run(kCaseNoise);
    std::vector<Tensor> run;
    for (size_t i = 0; i < program.outputs.size(); ++i) {
      const std::span<const float> data = native.output(i);
      run.push_back({program.shape(program.outputs[i]), {data.begin(), data.end()}});
      if (repetition == 1) {
        EXPECT_EQ(run[i].data, outputs[i].data) << "output " << i << " changes from run to run";
      }
    }
    outputs = std::move(run);
  }
  return outputs;
}

const std::vector<Contestant>& contestants() {
  static const std::vector<Contestant> all{
      {"reference_after_passes",
       [](const ir::Program& program, const TensorMap& inputs) { return run_reference(ir::optimize(program), inputs); },
       false},
      {"native",
       [](const ir::Program& program, const TensorMap& inputs) { return run_native(program, inputs, false); }},
      {"native_after_passes",
       [](const ir::Program& program, const TensorMap& inputs) {
         return run_native(ir::optimize(program), inputs, false);
       }},
      {"native_with_weights_after_passes",
       [](const ir::Program& program, const TensorMap& inputs) {
         return run_native(ir::optimize(program), inputs, true);
       }},
  };
  return all;
}

void expect_near(const std::vector<Tensor>& outputs, const std::vector<Tensor>& expected, double tolerance,
                 const ir::Program& program) {
  ASSERT_EQ(outputs.size(), expected.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_LT(relative_difference(outputs[i], expected[i]), tolerance)
        << "output " << i << (i < program.output_names.size() ? " " + program.output_names[i] : "") << " of\n"
        << ir::print(program);
    if (testing::Test::HasFailure()) return;  // one listing is enough
  }
}

// Both the program and its gradient program, by every contestant. single: how near single precision must come.
void compare(const OperatorCase& operator_case, const ir::Bindings& sizes, uint64_t seed, double single) {
  const BuiltCase built = build(operator_case);
  const TensorMap inputs = draw_inputs(built.inputs, seed, sizes);
  const ir::Program program = ir::bind(built.program, sizes);
  for (const ir::Program& each : {program, ir::differentiate(program, built.loss, built.differentiable)}) {
    ASSERT_NO_THROW(ir::verify(each)) << ir::print(each);
    const std::vector<Tensor> expected = run_reference(each, inputs);
    for (const Contestant& contestant : contestants()) {
      SCOPED_TRACE(contestant.name + " of " + operator_case.name);
      std::vector<Tensor> outputs;
      ASSERT_NO_THROW(outputs = contestant.run(each, inputs)) << ir::print(each);
      expect_near(outputs, expected, contestant.single ? single : 1e-9, each);
    }
  }
}

class OperatorCaseTest : public testing::TestWithParam<OperatorCase> {};

TEST_P(OperatorCaseTest, HasTheSameValuesAndGradientsEverywhere) { compare(GetParam(), kCaseSizes, 11, 5e-6); }

std::string case_name(const testing::TestParamInfo<OperatorCase>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Operators, OperatorCaseTest, testing::ValuesIn(operator_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(HostOperators, OperatorCaseTest, testing::ValuesIn(host_operator_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Scans, OperatorCaseTest, testing::ValuesIn(scan_cases()), case_name);

class RandomProgramTest : public testing::TestWithParam<uint64_t> {};

TEST_P(RandomProgramTest, HasTheSameValuesAndGradientsEverywhere) {
  const RandomProgram random = random_program(GetParam(), {.true_slopes = false});
  compare(random.operator_case, random.sizes, GetParam(), 1e-4);  // errors add up over some tens of operators
}

TEST_P(RandomProgramTest, IsLeftAsItIsByThePasses) {
  const RandomProgram random = random_program(GetParam());
  const BuiltCase built = build(random.operator_case);
  const ir::Program program =
      ir::differentiate(ir::bind(built.program, random.sizes), built.loss, built.differentiable);
  const std::string before = ir::print(program);
  ir::optimize(program);
  EXPECT_EQ(ir::print(program), before);
}

// One derivative, along a random direction through all inputs at once, is enough to find a wrong adjoint.
TEST_P(RandomProgramTest, HasAsGradientItsSlope) {
  const RandomProgram random = random_program(GetParam(), {.operators = 12});
  const BuiltCase built = build(random.operator_case);
  const TensorMap inputs = draw_inputs(built.inputs, GetParam(), random.sizes);
  const ir::Program program = ir::bind(built.program, random.sizes);
  const auto outputs = run_reference(ir::differentiate(program, built.loss, built.differentiable), inputs);

  TensorMap direction = draw_inputs(built.inputs, GetParam() + 1000, random.sizes);
  double along = 0, size = 0;
  for (size_t i = 0; i < built.differentiable.size(); ++i) {
    const Tensor& gradient = outputs.at(program.outputs.size() + i);
    const Tensor& d = direction.at(built.differentiable[i]);
    ASSERT_EQ(gradient.shape, d.shape);
    for (size_t j = 0; j < d.data.size(); ++j) {
      along += gradient.data[j] * d.data[j];
      size += std::fabs(gradient.data[j] * d.data[j]);
    }
  }
  const auto loss_at = [&](double step) {
    TensorMap moved = inputs;
    for (const std::string& name : built.differentiable)
      for (size_t j = 0; j < moved.at(name).data.size(); ++j) moved.at(name).data[j] += step * direction.at(name).data[j];
    return run_reference(program, moved).at(built.loss).data.at(0);
  };
  constexpr double kStep = 1e-6;
  const double slope = (loss_at(kStep) - loss_at(-kStep)) / (2 * kStep);
  EXPECT_NEAR(along, slope, 1e-6 * std::max(1.0, size)) << ir::print(program);
}

// Notes the operators of a block and of the bodies in it; returns how deep its scans are nested.
int collect(const ir::Block& block, std::set<ir::Op>& ops) {
  int depth = 0;
  for (const ir::Node& node : block.nodes) {
    ops.insert(node.op);
    if (node.scan) depth = std::max(depth, 1 + collect(*node.scan->body, ops));
  }
  return depth;
}

TEST(RandomProgramsTest, UseEveryOperatorAndNestedScans) {
  std::set<ir::Op> used;
  int nested = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed)
    nested += collect(build(random_program(seed, {.true_slopes = false}).operator_case).program, used) > 1;
  EXPECT_GT(nested, 10);
  for (uint32_t code = RECUR_OP_CONSTANT; code <= RECUR_OP_STRAIGHT_THROUGH; ++code) {
    const auto op = static_cast<ir::Op>(code);
    if (ir::name_of(op) == "unknown") continue;
    EXPECT_TRUE(used.contains(op)) << ir::name_of(op);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomProgramTest, testing::Range(uint64_t{0}, kSeeds),
                         [](const auto& seed) { return std::to_string(seed.param); });

}  // namespace
}  // namespace recur::exec
