// What programs run on: for results' provenance and for `recur doctor`.
#pragma once

#include <string>

namespace recur::exec {

struct Machine {
  std::string simd;    // instruction set that the kernels take here: "AVX3_ZEN4"
  std::string onednn;  // version of the library that is loaded: "2.6.3"
  std::string highway; // version that was built with
};

Machine machine();

}  // namespace recur::exec
