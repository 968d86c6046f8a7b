#include "cell_test.hpp"

namespace recur::conformance {
namespace {

// The plugins of this build and the fixtures.
const plugin::Registry& registry() {
  static const plugin::Registry found([] {
    plugin::ScanOptions options;
    options.paths = {RECUR_TEST_PLUGINS, RECUR_TEST_FIXTURES};
    options.environment = "";
    options.tree = std::vector<std::filesystem::path>{};
    options.cache = "";
    options.probe = RECUR_TEST_PROBE;
    return options;
  }());
  return found;
}

}  // namespace

std::vector<CellCase> cases(const std::vector<std::pair<std::string, CellUnderTest>>& cells) {
  std::vector<CellCase> all;
  for (const auto& [label, cell] : cells)
    for (const Check& check : checks()) all.push_back({label, cell, check});
  return all;
}

TEST_P(CellTest, HoldsTo) { EXPECT_EQ(GetParam().check.run(registry(), GetParam().cell), ""); }

}  // namespace recur::conformance
