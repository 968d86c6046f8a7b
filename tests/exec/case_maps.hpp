// Element-wise operators that the host lacks, as a plugin would supply them.
#pragma once

#include <recur/abi.h>

namespace recur::exec {

const recur_map_kernel& sine_product_map();  // sin(a) b
const recur_map_kernel& cube_map();          // x^3

}  // namespace recur::exec
