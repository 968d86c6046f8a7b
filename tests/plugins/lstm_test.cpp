#include "cell_test.hpp"

namespace recur::conformance {

INSTANTIATE_TEST_SUITE_P(Lstm, CellTest, each_case({{"lstm", {"lstm", {}}}}), name_of_case);

}  // namespace recur::conformance
