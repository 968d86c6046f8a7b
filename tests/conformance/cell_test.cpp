#include "cell_test.hpp"

#include "test_registry.hpp"

namespace recur::conformance {
std::vector<CellCase> cases(const std::vector<std::pair<std::string, CellUnderTest>>& cells) {
  std::vector<CellCase> all;
  for (const auto& [label, cell] : cells)
    for (const Check& check : checks()) all.push_back({label, cell, check});
  return all;
}

TEST_P(CellTest, HoldsTo) { EXPECT_EQ(GetParam().check.run(test_registry(), GetParam().cell), ""); }

}  // namespace recur::conformance
