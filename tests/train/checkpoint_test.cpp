#include "recur/train/checkpoint.hpp"

#include <gtest/gtest.h>

#include "recur/error/error.hpp"

namespace recur::train {
namespace {

model::SharedLayout layout(int64_t rows) {
  return std::make_shared<model::ParameterLayout>(
      std::vector<model::ParameterInfo>{{"layer0/W", {rows, 2}, "[I, H]", "u r"}, {"head/b", {1}, "", ""}});
}

TEST(Arrays, HoldEveryParameterUnderItsNameWithShapeAndGates) {
  model::ParameterSet set(layout(2)), other(layout(2));
  for (size_t i = 0; i < 4; ++i) set[0][i] = static_cast<float>(i);
  set[1][0] = -1;
  const std::vector<Array> arrays = to_arrays(set, "best/");
  ASSERT_EQ(arrays.size(), 2u);
  EXPECT_EQ(arrays[0], (Array{"best/layer0/W", {2, 2}, {0, 1, 2, 3}, "[I, H]", "u r"}));
  from_arrays(other, arrays, "best/");
  EXPECT_EQ(to_arrays(other, "best/"), arrays);
}

TEST(Arrays, OfAnotherModelAreRefused) {
  model::ParameterSet set(layout(3));
  const std::vector<Array> arrays = to_arrays(model::ParameterSet(layout(2)));
  try {
    from_arrays(set, arrays);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "'layer0/W' is [2, 2], the model needs [3, 2]; the weights belong to another model");
  }
  EXPECT_THROW(from_arrays(set, arrays, "best/"), UserError);
}

}  // namespace
}  // namespace recur::train
