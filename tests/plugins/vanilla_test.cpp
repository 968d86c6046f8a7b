#include "cell_test.hpp"

namespace recur::conformance {

INSTANTIATE_TEST_SUITE_P(Vanilla, CellTest,
                         each_case({{"vanilla_tanh", {"vanilla", {{"activation", std::string("tanh")}}}},
                                    {"vanilla_relu", {"vanilla", {{"activation", std::string("relu")}}}}}),
                         name_of_case);

}  // namespace recur::conformance
