// A cell that no primitive computes: the fixture that benchmarks use.
#include "cell_test.hpp"

namespace recur::conformance {

INSTANTIATE_TEST_SUITE_P(MinimalGatedUnit, CellTest, each_case({{"mgu", {"mgu", {}}}}), name_of_case);

}  // namespace recur::conformance
