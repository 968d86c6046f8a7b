#include "recur/ir/builder.hpp"

#include <gtest/gtest.h>

#include "recur/error/error.hpp"

namespace recur::ir {
namespace {

TEST(BuilderTest, InfersShapesWithSymbols) {
  Builder b;
  const ValueId x = b.input("x", {kTime, kBatch, 3}), w = b.input("W", {3, 8});
  const ValueId y = b.matmul(x, w);
  EXPECT_EQ(b.shape(y), (Shape{kTime, kBatch, 8}));
  EXPECT_EQ(b.shape(b.slice(y, -1, 2, 6)), (Shape{kTime, kBatch, 4}));
  EXPECT_EQ(b.shape(b.add(y, b.input("b", {8}))), (Shape{kTime, kBatch, 8}));
  EXPECT_EQ(b.shape(b.mean(y, {0, 1})), (Shape{8}));
}

TEST(BuilderTest, SaysWhichShapesDoNotFit) {
  Builder b;
  const ValueId x = b.input("x", {kBatch, 64}), w = b.input("W", {32, 128});
  try {
    b.matmul(x, w);
    FAIL() << "did not throw";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "matmul of [N, 64] and [32, 128]: the inner sizes differ");
  }
  EXPECT_THROW(b.add(x, w), UserError);
  EXPECT_THROW(b.slice(x, 1, 60, 70), UserError);
  EXPECT_THROW(b.reshape(x, {kBatch, 65}), UserError);
}

TEST(BuilderTest, ValuesFromOutsideBecomeInvariantsOfAScan) {
  Builder b;
  const ValueId x = b.input("x", {kTime, kBatch, 3}), h0 = b.input("h0", {kBatch, 3}), w = b.input("W", {3, 3});
  const auto in = b.begin_scan({x}, {h0});
  const ValueId h = b.add(in.x_t[0], b.matmul(in.states[0], w));
  const auto out = b.end_scan({h}, {h});
  const Program p = b.finish({out.final_states[0], out.stacked[0]});
  ASSERT_EQ(p.nodes.back().op, Op::kScan);
  EXPECT_EQ(p.nodes.back().scan->invariant_count, 1);
  EXPECT_EQ(p.shape(p.outputs[1]), (Shape{kTime, kBatch, 3}));
}

TEST(BuilderTest, AValueOfAStepCannotBeUsedAfterTheScan) {
  Builder b;
  const ValueId x = b.input("x", {kTime, kBatch, 3}), h0 = b.input("h0", {kBatch, 3});
  const auto in = b.begin_scan({x}, {h0});
  const ValueId h = b.add(in.x_t[0], in.states[0]);
  b.end_scan({h}, {});
  EXPECT_THROW(b.add(h, h), UserError);
}

TEST(BuilderTest, BindReplacesSymbols) {
  Builder b;
  const ValueId x = b.input("x", {kTime, kBatch, 3});
  const Program p = bind(b.finish({b.sum(x, {0})}), {{kTime, 5}, {kBatch, 2}});
  EXPECT_EQ(p.shape(p.outputs[0]), (Shape{2, 3}));
}

}  // namespace
}  // namespace recur::ir
