#include "cell_test.hpp"

namespace recur::conformance {

INSTANTIATE_TEST_SUITE_P(Gru, CellTest,
                         each_case({{"gru_after", {"gru", {{"reset", std::string("after")}}}},
                                    {"gru_before", {"gru", {{"reset", std::string("before")}}}}}),
                         name_of_case);

}  // namespace recur::conformance
