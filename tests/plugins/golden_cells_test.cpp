// The plugins against golden values from the papers' equations, in double and in every form that runs in f32.
#include <gtest/gtest.h>

#include "golden.hpp"
#include "layer_run.hpp"
#include "test_registry.hpp"

namespace recur::conformance {
namespace {

struct GoldenCell {
  std::string id;
  plugin::HyperValues hypers;
};

GoldenCell plugin_of(const std::string& golden) {
  if (golden == "lstm") return {"lstm", {}};
  if (golden == "gru") return {"gru", {{"reset", std::string("before")}}};
  if (golden == "lbr_gru") return {"gru", {{"reset", std::string("after")}}};
  return {"vanilla", {{"activation", std::string(golden == "rnn_relu" ? "relu" : "tanh")}}};
}

class GoldenCellTest : public testing::TestWithParam<std::string> {
 protected:
  GoldenCellTest()
      : golden_(load_golden(GetParam())), sizes_{golden_.T, golden_.N, golden_.I, golden_.H}, layer_([this] {
          const GoldenCell cell = plugin_of(golden_.cell);
          return layer_program(test_registry().make(cell.id, golden_.I, golden_.H, cell.hypers), sizes_, golden_.has_lengths());
        }()) {
    for (const auto& [ours, theirs] : names())
      if (golden_.tensors.contains(theirs) && !ours.starts_with("d:") && ours != "y" && !ours.starts_with("final/")) inputs_[ours] = golden_.at(theirs);
  }

  // What the layer program calls it, what the golden file calls it.
  static std::vector<std::pair<std::string, std::string>> names() {
    return {{"x", "x"}, {"W", "W"}, {"U", "U"}, {"b", "b"}, {"initial/h", "h0"}, {"initial/c", "c0"}, {"lengths", "lengths"},
            {"d_y", "d:y"}, {"d_final/h", "d:h_final"}, {"d_final/c", "d:c_final"},
            {"y", "y"}, {"final/h", "h_final"}, {"final/c", "c_final"},
            {"d:x", "d:x"}, {"d:W", "d:W"}, {"d:U", "d:U"}, {"d:b", "d:b"}, {"d:initial/h", "d:h0"}, {"d:initial/c", "d:c0"}};
  }

  void expect_golden(const Numbers& results, double tolerance) const {
    size_t compared = 0;
    for (const auto& [ours, theirs] : names()) {
      if (!results.contains(ours)) continue;
      EXPECT_EQ(difference({{ours, golden_.at(theirs)}}, results, tolerance, GetParam()), "");
      ++compared;
    }
    EXPECT_EQ(compared, results.size() - 1);  // all but the loss
  }

  Golden golden_;
  LayerSizes sizes_;
  LayerProgram layer_;
  Numbers inputs_;
};

TEST_P(GoldenCellTest, IsReproducedInDouble) { expect_golden(run_reference(layer_, inputs_, true), 1e-12); }
TEST_P(GoldenCellTest, IsReproducedByTheRecordedForm) { expect_golden(run_native(layer_, inputs_, true, exec::Path::kRecorded), 2e-5); }
TEST_P(GoldenCellTest, IsReproducedByTheLoweredForm) { expect_golden(run_native(layer_, inputs_, true, exec::Path::kLowered), 2e-5); }

INSTANTIATE_TEST_SUITE_P(Cells, GoldenCellTest, testing::ValuesIn(golden_files()), [](const auto& file) { return file.param; });

}  // namespace
}  // namespace recur::conformance
