// What each operator means, by values worked out by hand.
#include "recur/exec/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "case_maps.hpp"
#include "operator_case.hpp"
#include "recur/error/error.hpp"
#include "recur/exec/noise.hpp"

namespace recur::exec {
namespace {

using ir::Op;
using ir::ValueId;
using testing::ElementsAre;
using testing::ElementsAreArray;

// The operator applied to inputs of known shapes and values.
Tensor apply(Op op, const std::vector<Tensor>& inputs, std::vector<int64_t> ints = {}, std::vector<double> reals = {}) {
  ir::Builder b;
  Values ids;
  TensorMap given;
  for (const Tensor& tensor : inputs) {
    const std::string name = "x" + std::to_string(ids.size());
    ids.push_back(b.input(name, tensor.shape));
    given[name] = tensor;
  }
  return Reference(b.finish({b.emit(op, ids, std::move(ints), std::move(reals))})).run(given).at(0);
}

void expect_near(const Tensor& y, const std::vector<double>& expected, double tolerance = 1e-12) {
  ASSERT_EQ(y.data.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(y.data[i], expected[i], tolerance) << "element " << i;
}

Tensor row(std::vector<double> data) { return {{static_cast<int64_t>(data.size())}, std::move(data)}; }
Tensor counting(const ir::Shape& shape) {  // 0, 1, 2, ...
  Tensor x{shape, {}};
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  for (int64_t i = 0; i < count; ++i) x.data.push_back(static_cast<double>(i));
  return x;
}

TEST(ReferenceTest, ComputesArithmetic) {
  const std::vector<Tensor> ab{row({6, -4, 2}), row({2, 8, 2})};
  EXPECT_THAT(apply(Op::kAdd, ab).data, ElementsAre(8, 4, 4));
  EXPECT_THAT(apply(Op::kSub, ab).data, ElementsAre(4, -12, 0));
  EXPECT_THAT(apply(Op::kMul, ab).data, ElementsAre(12, -32, 4));
  EXPECT_THAT(apply(Op::kDiv, ab).data, ElementsAre(3, -0.5, 1));
  EXPECT_THAT(apply(Op::kMin, ab).data, ElementsAre(2, -4, 2));
  EXPECT_THAT(apply(Op::kMax, ab).data, ElementsAre(6, 8, 2));
  EXPECT_THAT(apply(Op::kGreater, ab).data, ElementsAre(1, 0, 0));
  EXPECT_THAT(apply(Op::kGreaterEqual, ab).data, ElementsAre(1, 0, 1));
  EXPECT_THAT(apply(Op::kEqual, ab).data, ElementsAre(0, 0, 1));
  EXPECT_THAT(apply(Op::kPow, {row({4, 2}), row({0.5, -1})}).data, ElementsAre(2, 0.5));
  EXPECT_THAT(apply(Op::kSelect, {row({0, 1, -2}), row({1, 2, 3}), row({7, 8, 9})}).data, ElementsAre(7, 2, 3));
}

TEST(ReferenceTest, BroadcastsAsNumpyDoes) {
  const Tensor column{{2, 1}, {10, 20}};
  const Tensor sum = apply(Op::kAdd, {column, row({1, 2, 3})});
  EXPECT_EQ(sum.shape, (ir::Shape{2, 3}));
  EXPECT_THAT(sum.data, ElementsAre(11, 12, 13, 21, 22, 23));
  EXPECT_THAT(apply(Op::kSub, {Tensor{{}, {5}}, column}).data, ElementsAre(-5, -15));
  EXPECT_THAT(apply(Op::kMul, {counting({2, 2, 2}), column}).data, ElementsAre(0, 10, 40, 60, 40, 50, 120, 140));
}

TEST(ReferenceTest, ComputesFunctionsOfOneElement) {
  const double e = std::exp(1.0);
  expect_near(apply(Op::kNeg, {row({2, -3})}), {-2, 3});
  expect_near(apply(Op::kAbs, {row({2, -3})}), {2, 3});
  expect_near(apply(Op::kExp, {row({0, 1, -1})}), {1, e, 1 / e});
  expect_near(apply(Op::kLog, {row({1, e})}), {0, 1});
  expect_near(apply(Op::kSqrt, {row({4, 2.25})}), {2, 1.5});
  expect_near(apply(Op::kSquare, {row({-3, 0.5})}), {9, 0.25});
  expect_near(apply(Op::kReciprocal, {row({-4, 0.5})}), {-0.25, 2});
  expect_near(apply(Op::kTanh, {row({0, 1})}), {0, (e * e - 1) / (e * e + 1)});
  expect_near(apply(Op::kSigmoid, {row({0, 1, -1})}), {0.5, e / (1 + e), 1 / (1 + e)});
  expect_near(apply(Op::kRelu, {row({-2, 0, 3})}), {0, 0, 3});
  expect_near(apply(Op::kSoftplus, {row({0, 1, 1000, -1000})}), {std::log(2.0), std::log(1 + e), 1000, 0});
  expect_near(apply(Op::kSin, {row({0, M_PI / 2})}), {0, 1});
  expect_near(apply(Op::kCos, {row({0, M_PI})}), {1, -1});
  expect_near(apply(Op::kSign, {row({-2, 0, 0.1})}), {-1, 0, 1});
  expect_near(apply(Op::kFloor, {row({-1.5, 2.9, 3})}), {-2, 2, 3});
  expect_near(apply(Op::kStopGradient, {row({-2, 3})}), {-2, 3});
  expect_near(apply(Op::kStraightThrough, {row({1, 2}), row({8, 9})}), {1, 2});
}

TEST(ReferenceTest, RoundsTiesToEven) {
  EXPECT_THAT(apply(Op::kRound, {row({0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6})}).data, ElementsAre(0, 2, 2, 0, -2, 2, 3));
}

TEST(ReferenceTest, MultipliesMatricesWithEitherOneTransposed) {
  const Tensor a{{2, 3}, {1, 2, 3, 4, 5, 6}}, at{{3, 2}, {1, 4, 2, 5, 3, 6}};
  const Tensor b{{3, 2}, {1, 0, 2, -1, 0, 3}}, bt{{2, 3}, {1, 2, 0, 0, -1, 3}};
  const std::vector<double> product{5, 7, 14, 13};
  EXPECT_THAT(apply(Op::kMatmul, {a, b}, {0, 0}).data, ElementsAreArray(product));
  EXPECT_THAT(apply(Op::kMatmul, {at, b}, {1, 0}).data, ElementsAreArray(product));
  EXPECT_THAT(apply(Op::kMatmul, {a, bt}, {0, 1}).data, ElementsAreArray(product));
  EXPECT_THAT(apply(Op::kMatmul, {at, bt}, {1, 1}).data, ElementsAreArray(product));
  EXPECT_THAT(apply(Op::kMatmulAdd, {a, b, row({100, 200})}, {0, 0}).data, ElementsAre(105, 207, 114, 213));
  EXPECT_THAT(apply(Op::kMatmulAdd, {a, bt, Tensor{{2, 2}, {1, 2, 3, 4}}}, {0, 1}).data, ElementsAre(6, 9, 17, 17));
}

TEST(ReferenceTest, MultipliesEveryRowOfALargerTensor) {
  const Tensor y = apply(Op::kMatmul, {counting({2, 1, 2}), Tensor{{2, 1}, {1, 10}}}, {0, 0});
  EXPECT_EQ(y.shape, (ir::Shape{2, 1, 1}));
  EXPECT_THAT(y.data, ElementsAre(10, 32));
}

TEST(ReferenceTest, MultipliesBatchesMatrixByMatrix) {
  const Tensor a = counting({2, 1, 2}), b = counting({2, 2, 1});
  EXPECT_THAT(apply(Op::kMatmul, {a, b}, {0, 0}).data, ElementsAre(1, 13));
  const Tensor bt{{2, 1, 2}, {0, 1, 2, 3}};
  EXPECT_THAT(apply(Op::kMatmul, {a, bt}, {0, 1}).data, ElementsAre(1, 13));
}

TEST(ReferenceTest, FormsOuterProducts) {
  const Tensor a{{2, 2}, {1, 2, 3, 4}}, b{{2, 3}, {1, 10, 100, 1, 0, -1}};
  const Tensor y = apply(Op::kOuter, {a, b});
  EXPECT_EQ(y.shape, (ir::Shape{2, 2, 3}));
  EXPECT_THAT(y.data, ElementsAre(1, 10, 100, 2, 20, 200, 3, 0, -3, 4, 0, -4));
  EXPECT_THAT(apply(Op::kOuterSum, {a, b}).data, ElementsAre(4, 10, 97, 6, 20, 196));
  EXPECT_THAT(apply(Op::kOuterSum, {Tensor{{1, 2, 2}, a.data}, Tensor{{1, 2, 3}, b.data}}).data,
              ElementsAre(4, 10, 97, 6, 20, 196));
}

TEST(ReferenceTest, LaysElementsOutAnew) {
  const Tensor x = counting({2, 3});
  EXPECT_THAT(apply(Op::kConcat, {x, Tensor{{2, 1}, {8, 9}}}, {1}).data, ElementsAre(0, 1, 2, 8, 3, 4, 5, 9));
  EXPECT_THAT(apply(Op::kConcat, {x, Tensor{{1, 3}, {7, 8, 9}}}, {-2}).data, ElementsAre(0, 1, 2, 3, 4, 5, 7, 8, 9));
  EXPECT_THAT(apply(Op::kSlice, {x}, {-1, 1, 3}).data, ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(apply(Op::kSlice, {x}, {0, 1, 2}).data, ElementsAre(3, 4, 5));
  EXPECT_THAT(apply(Op::kPad, {x}, {1, 1, 5}).data, ElementsAre(0, 0, 1, 2, 0, 0, 3, 4, 5, 0));
  EXPECT_EQ(apply(Op::kReshape, {x}, {3, 2}).shape, (ir::Shape{3, 2}));
  EXPECT_THAT(apply(Op::kReshape, {x}, {3, 2}).data, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(apply(Op::kTranspose, {x}, {1, 0}).data, ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(apply(Op::kRoll, {x}, {1, 1}).data, ElementsAre(2, 0, 1, 5, 3, 4));
  EXPECT_THAT(apply(Op::kRoll, {x}, {1, -4}).data, ElementsAre(1, 2, 0, 4, 5, 3));
  EXPECT_THAT(apply(Op::kBroadcast, {row({1, 2})}, {2, 2}).data, ElementsAre(1, 2, 1, 2));
}

TEST(ReferenceTest, PermutesThreeAxes) {
  // y [c, a, b] = x [a, b, c] of shape [2, 3, 2]
  const Tensor y = apply(Op::kTranspose, {counting({2, 3, 2})}, {2, 0, 1});
  EXPECT_EQ(y.shape, (ir::Shape{2, 2, 3}));
  EXPECT_THAT(y.data, ElementsAre(0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11));
}

TEST(ReferenceTest, Reduces) {
  const Tensor x{{2, 3}, {1, 5, 3, -2, -7, 0}};
  EXPECT_THAT(apply(Op::kSum, {x}, {0, 1}).data, ElementsAre(9, -9));
  EXPECT_THAT(apply(Op::kSum, {x}, {0, 0}).data, ElementsAre(-1, -2, 3));
  EXPECT_THAT(apply(Op::kSum, {x}, {0, 0, 1}).data, ElementsAre(0));
  EXPECT_THAT(apply(Op::kMean, {x}, {0, -1}).data, ElementsAre(3, -3));
  EXPECT_THAT(apply(Op::kReduceMax, {x}, {0, 1}).data, ElementsAre(5, 0));
  EXPECT_EQ(apply(Op::kReduceMax, {x}, {1, 1}).shape, (ir::Shape{2, 1}));
  EXPECT_EQ(apply(Op::kSum, {x}, {0, 0, 1}).shape, ir::Shape{});
}

TEST(ReferenceTest, NormalisesRows) {
  const double a = std::log(1.0), b = std::log(2.0), c = std::log(5.0);
  const Tensor x{{2, 3}, {a, b, c, 1000 + b, 1000 + c, 1000 + a}};  // exp(1000) would overflow
  expect_near(apply(Op::kSoftmax, {x}), {0.125, 0.25, 0.625, 0.25, 0.625, 0.125});
  const std::vector<double> logs{std::log(0.125), std::log(0.25), std::log(0.625),
                                 std::log(0.25), std::log(0.625), std::log(0.125)};
  expect_near(apply(Op::kLogSoftmax, {x}), logs);
  expect_near(apply(Op::kCrossEntropy, {x, row({2, 0})}), {-logs[2], -logs[3]});
  expect_near(apply(Op::kCrossEntropyGradient, {x, row({2, 0}), row({1, 2})}), {0.125, 0.25, -0.375, -1.5, 1.25, 0.25});
  // mean 2, variance 2, epsilon 2
  expect_near(apply(Op::kLayerNorm, {Tensor{{1, 4}, {0, 2, 2, 4}}}, {}, {2}), {-1, 0, 0, 1});
  // by hand with epsilon 2: y = (-1, 0, 0, 1), deviation 2, d = (1, 0, 0, 0): mean(d) 1/4, mean(d y) -1/4
  expect_near(apply(Op::kLayerNormGradient, {Tensor{{1, 4}, {0, 2, 2, 4}}, Tensor{{1, 4}, {1, 0, 0, 0}}}, {}, {2}),
              {0.25, -0.125, -0.125, 0});
}

TEST(ReferenceTest, GathersAndPutsBack) {
  const Tensor table = counting({3, 2}), index{{2, 2}, {2, 0, 1, 2}};
  EXPECT_THAT(apply(Op::kGather, {table, index}).data, ElementsAre(4, 5, 0, 1, 2, 3, 4, 5));
  EXPECT_THAT(apply(Op::kGatherAdd, {index, counting({2, 2, 2})}, {3}).data, ElementsAre(2, 3, 4, 5, 6, 8));
  EXPECT_THAT(apply(Op::kTake, {table, row({1, 0, 1})}).data, ElementsAre(1, 2, 5));
  EXPECT_THAT(apply(Op::kPut, {row({1, 0, 1}), row({7, 8, 9})}, {2}).data, ElementsAre(0, 7, 8, 0, 0, 9));
}

TEST(ReferenceTest, GathersStepsOfEachSequence) {
  const Tensor x = counting({3, 2, 1}), index{{2, 2}, {2, 0, 2, 1}};  // [T, N, 1], [S, N]
  EXPECT_THAT(apply(Op::kGatherTime, {x, index}).data, ElementsAre(4, 1, 4, 3));
  EXPECT_THAT(apply(Op::kScatterTime, {index, Tensor{{2, 2, 1}, {1, 2, 3, 4}}}, {3}).data, ElementsAre(0, 2, 0, 4, 4, 0));
}

TEST(ReferenceTest, MarksStepsWithinTheLength) {
  EXPECT_THAT(apply(Op::kLengthMask, {row({2, 0, 3})}, {3}).data, ElementsAre(1, 0, 1, 1, 0, 1, 0, 0, 1));
}

TEST(ReferenceTest, ComputesWhatOnlyAdjointsUse) {
  EXPECT_THAT(apply(Op::kTanhGradient, {row({0.5, -1}), row({4, 3})}).data, ElementsAre(3, 0));
  EXPECT_THAT(apply(Op::kSigmoidGradient, {row({0.5, 1}), row({4, 3})}).data, ElementsAre(1, 0));
}

TEST(ReferenceTest, CallsTheKernelsOfAMap) {
  ir::Builder b;
  const ir::Program program = b.finish({b.map(&sine_product_map(), {b.input("a", {2, 1}), b.input("b", {2})})});
  const TensorMap inputs{{"a", {{2, 1}, {0, M_PI / 2}}}, {"b", {{2}, {3, 4}}}};
  expect_near(Reference(program).run(inputs).at(0), {0, 0, 3, 4});
}

TEST(ReferenceTest, DrawsNoiseByTheNodeTheStepAndTheElement) {
  ir::Builder b;
  const auto in = b.begin_scan({b.input("x", {2, 3})}, {});
  const ValueId inside = b.emit(Op::kNormal, {}, {3});
  const ValueId stacked = b.end_scan({}, {b.add(in.x_t[0], inside)}).stacked[0];
  const ValueId outside = b.emit(Op::kUniform, {}, {3});
  const ir::Program program = b.finish({stacked, outside});
  const uint64_t first = program.producer(program.outputs[0]).scan->body->nodes.at(1).stream;
  const uint64_t second = program.producer(program.outputs[1]).stream;
  EXPECT_NE(first, second);

  const auto y = Reference(program).run({{"x", {{2, 3}, std::vector<double>(6, 0)}}}, {.seed = 3, .step = 9});
  for (uint32_t t = 0; t < 2; ++t)
    for (uint64_t i = 0; i < 3; ++i) EXPECT_EQ(y[0].data[t * 3 + i], normal_at(3, 9, first, t, i));
  for (uint64_t i = 0; i < 3; ++i) EXPECT_EQ(y[1].data[i], uniform_at(3, 9, second, 0, i));
}

TEST(ReferenceTest, RefusesAnInputThatIsMissingOrMisshapen) {
  ir::Builder b;
  const ir::Program program = b.finish({b.emit(Op::kNeg, {b.input("x", {2})})});
  EXPECT_THROW(Reference(program).run({}), InvariantError);
  EXPECT_THROW(Reference(program).run({{"x", row({1, 2, 3})}}), InvariantError);
  EXPECT_THROW(Reference(program).run({{"x", Tensor{{2}, {1}}}}), InvariantError);
}

TEST(ReferenceTest, RefusesAProgramWithSymbols) {
  ir::Builder b;
  const ir::Program program = b.finish({b.emit(Op::kNeg, {b.input("x", {kN})})});
  EXPECT_THROW(Reference{program}, InvariantError);
}

TEST(ReferenceTest, RefusesAnIndexThatIsNotThere) {
  EXPECT_THROW(apply(Op::kGather, {counting({3, 2}), row({3})}), InvariantError);
  EXPECT_THROW(apply(Op::kTake, {counting({1, 2}), row({-1})}), InvariantError);
  EXPECT_THROW(apply(Op::kTake, {counting({1, 2}), row({0.5})}), InvariantError);
}

}  // namespace
}  // namespace recur::exec
