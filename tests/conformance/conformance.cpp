#include "conformance.hpp"

namespace recur::conformance {

const std::vector<Check>& checks() {
  static const std::vector<Check> all{
      {"gradients_equal_central_differences", gradients_equal_central_differences},
      {"single_precision_equals_double", single_precision_equals_double},
      {"lowered_equals_recorded", lowered_equals_recorded},
      {"sequences_do_not_depend_on_neighbours", sequences_do_not_depend_on_neighbours},
      {"sequences_do_not_depend_on_padding", sequences_do_not_depend_on_padding},
      {"chunks_with_carried_state_equal_the_whole", chunks_with_carried_state_equal_the_whole},
      {"two_runs_are_bit_equal", two_runs_are_bit_equal},
      {"two_workers_are_bit_equal_to_one", two_workers_are_bit_equal_to_one},
      {"replaying_allocates_nothing", replaying_allocates_nothing},
      {"saved_weights_are_loaded_equal", saved_weights_are_loaded_equal},
      {"learns_a_delayed_impulse", learns_a_delayed_impulse},
  };
  return all;
}

}  // namespace recur::conformance
