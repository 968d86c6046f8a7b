// Both directions of a cell: the kit, and what the backward one begins with.
#include <algorithm>

#include "cell_test.hpp"
#include "layer_run.hpp"
#include "recur/ir/passes.hpp"
#include "test_registry.hpp"

namespace recur::conformance {

INSTANTIATE_TEST_SUITE_P(Birnn, CellTest,
                         each_case({{"birnn_lstm_concat", {"birnn", {}}},
                                    {"birnn_gru_mean", {"birnn", {{"cell", std::string("gru")}, {"join", std::string("mean")}}}},
                                    {"birnn_mgu_sum", {"birnn", {{"cell", std::string("mgu")}, {"join", std::string("sum")}}}},
                                    {"birnn_vanilla_product", {"birnn", {{"cell", std::string("vanilla")}, {"join", std::string("product")}}}}}),
                         name_of_case);

namespace {

constexpr LayerSizes kSizes{.T = 7, .N = 4, .I = 5, .H = 6};

plugin::CellInstance birnn(const std::string& join = "concat") { return test_registry().make("birnn", kSizes.I, kSizes.H, {{"join", join}}); }

// The steps of x [T, ...] in reverse order.
exec::Tensor reversed(const exec::Tensor& x) {
  exec::Tensor result{x.shape, {}};
  for (int64_t t = x.shape[0]; t-- > 0;) {
    const exec::Tensor step = steps_of(x, t, t + 1);
    result.data.insert(result.data.end(), step.data.begin(), step.data.end());
  }
  return result;
}

// Columns [begin, end) of the last axis.
exec::Tensor columns(const exec::Tensor& x, int64_t begin, int64_t end) {
  exec::Tensor result{x.shape, {}};
  const int64_t width = x.shape.back();
  result.shape.back() = end - begin;
  for (size_t row = 0; row < x.data.size() / static_cast<size_t>(width); ++row)
    for (int64_t i = begin; i < end; ++i) result.data.push_back(x.data[row * static_cast<size_t>(width) + static_cast<size_t>(i)]);
  return result;
}

// What an LSTM makes of one sequence x [T, 1, I], with the weights of one direction.
exec::Tensor alone(const Numbers& all, const std::string& direction, const exec::Tensor& x) {
  const plugin::CellInstance lstm = test_registry().make("lstm", kSizes.I, kSizes.H);
  const LayerSizes sizes{.T = x.shape[0], .N = 1, .I = kSizes.I, .H = kSizes.H};
  const LayerProgram layer = layer_program(lstm, sizes, false, RECUR_EVALUATE);
  Numbers inputs = draw_inputs(layer, sizes, 1);
  for (const std::string& weight : layer.weights) inputs[weight] = all.at(direction + "." + weight);
  inputs["x"] = x;
  for (const plugin::StateInfo& state : lstm.states()) std::fill(inputs["initial/" + state.name].data.begin(), inputs["initial/" + state.name].data.end(), 0);
  return run_native(layer, inputs, false).at("y");
}

TEST(BirnnTest, RunsBackwardsFromEachSequencesOwnEnd) {
  const plugin::CellInstance layer = birnn();
  const LayerProgram program = layer_program(layer, kSizes, true, RECUR_EVALUATE);
  Numbers inputs = draw_inputs(program, kSizes, 3);
  inputs["lengths"].data = {7, 1, 4, 6};
  const exec::Tensor y = run_native(program, inputs, false).at("y");
  ASSERT_EQ(layer.output(), 2 * kSizes.H);
  for (int64_t n = 0; n < kSizes.N; ++n) {
    const auto length = static_cast<int64_t>(inputs["lengths"].data[static_cast<size_t>(n)]);
    const exec::Tensor x = steps_of(sequence_of(inputs["x"], n, true), 0, length), own = steps_of(sequence_of(y, n, true), 0, length);
    const exec::Tensor back = reversed(alone(inputs, "backwards", reversed(x)));
    EXPECT_EQ(difference({{"y", columns(own, 0, kSizes.H)}}, {{"y", alone(inputs, "forwards", x)}}, 1e-6, "forwards"), "") << "sequence " << n;
    EXPECT_EQ(difference({{"y", columns(own, kSizes.H, 2 * kSizes.H)}}, {{"y", back}}, 1e-6, "backwards"), "") << "sequence " << n;
  }
}

TEST(BirnnTest, BeginsAnewInBothDirectionsWhereSequencesFollowOneAnother) {
  const plugin::CellInstance layer = birnn();
  ir::Builder b;
  plugin::LayerInputs in;
  in.x = b.input("x", {kSizes.T, kSizes.N, kSizes.I});
  in.resets = b.input("resets", {kSizes.T, kSizes.N});
  in.phase = RECUR_EVALUATE;
  in.weights = [&](const std::string& name) {
    const auto& weights = layer.weights();
    return b.input(name, std::find_if(weights.begin(), weights.end(), [&](const auto& weight) { return weight.name == name; })->dims);
  };
  const ir::ValueId y = layer.record_layer(b, in).y;
  const ir::Program program = b.finish({y}, {"y"});

  Numbers inputs = draw_inputs(layer_program(layer, kSizes), kSizes, 4);
  inputs["resets"] = {{kSizes.T, kSizes.N}, std::vector<double>(static_cast<size_t>(kSizes.T * kSizes.N))};
  constexpr int64_t kCut = 3;  // where the second sequence of row 1 begins
  inputs["resets"].data[static_cast<size_t>(kCut * kSizes.N + 1)] = 1;
  const exec::Tensor row = sequence_of(exec::Reference(program).run(inputs)[0], 1, true), x = sequence_of(inputs["x"], 1, true);
  const auto part = [&](int64_t begin, int64_t end) {
    const exec::Tensor mine = steps_of(x, begin, end), back = reversed(alone(inputs, "backwards", reversed(mine)));
    const exec::Tensor there = alone(inputs, "forwards", mine), got = steps_of(row, begin, end);
    EXPECT_EQ(difference({{"y", columns(got, 0, kSizes.H)}}, {{"y", there}}, 1e-5, "forwards"), "");
    EXPECT_EQ(difference({{"y", columns(got, kSizes.H, 2 * kSizes.H)}}, {{"y", back}}, 1e-5, "backwards"), "");
  };
  part(0, kCut);
  part(kCut, kSizes.T);
}

TEST(BirnnTest, JoinsTheDirectionsAsAsked) {
  const LayerProgram concat = layer_program(birnn(), kSizes);
  const Numbers inputs = draw_inputs(concat, kSizes, 5);
  const exec::Tensor both = run_reference(concat, inputs, false).at("y");
  const exec::Tensor f = columns(both, 0, kSizes.H), b = columns(both, kSizes.H, 2 * kSizes.H);
  const auto expect = [&](const std::string& join, double (*joined)(double, double)) {
    const plugin::CellInstance layer = birnn(join);
    EXPECT_EQ(layer.output(), kSizes.H);
    Numbers narrow = inputs;
    narrow["d_y"] = columns(inputs.at("d_y"), 0, kSizes.H);
    const exec::Tensor y = run_reference(layer_program(layer, kSizes), narrow, false).at("y");
    for (size_t i = 0; i < y.data.size(); ++i) EXPECT_DOUBLE_EQ(y.data[i], joined(f.data[i], b.data[i])) << join;
  };
  expect("sum", [](double p, double q) { return p + q; });
  expect("mean", [](double p, double q) { return (p + q) / 2; });
  expect("product", [](double p, double q) { return p * q; });
}

// As fast as the cell alone: each direction may run as the cell's fused primitive.
TEST(BirnnTest, LowersBothDirectionsAsTheCellDoes) {
  const LayerProgram layer = layer_program(birnn(), kSizes);
  const ir::Program lowered = ir::lower(layer.program, true);
  std::vector<bool> reverse;
  for (const ir::Node& node : lowered.nodes)
    if (node.op == ir::Op::kPrimitive) reverse.push_back(node.primitive->reverse);
  EXPECT_EQ(reverse, (std::vector<bool>{false, true}));
  const Numbers inputs = draw_inputs(layer, kSizes, 6);
  EXPECT_EQ(difference(run_native(layer, inputs, true, exec::Path::kLowered), run_reference(layer, inputs, true), 1e-4, "lowered"), "");
}

}  // namespace
}  // namespace recur::conformance
