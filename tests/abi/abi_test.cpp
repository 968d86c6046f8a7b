#include <gtest/gtest.h>
#include <recur/abi.h>

#include <type_traits>

#include "layout.h"

extern "C" const recur_plugin* describe_in_c(void);

namespace {

#define CHECK_SIZE(type, size) static_assert(sizeof(type) == (size), #type);
#define CHECK_OFFSET(type, member, offset) static_assert(offsetof(type, member) == (offset), #type "." #member);
RECUR_LAYOUT_SIZES(CHECK_SIZE)
RECUR_LAYOUT_MEMBERS(CHECK_OFFSET)

static_assert(std::is_trivial_v<recur_host> && std::is_standard_layout_v<recur_host>);
static_assert(std::is_trivial_v<recur_cell_descriptor> && std::is_standard_layout_v<recur_cell_descriptor>);

TEST(AbiTest, MeansTheSameInCAndInCpp) {
  const recur_plugin* plugin = describe_in_c();
  EXPECT_EQ(plugin->struct_size, sizeof(recur_plugin));
  EXPECT_EQ(plugin->abi_major, 1);
  EXPECT_EQ(plugin->abi_minor, 1);
  EXPECT_STREQ(plugin->build_stamp, "C11");
}

// Numbers are what crosses the boundary, so none may ever change.
TEST(AbiTest, KeepsTheNumbersOfTheOperators) {
  EXPECT_EQ(RECUR_OP_CONSTANT, 1);
  EXPECT_EQ(RECUR_OP_ADD, 10);
  EXPECT_EQ(RECUR_OP_SELECT, 20);
  EXPECT_EQ(RECUR_OP_NEG, 30);
  EXPECT_EQ(RECUR_OP_FLOOR, 45);
  EXPECT_EQ(RECUR_OP_MATMUL, 60);
  EXPECT_EQ(RECUR_OP_BROADCAST, 75);
  EXPECT_EQ(RECUR_OP_REDUCE_MAX, 82);
  EXPECT_EQ(RECUR_OP_CROSS_ENTROPY, 93);
  EXPECT_EQ(RECUR_OP_GATHER_TIME, 102);
  EXPECT_EQ(RECUR_OP_NORMAL, 111);
  EXPECT_EQ(RECUR_OP_STRAIGHT_THROUGH, 121);
  EXPECT_EQ(RECUR_INIT_UNIFORM_HIDDEN, 11);
  EXPECT_EQ(RECUR_DIM_N, -1);
  EXPECT_EQ(RECUR_DIM_T, -2);
  EXPECT_EQ(RECUR_DIM_SEGMENTS(1), -3);
}

}  // namespace
