// The cells recorded operator by operator, and oneDNN's primitives as the reference computes them, against golden values.
#include <gtest/gtest.h>

#include "golden.hpp"
#include "operator_case.hpp"
#include "recorded_cells.hpp"
#include "recur/ir/adjoint.hpp"
#include "recur/ir/passes.hpp"

namespace recur {
namespace {

using exec::Tensor;
using ir::ValueId;

// The cell over the golden inputs, and the loss whose gradients by y and the final states are d:y, d:h_final, d:c_final.
struct Recorded {
  ir::Program program;
  exec::TensorMap inputs;
  std::vector<std::string> outputs;         // what the golden file calls them
  std::vector<std::string> differentiable;
};

Recorded record(const Golden& golden) {
  Recorded recorded;
  ir::Builder b;
  const auto input = [&](const std::string& name, bool differentiable) {
    recorded.inputs[name] = golden.at(name);
    if (differentiable) recorded.differentiable.push_back(name);
    return b.input(name, golden.at(name).shape);
  };
  const ValueId x = input("x", true);
  const exec::CellWeights weights{input("W", true), input("U", true), input("b", true)};
  std::vector<ValueId> init{input("h0", true)};
  recorded.outputs = {"y", "h_final"};
  if (golden.has_cell_state()) {
    init.push_back(input("c0", true));
    recorded.outputs.push_back("c_final");
  }
  const ValueId lengths = golden.has_lengths() ? input("lengths", false) : ir::kNone;
  const auto scan = exec::record_cell(b, golden.cell, golden.H, x, weights, init, false, lengths);
  std::vector<ValueId> outputs{scan.stacked[0]};
  outputs.insert(outputs.end(), scan.final_states.begin(), scan.final_states.end());
  ValueId loss = b.constant(0);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const ValueId weighted = b.mul(outputs[i], input("d:" + recorded.outputs[i], false));
    loss = b.add(loss, b.sum(weighted, i == 0 ? std::vector<int64_t>{0, 1, 2} : std::vector<int64_t>{0, 1}));
  }
  outputs.push_back(loss);
  recorded.program = b.finish(outputs);
  return recorded;
}

void expect_golden(const Recorded& recorded, const ir::Program& program, const Golden& golden) {
  const size_t loss = recorded.outputs.size();
  const auto values = exec::run_reference(ir::differentiate(program, loss, recorded.differentiable), recorded.inputs);
  for (size_t i = 0; i < recorded.outputs.size(); ++i)
    EXPECT_LT(exec::relative_difference(values[i], golden.at(recorded.outputs[i])), 1e-12) << recorded.outputs[i];
  for (size_t i = 0; i < recorded.differentiable.size(); ++i) {
    const std::string name = "d:" + recorded.differentiable[i];
    EXPECT_LT(exec::relative_difference(values[loss + 1 + i], golden.at(name)), 1e-12) << name;
  }
}

class GoldenTest : public testing::TestWithParam<std::string> {};

TEST_P(GoldenTest, IsReproducedByTheRecordedEquations) {
  const Golden golden = load_golden(GetParam());
  const Recorded recorded = record(golden);
  expect_golden(recorded, recorded.program, golden);
}

class GoldenPrimitiveTest : public testing::TestWithParam<std::string> {};

TEST_P(GoldenPrimitiveTest, IsReproducedByThePrimitiveOfTheReference) {
  const Golden golden = load_golden(GetParam());
  const Recorded recorded = record(golden);
  const ir::Program lowered = ir::lower(recorded.program, true);
  expect_golden(recorded, lowered, golden);
}

std::string file_name(const testing::TestParamInfo<std::string>& file) { return file.param; }

INSTANTIATE_TEST_SUITE_P(Cells, GoldenTest, testing::ValuesIn(golden_files()), file_name);
// Primitives know no lengths, so only the files without them.
INSTANTIATE_TEST_SUITE_P(Cells, GoldenPrimitiveTest, testing::ValuesIn(exec::kRecordedCells), file_name);

}  // namespace
}  // namespace recur
