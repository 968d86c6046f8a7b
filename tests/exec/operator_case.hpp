// A case is a small program around one operator (or one form of it): a name, a function that records it, and how its
// inputs are drawn. The same cases serve values, gradients, passes and executors.
//
// To add one, append to operator_cases.cpp or scan_cases.cpp:
//   {"softmax", [](CaseBuilder& b) -> Values { return {b.emit(Op::kSoftmax, {b.input("x", {kN, 5})})}; }},
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "recur/exec/reference.hpp"
#include "recur/ir/builder.hpp"
#include "recur/ir/program.hpp"

namespace recur::exec {

using TensorMap = std::map<std::string, Tensor>;
using Values = std::vector<ir::ValueId>;
inline constexpr int64_t kN = ir::kBatch, kT = ir::kTime;

// An input of a case and where its numbers come from: [low, high), or the whole numbers low ... high-1. All are
// exact in single precision, so that every executor sees the same ones.
struct CaseInput {
  std::string name;
  ir::Shape shape;
  double low = -1, high = 1;
  bool whole = false;
  bool differentiable = true;
};

// The builder, and a note of how each input is to be drawn.
class CaseBuilder : public ir::Builder {
 public:
  ir::ValueId input(std::string name, ir::Shape shape, double low = -1, double high = 1);
  // No gradient is asked for: the operator has none there, or it would not agree with a finite difference.
  ir::ValueId fixed(std::string name, ir::Shape shape, double low = -1, double high = 1);
  ir::ValueId whole(std::string name, ir::Shape shape, int64_t low, int64_t high);

  const std::vector<CaseInput>& inputs() const { return inputs_; }

 private:
  ir::ValueId declare(CaseInput input);
  std::vector<CaseInput> inputs_;
};

struct OperatorCase {
  std::string name;
  std::function<Values(CaseBuilder&)> record;
  double tolerance = 1e-6;  // of gradients against central differences, relative
};

// The case as a program with symbols: its outputs, then the loss, a sum of all their elements, each with a weight of its
// own so that no error cancels.
struct BuiltCase {
  ir::Program program;
  std::vector<CaseInput> inputs;
  std::vector<std::string> differentiable;
  size_t loss = 0;
};
BuiltCase build(const OperatorCase& operator_case);

// The sizes that cases are run with: odd, and different from each other and from most sizes that cases write down.
inline const ir::Bindings kCaseSizes{{ir::kBatch, 3}, {ir::kTime, 4}};

// What noise is keyed by in every run of a case.
inline constexpr NoiseKey kCaseNoise{.seed = 17, .step = 5};

TensorMap draw_inputs(const std::vector<CaseInput>& inputs, uint64_t seed, const ir::Bindings& sizes = kCaseSizes);

// Runs a program that may hold symbols. Other executors take the place of run_reference in the same tests.
using Executor = std::function<std::vector<Tensor>(const ir::Program& bound, const TensorMap& inputs)>;
std::vector<Tensor> run_reference(const ir::Program& bound, const TensorMap& inputs);
std::vector<Tensor> run_case(const ir::Program& program, const TensorMap& inputs,
                             const Executor& executor = run_reference, const ir::Bindings& sizes = kCaseSizes);

// Largest difference of two tensors, relative to the larger of 1 and the larger of the two numbers; infinite where a
// number is not finite or the shapes differ.
double relative_difference(const Tensor& a, const Tensor& b);

// d loss / d input by central differences, on the reference.
Tensor central_differences(const ir::Program& program, size_t loss, const TensorMap& inputs, const std::string& name);

// Every operator of the ABI, broadcasting forms, layouts; then what only the host makes; then scans.
const std::vector<OperatorCase>& operator_cases();
const std::vector<OperatorCase>& host_operator_cases();
const std::vector<OperatorCase>& scan_cases();

}  // namespace recur::exec
