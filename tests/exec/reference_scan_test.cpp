// What scan means: order of steps, what is carried, stacked and summed, lengths and resets, by sums worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "operator_case.hpp"
#include "recur/exec/reference.hpp"

namespace recur::exec {
namespace {

using ir::kNone;
using ir::Op;
using ir::ValueId;
using testing::ElementsAre;

struct Result {
  std::vector<double> y, last;
};

// s = 10 s + x over x [T, N], so that a state's digits are the inputs in the order in which they came.
Result digits(const ir::Shape& shape, std::vector<double> x, bool reverse = false, std::vector<double> lengths = {},
              std::vector<double> resets = {}, std::vector<double> start = {}) {
  const int64_t batch = shape[1];
  ir::Builder b;
  const ValueId xs = b.input("x", shape), s0 = b.input("s0", {batch}), l = b.input("lengths", {batch}),
                r = b.input("resets", shape);
  const auto in = b.begin_scan({xs}, {s0}, reverse, lengths.empty() ? kNone : l, resets.empty() ? kNone : r);
  const ValueId s = b.add(b.mul(in.states[0], b.constant(10)), in.x_t[0]);
  const auto out = b.end_scan({s}, {s});
  if (start.empty()) start.assign(static_cast<size_t>(batch), 0);
  if (lengths.empty()) lengths.assign(static_cast<size_t>(batch), 0);
  if (resets.empty()) resets.assign(x.size(), 0);
  const auto run = Reference(b.finish({out.stacked[0], out.final_states[0]}))
                       .run({{"x", {shape, std::move(x)}},
                             {"s0", {{batch}, std::move(start)}},
                             {"lengths", {{batch}, std::move(lengths)}},
                             {"resets", {shape, std::move(resets)}}});
  return {run[0].data, run[1].data};
}

TEST(ScanTest, CarriesStatesFromStepToStep) {
  const Result r = digits({3, 1}, {1, 2, 3}, false, {}, {}, {7});
  EXPECT_THAT(r.y, ElementsAre(71, 712, 7123));
  EXPECT_THAT(r.last, ElementsAre(7123));
}

TEST(ScanTest, RunsBackwardsAndKeepsOutputsAtTheirSteps) {
  const Result r = digits({3, 1}, {1, 2, 3}, true);
  EXPECT_THAT(r.y, ElementsAre(321, 32, 3));
  EXPECT_THAT(r.last, ElementsAre(321));
}

TEST(ScanTest, HoldsStatesAndGivesZerosAfterTheEndOfASequence) {
  const Result r = digits({3, 2}, {1, 4, 2, 5, 3, 6}, false, {3, 1});
  EXPECT_THAT(r.y, ElementsAre(1, 4, 12, 0, 123, 0));
  EXPECT_THAT(r.last, ElementsAre(123, 4));
}

TEST(ScanTest, BeginsAReverseScanAtEachSequencesOwnEnd) {
  const Result r = digits({3, 2}, {1, 4, 2, 5, 3, 6}, true, {3, 2}, {}, {7, 8});
  EXPECT_THAT(r.y, ElementsAre(7321, 854, 732, 85, 73, 0));
  EXPECT_THAT(r.last, ElementsAre(7321, 854));
}

TEST(ScanTest, KeepsTheInitialStateOfASequenceWithoutSteps) {
  const Result r = digits({2, 2}, {1, 4, 2, 5}, false, {2, 0}, {}, {0, 9});
  EXPECT_THAT(r.last, ElementsAre(12, 9));
}

TEST(ScanTest, StartsAnewBeforeAStepThatResets) {
  const Result r = digits({3, 2}, {1, 4, 2, 5, 3, 6}, false, {}, {0, 0, 1, 0, 0, 1}, {7, 8});
  EXPECT_THAT(r.y, ElementsAre(71, 84, 72, 845, 723, 86));
  EXPECT_THAT(r.last, ElementsAre(723, 86));
}

TEST(ScanTest, LeavesStatesAsTheyAreAfterTheEndEvenWhereTheyWouldReset) {
  const Result r = digits({3, 1}, {1, 2, 3}, false, {2}, {0, 0, 1});
  EXPECT_THAT(r.last, ElementsAre(12));
}

TEST(ScanTest, GivesTheInitialStatesWhereThereAreNoSteps) {
  const Result r = digits({0, 2}, {}, false, {}, {}, {7, 8});
  EXPECT_TRUE(r.y.empty());
  EXPECT_THAT(r.last, ElementsAre(7, 8));
}

// A body in a program of its own: what an adjoint makes, which Builder has no words for.
ir::Program sum_of_products(bool with_x) {
  auto body = std::make_shared<ir::Block>();
  const auto append = [](ir::Block& block, ir::Node node, const ir::Shape& shape) {
    const auto id = static_cast<ValueId>(block.values.size());
    block.values.push_back({shape, static_cast<int32_t>(block.nodes.size())});
    node.outputs = {id};
    if (node.op == Op::kInput) block.inputs.push_back(id);
    block.nodes.push_back(std::move(node));
    return id;
  };
  const auto named = [](Op op, std::string name) {
    ir::Node node;
    node.op = op;
    node.name = std::move(name);
    return node;
  };
  const ValueId x = with_x ? append(*body, named(Op::kInput, ""), {2}) : kNone;
  const ValueId k = append(*body, named(Op::kInput, ""), {2});
  ir::Node product = named(Op::kMul, "");
  product.inputs = {with_x ? x : k, k};
  body->outputs = {append(*body, std::move(product), {2})};

  ir::Program program;
  ir::Node scan = named(Op::kScan, "");
  if (with_x) scan.inputs.push_back(append(program, named(Op::kInput, "x"), {3, 2}));
  else scan.ints = {3};  // nothing else says how many steps there are
  scan.inputs.push_back(append(program, named(Op::kInput, "k"), {2}));
  scan.scan = std::make_shared<ir::Scan>(ir::Scan{body, with_x ? 1 : 0, 0, 1, 0, 1, false});
  program.outputs = {append(program, std::move(scan), {2})};
  ir::verify(program);
  return program;
}

TEST(ScanTest, AddsUpItsSums) {
  const TensorMap inputs{{"x", {{3, 2}, {1, 2, 3, 4, 5, 6}}}, {"k", {{2}, {10, 100}}}};
  EXPECT_THAT(Reference(sum_of_products(true)).run(inputs).at(0).data, ElementsAre(90, 1200));
}

TEST(ScanTest, TakesItsNumberOfStepsFromItselfWhereNothingElseTells) {
  EXPECT_THAT(Reference(sum_of_products(false)).run({{"k", {{2}, {2, 3}}}}).at(0).data, ElementsAre(12, 27));
}

}  // namespace
}  // namespace recur::exec
