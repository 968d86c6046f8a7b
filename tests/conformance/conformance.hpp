// The conformance kit: what every cell must hold to, whoever wrote it. A cell's test instantiates it (tests/plugins):
//
//   INSTANTIATE_TEST_SUITE_P(Lstm, CellTest, cells_under_test({{"lstm", {}}}), name_of_case);
//
// Each check is a function of its own that returns what is wrong, so that it can also run outside of GoogleTest.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "recur/plugin/registry.hpp"

namespace recur::conformance {

struct CellUnderTest {
  std::string id;
  plugin::HyperValues hypers = {};
};

// "" where the cell holds to it, else what does not and by how much.
using Finding = std::string;

struct Check {
  std::string name;  // "gradients_equal_central_differences"
  std::function<Finding(const plugin::Registry&, const CellUnderTest&)> run;
};
const std::vector<Check>& checks();

// values.cpp
Finding gradients_equal_central_differences(const plugin::Registry&, const CellUnderTest&);
Finding single_precision_equals_double(const plugin::Registry&, const CellUnderTest&);
Finding lowered_equals_recorded(const plugin::Registry&, const CellUnderTest&);
// sequences.cpp
Finding sequences_do_not_depend_on_neighbours(const plugin::Registry&, const CellUnderTest&);
Finding sequences_do_not_depend_on_padding(const plugin::Registry&, const CellUnderTest&);
Finding chunks_with_carried_state_equal_the_whole(const plugin::Registry&, const CellUnderTest&);
// runs.cpp
Finding two_runs_are_bit_equal(const plugin::Registry&, const CellUnderTest&);
Finding two_workers_are_bit_equal_to_one(const plugin::Registry&, const CellUnderTest&);
Finding replaying_allocates_nothing(const plugin::Registry&, const CellUnderTest&);
Finding saved_weights_are_loaded_equal(const plugin::Registry&, const CellUnderTest&);
// learning.cpp
Finding learns_a_delayed_impulse(const plugin::Registry&, const CellUnderTest&);

}  // namespace recur::conformance
