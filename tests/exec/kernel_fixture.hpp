// Runs a test once for each instruction set that the kernels are compiled for and this processor has.
#pragma once

#include <gtest/gtest.h>

#include "kernels/targets.hpp"

#include <hwy/highway.h>

#include <cstdint>
#include <string>
#include <vector>

#include "recur/random/stream.hpp"

namespace recur::exec {

class OnEachTarget : public testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

  std::vector<float> numbers(size_t count, double low, double high) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(stream_.uniform(low, high));
    return values;
  }

  Stream stream_{20240229};
};

inline std::string target_name(const testing::TestParamInfo<int64_t>& info) { return hwy::TargetName(info.param); }

// Bits of the targets whose MulAdd rounds once.
inline constexpr int64_t kFusedTargets = HWY_AVX3 | HWY_AVX2;

}  // namespace recur::exec

#define RECUR_ON_EACH_TARGET(SUITE)                                                                                  \
  INSTANTIATE_TEST_SUITE_P(Simd, SUITE, testing::ValuesIn(hwy::SupportedAndGeneratedTargets()), ::recur::exec::target_name)
