// Reads structs of the ABI that may be shorter or longer than this program's own.
#pragma once

#include <recur/abi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace recur::plugin {

// Sizes in version 1.0; below them a struct is refused.
inline constexpr size_t kPluginSizeV1 = 40;
inline constexpr size_t kDescriptorSizeV1 = 112;
inline constexpr size_t kHyperSizeV1 = 88;
inline constexpr size_t kWeightSpecSizeV1 = 96;
inline constexpr size_t kStateSpecSizeV1 = 56;
inline constexpr size_t kMapKernelSizeV1 = 48;
inline constexpr size_t kLoweringSizeV1 = 40;
inline constexpr size_t kSegmentsSizeV1 = 16;  // since 1.1

// The members that both sides know; the others are zero. Requires that *from can be read as far as it says.
template <class T>
T read_struct(const T* from) {
  uint32_t size = 0;
  std::memcpy(&size, from, sizeof(size));
  T copy{};
  std::memcpy(static_cast<void*>(&copy), from, std::min<size_t>(size, sizeof(T)));
  return copy;
}

}  // namespace recur::plugin
