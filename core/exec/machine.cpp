#include "recur/exec/machine.hpp"

#include <fmt/format.h>
#include <hwy/highway.h>

#include <oneapi/dnnl/dnnl.h>

#include "kernels.hpp"

namespace recur::exec {

Machine machine() {
  const dnnl_version_t* version = dnnl_version();
  return {simd_target(), fmt::format("{}.{}.{}", version->major, version->minor, version->patch),
          fmt::format("{}.{}.{}", HWY_MAJOR, HWY_MINOR, HWY_PATCH)};
}

}  // namespace recur::exec
