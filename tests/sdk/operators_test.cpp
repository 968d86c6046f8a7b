// Each operator of the SDK appends the node that it is named for.
#include <functional>
#include <optional>

#include "recorded_cell.hpp"

namespace recur::plugin {
namespace {

using Ints = std::vector<int64_t>;

std::function<void(Var, Var)> recorded;  // x [N, 4], h [N, 4]

struct Recorder4 : Cell {
  Step step(Var x, State s) override {
    recorded(x, s["h"]);
    return {.output = s["h"], .state = {{"h", s["h"]}}};
  }
};

ir::Program record(std::function<void(Var, Var)> operators) {
  recorded = std::move(operators);
  const CellInstance cell(described<Recorder4>(), 4, 4);
  Program program;
  StepInputs inputs;
  inputs.x = program.builder.input("x", {ir::kBatch, 4});
  inputs.states = {program.builder.input("h", {ir::kBatch, 4})};
  inputs.weights = program.weights(cell);
  const StepOutputs step = cell.record_step(program.builder, inputs);
  return program.builder.finish({step.output});
}

struct Case {
  const char* name;
  std::function<void(Var x, Var h)> operators;
  ir::Op op;
  std::optional<Ints> ints = {};
  std::vector<double> reals = {};
};

const Case kCases[] = {
    {"Add", [](Var x, Var h) { x + h; }, ir::Op::kAdd},
    {"Sub", [](Var x, Var h) { x - h; }, ir::Op::kSub},
    {"Mul", [](Var x, Var h) { x * h; }, ir::Op::kMul},
    {"Div", [](Var x, Var h) { x / h; }, ir::Op::kDiv},
    {"ScalarOnTheLeft", [](Var x, Var) { 1 - x; }, ir::Op::kSub},
    {"ScalarOnTheRight", [](Var x, Var) { x * 0.5; }, ir::Op::kMul},
    {"Min", [](Var x, Var h) { min(x, h); }, ir::Op::kMin},
    {"MaxWithANumber", [](Var x, Var) { max(x, 0.0); }, ir::Op::kMax},
    {"Pow", [](Var x, Var) { pow(x, 2); }, ir::Op::kPow},
    {"Greater", [](Var x, Var h) { (void)(x > h); }, ir::Op::kGreater},
    {"GreaterEqual", [](Var x, Var h) { (void)(x >= h); }, ir::Op::kGreaterEqual},
    {"LessIsGreaterTurned", [](Var x, Var h) { (void)(x < h); }, ir::Op::kGreater},
    {"LessEqualIsGreaterEqualTurned", [](Var x, Var) { (void)(x <= 1); }, ir::Op::kGreaterEqual},
    {"Equal", [](Var x, Var h) { equal(x, h); }, ir::Op::kEqual},
    {"Select", [](Var x, Var h) { select(x > 0, x, h); }, ir::Op::kSelect},
    {"Negate", [](Var x, Var) { -x; }, ir::Op::kNeg},
    {"Abs", [](Var x, Var) { abs(x); }, ir::Op::kAbs},
    {"Exp", [](Var x, Var) { exp(x); }, ir::Op::kExp},
    {"Log", [](Var x, Var) { log(x); }, ir::Op::kLog},
    {"Sqrt", [](Var x, Var) { sqrt(x); }, ir::Op::kSqrt},
    {"Square", [](Var x, Var) { square(x); }, ir::Op::kSquare},
    {"Reciprocal", [](Var x, Var) { reciprocal(x); }, ir::Op::kReciprocal},
    {"Tanh", [](Var x, Var) { tanh(x); }, ir::Op::kTanh},
    {"Sigmoid", [](Var x, Var) { sigmoid(x); }, ir::Op::kSigmoid},
    {"Relu", [](Var x, Var) { relu(x); }, ir::Op::kRelu},
    {"Softplus", [](Var x, Var) { softplus(x); }, ir::Op::kSoftplus},
    {"Sin", [](Var x, Var) { sin(x); }, ir::Op::kSin},
    {"Cos", [](Var x, Var) { cos(x); }, ir::Op::kCos},
    {"Sign", [](Var x, Var) { sign(x); }, ir::Op::kSign},
    {"Round", [](Var x, Var) { round(x); }, ir::Op::kRound},
    {"Floor", [](Var x, Var) { floor(x); }, ir::Op::kFloor},
    {"Matmul", [](Var x, Var) { matmul(x, constant(1, {4, 3})); }, ir::Op::kMatmul, Ints{0, 0}},
    {"MatmulTransposed", [](Var x, Var) { matmul(x, constant(1, {3, 4}), {.b = true}); }, ir::Op::kMatmul, Ints{0, 1}},
    {"Outer", [](Var x, Var h) { outer(x, h); }, ir::Op::kOuter},
    {"Concat", [](Var x, Var h) { concat(x, h); }, ir::Op::kConcat},
    {"ConcatAlongAnAxis", [](Var x, Var h) { concat({x, h}, 1); }, ir::Op::kConcat, Ints{1}},
    {"Slice", [](Var x, Var) { slice(x, 1, 3, 1); }, ir::Op::kSlice, Ints{1, 1, 3}},
    {"Reshape", [](Var x, Var) { reshape(x, {kBatch, 2, 2}); }, ir::Op::kReshape, Ints{kBatch, 2, 2}},
    {"Transpose", [](Var x, Var) { transpose(x, {1, 0}); }, ir::Op::kTranspose, Ints{1, 0}},
    {"Roll", [](Var x, Var) { roll(x, 2, 1); }, ir::Op::kRoll, Ints{1, 2}},
    {"Broadcast", [](Var, Var) { broadcast(constant(1, {4}), {kBatch, 4}); }, ir::Op::kBroadcast, Ints{kBatch, 4}},
    {"Sum", [](Var x, Var) { sum(x, {1}); }, ir::Op::kSum, Ints{0, 1}},
    {"SumKeepingAxes", [](Var x, Var) { sum(x, {0, 1}, true); }, ir::Op::kSum, Ints{1, 0, 1}},
    {"Mean", [](Var x, Var) { mean(x, {1}); }, ir::Op::kMean, Ints{0, 1}},
    {"ReduceMax", [](Var x, Var) { reduce_max(x, {1}); }, ir::Op::kReduceMax, Ints{0, 1}},
    {"Softmax", [](Var x, Var) { softmax(x); }, ir::Op::kSoftmax},
    {"LogSoftmax", [](Var x, Var) { log_softmax(x); }, ir::Op::kLogSoftmax},
    {"LayerNorm", [](Var x, Var) { layer_norm(x, 0.25); }, ir::Op::kLayerNorm, {}, {0.25}},
    {"CrossEntropy", [](Var x, Var) { cross_entropy(x, constant(0, {kBatch})); }, ir::Op::kCrossEntropy},
    {"Gather", [](Var, Var) { gather(constant(1, {7, 4}), constant(0, {kBatch})); }, ir::Op::kGather},
    {"Take", [](Var x, Var) { take(x, constant(0, {kBatch})); }, ir::Op::kTake},
    {"GatherTime", [](Var, Var) { gather_time(constant(1, {5, kBatch, 4}), constant(0, {2, kBatch})); }, ir::Op::kGatherTime},
    {"Uniform", [](Var, Var) { uniform({kBatch, 4}); }, ir::Op::kUniform, Ints{kBatch, 4}},
    {"NormalLike", [](Var x, Var) { normal_like(x); }, ir::Op::kNormal, Ints{kBatch, 4}},
    {"StopGradient", [](Var x, Var) { stop_gradient(x); }, ir::Op::kStopGradient},
    {"StraightThrough", [](Var x, Var h) { straight_through(x, h); }, ir::Op::kStraightThrough},
};

class OperatorTest : public testing::TestWithParam<Case> {};

TEST_P(OperatorTest, AppendsItsNode) {
  const ir::Program program = record(GetParam().operators);
  ASSERT_EQ(count(program, GetParam().op), 1) << ir::print(program);
  for (const ir::Node& node : program.nodes) {
    if (node.op != GetParam().op) continue;
    EXPECT_EQ(node.ints, GetParam().ints.value_or(node.ints));
    if (!GetParam().reals.empty()) {
      EXPECT_EQ(node.reals, GetParam().reals);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, OperatorTest, testing::ValuesIn(kCases), [](const auto& param) { return std::string(param.param.name); });

TEST(SplitTest, GivesEqualPartsInOrder) {
  const ir::Program program = record([](Var x, Var) {
    auto [a, b] = split<2>(x);
    EXPECT_EQ(a.shape(), (Dims{kBatch, 2}));
    EXPECT_EQ(b.dim(-1), 2);
  });
  EXPECT_EQ(count(program, ir::Op::kSlice), 2);
}

TEST(SplitTest, GivesPartsOfSizes) {
  record([](Var x, Var) {
    const std::vector<Var> parts = split(x, {1, 3});
    EXPECT_EQ(parts.at(1).dim(1), 3);
  });
}

TEST(SplitTest, RefusesWhatDoesNotDivide) {
  EXPECT_EQ(message_of([] { record([](Var x, Var) { split<3>(x); }); }),
            "tested.so: cell 'tested': step: split<3>: an axis of size 4 does not divide into 3 equal parts");
}

TEST(OperatorErrorTest, NamesTheShapes) {
  const std::string message = message_of([] { record([](Var x, Var) { matmul(x, constant(1, {5, 2})); }); });
  EXPECT_TRUE(message.starts_with("tested.so: cell 'tested': step: matmul")) << message;
  EXPECT_NE(message.find("[N, 4]"), std::string::npos) << message;
  EXPECT_NE(message.find("[5, 2]"), std::string::npos) << message;
}

TEST(OperatorErrorTest, RefusesAnEmptyVar) {
  EXPECT_EQ(message_of([] { record([](Var x, Var) { x + Var(); }); }),
            "tested.so: cell 'tested': step: an operator was given no value (an empty Var)");
}

TEST(OperatorErrorTest, RefusesToWorkWhereNothingIsRecorded) {
  EXPECT_THROW(Var(1.0), Error);
}

TEST(OperatorErrorTest, RefusesOperatorsOfTheHostAndUnknownOnes) {
  for (const uint32_t op : {200u, 5u, 99999u}) {
    const std::string message = message_of([op] {
      record([op](Var x, Var) {
        const detail::Call& call = detail::recording();
        const recur_var in = x.id();
        recur_var out = 0;
        detail::check(call.host->emit(call.recorder, op, &in, 1, nullptr, 0, nullptr, 0, &out));
      });
    });
    EXPECT_NE(message.find("is not known to this recur"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace recur::plugin
