// The kit as GoogleTest: one test a check and a set of hyper-parameters. See conformance.hpp.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "conformance.hpp"

namespace recur::conformance {

struct CellCase {
  std::string label;  // "lstm", "gru_before"
  CellUnderTest cell;
  Check check;
};

class CellTest : public testing::TestWithParam<CellCase> {};

// Every check for each of the labelled cells.
std::vector<CellCase> cases(const std::vector<std::pair<std::string, CellUnderTest>>& cells);

inline auto each_case(const std::vector<std::pair<std::string, CellUnderTest>>& cells) { return testing::ValuesIn(cases(cells)); }
inline std::string name_of_case(const testing::TestParamInfo<CellCase>& info) { return info.param.label + "_" + info.param.check.name; }

}  // namespace recur::conformance
