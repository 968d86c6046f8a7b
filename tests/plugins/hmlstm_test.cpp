// The hierarchical multiscale LSTM: the kit, its equations written out, and what copying, flushing and the slope do.
#include <algorithm>
#include <cmath>

#include "cell_test.hpp"
#include "frozen_steps.hpp"
#include "layer_run.hpp"
#include "recur/ir/adjoint.hpp"
#include "test_registry.hpp"

namespace recur::conformance {

INSTANTIATE_TEST_SUITE_P(Hmlstm, CellTest,
                         each_case({{"hmlstm_three_levels", {"hmlstm", {}}},
                                    {"hmlstm_all_levels", {"hmlstm", {{"levels", int64_t{2}}, {"output", std::string("all")}, {"anneal", int64_t{100}}}}}}),
                         name_of_case);

namespace {

using Row = std::vector<double>;

constexpr LayerSizes kSizes{.T = 9, .N = 1, .I = 3, .H = 4};
constexpr size_t H = 4;

plugin::CellInstance cell(const plugin::HyperValues& hypers = {}) { return test_registry().make("hmlstm", kSizes.I, kSizes.H, hypers); }
std::string numbered(const char* name, size_t level) { return name + std::to_string(level); }

void set_boundaries(Numbers& in, size_t level, bool on) {
  in[numbered("W", level)].data = Row(in[numbered("W", level)].data.size());
  in[numbered("U", level)].data = Row(in[numbered("U", level)].data.size());
  in[numbered("D", level)].data = Row(in[numbered("D", level)].data.size());
  in[numbered("b", level)].data.back() = on ? 3 : -3;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

void add_product(Row& to, const Row& x, const exec::Tensor& matrix, double factor = 1) {
  for (size_t i = 0; i < x.size(); ++i)
    for (size_t j = 0; j < to.size(); ++j) to[j] += factor * x[i] * matrix.data[i * to.size() + j];
}

struct LevelState {
  Row h, c;
  double z = 0;
};

// Chung, Ahn and Bengio 2017, equations 1 to 10, for one sequence; counts how often each operation is taken.
Row stepped(const Numbers& in, const Row& x, std::vector<LevelState>& levels, std::map<std::string, int>& taken) {
  const std::vector<LevelState> before = levels;
  Row below = x, all;
  double z_below = 1;
  for (size_t l = 1; l <= levels.size(); ++l) {
    const bool top = l == levels.size();
    const LevelState& old = before[l - 1];
    LevelState& now = levels[l - 1];
    Row s = in.at(numbered("b", l)).data;
    add_product(s, old.h, in.at(numbered("U", l)));
    add_product(s, below, in.at(numbered("W", l)), z_below);
    if (!top) add_product(s, before[l].h, in.at(numbered("D", l)), old.z);
    const double z = top ? 0 : old.z;
    const std::string operation = z == 1 ? "flush" : z_below == 1 ? "update" : "copy";
    ++taken[operation + std::to_string(l)];
    for (size_t j = 0; j < H && operation != "copy"; ++j) {
      const double f = sigmoid(s[j]), i = sigmoid(s[H + j]), o = sigmoid(s[2 * H + j]), g = std::tanh(s[3 * H + j]);
      now.c[j] = operation == "flush" ? i * g : f * old.c[j] + i * g;
      now.h[j] = o * std::tanh(now.c[j]);
    }
    if (!top) now.z = z_below = s[4 * H] > 0 ? 1 : 0;
    below = now.h;
    all.insert(all.end(), now.h.begin(), now.h.end());
  }
  Row gates(levels.size()), y(H), scaled = all;  // equations 11 and 12
  add_product(gates, all, in.at("gates"));
  for (size_t k = 0; k < all.size(); ++k) scaled[k] *= sigmoid(gates[k / H]);
  add_product(y, scaled, in.at("embed"));
  for (double& value : y) value = std::max(value, 0.0);
  return y;
}

TEST(HmlstmTest, IsItsEquations) {
  const LayerSizes sizes{.T = 40, .N = 1, .I = 3, .H = H};
  const LayerProgram layer = layer_program(cell(), sizes);
  Numbers in = draw_inputs(layer, sizes, 31);
  std::vector<LevelState> levels(3);
  for (size_t l = 1; l <= 3; ++l) {
    levels[l - 1] = {in[numbered("initial/h", l)].data, in[numbered("initial/c", l)].data, 0};
    if (l < 3) in[numbered("initial/z", l)].data = {levels[l - 1].z = l == 1 ? 1.0 : 0.0};
  }
  const Numbers out = run_reference(layer, in, false);
  std::map<std::string, int> taken;
  for (size_t t = 0; t < 40; ++t) {
    const auto x = in["x"].data.begin() + static_cast<long>(3 * t);
    const Row y = stepped(in, {x, x + 3}, levels, taken);
    for (size_t j = 0; j < H; ++j) EXPECT_NEAR(out.at("y").data[t * H + j], y[j], 1e-12) << "step " << t;
  }
  for (size_t l = 1; l <= 3; ++l)
    for (size_t j = 0; j < H; ++j) {
      EXPECT_NEAR(out.at(numbered("final/h", l)).data[j], levels[l - 1].h[j], 1e-12);
      EXPECT_NEAR(out.at(numbered("final/c", l)).data[j], levels[l - 1].c[j], 1e-12);
    }
  for (const char* operation : {"update1", "flush1", "copy2", "update2", "flush2", "copy3", "update3"}) EXPECT_GT(taken[operation], 0) << operation;
}

TEST(HmlstmTest, CopiesAStateBitForBitWhileNothingEndsBelow) {
  const LayerProgram layer = layer_program(cell(), kSizes);
  Numbers in = draw_inputs(layer, kSizes, 32);
  set_boundaries(in, 1, false);
  in["initial/z1"].data = in["initial/z2"].data = {0};
  set_boundaries(in, 2, false);
  const Numbers out = run_native(layer, in, false);
  for (const char* state : {"h2", "c2", "h3", "c3"})
    EXPECT_EQ(bit_difference(out.at(std::string("final/") + state), in.at(std::string("initial/") + state), state), "");
  EXPECT_NE(bit_difference(out.at("final/h1"), in.at("initial/h1"), "h1"), "");
}

TEST(HmlstmTest, FlushesWhatItRemembered) {
  LayerSizes sizes = kSizes;
  sizes.T = 1;
  const LayerProgram layer = layer_program(cell(), sizes);
  Numbers in = draw_inputs(layer, sizes, 33);
  in["initial/z1"].data = {1};
  const Numbers out = run_native(layer, in, false);
  for (double& c : in["initial/c1"].data) c = 100 - c;
  const Numbers other = run_native(layer, in, false);
  EXPECT_EQ(bit_difference(out.at("final/c1"), other.at("final/c1"), "c1"), "");
  in["initial/z1"].data = {0};
  EXPECT_NE(bit_difference(out.at("final/c1"), run_native(layer, in, false).at("final/c1"), "c1"), "");
}

TEST(HmlstmTest, GivesALevelASegmentOnlyWhenItEnds) {
  const LayerProgram layer = layer_program(cell(), kSizes);
  Numbers in = draw_inputs(layer, kSizes, 34);
  set_boundaries(in, 1, true);
  set_boundaries(in, 2, false);
  in["initial/z1"].data = in["initial/z2"].data = {0};
  const Numbers out = run_native(layer, in, false);
  EXPECT_NE(bit_difference(out.at("final/c2"), in.at("initial/c2"), "c2"), "");
  EXPECT_EQ(bit_difference(out.at("final/c3"), in.at("initial/c3"), "c3"), "");
  EXPECT_EQ(out.at("final/z1").data[0], 1);
  EXPECT_EQ(out.at("final/z2").data[0], 0);
}

// y and the gradient by the first level's biases, from the sum of y.
std::pair<Row, Row> with_slope(const plugin::HyperValues& hypers, double updates = -1) {
  const plugin::CellInstance made = cell(hypers);
  Numbers in = draw_inputs(layer_program(made, kSizes), kSizes, 35), mine;
  ir::Builder b;
  plugin::LayerInputs inputs;
  inputs.x = b.input("x", in.at("x").shape);
  inputs.weights = [&](const std::string& name) { return b.input(name, in.at(name).shape); };
  if (updates >= 0) {
    inputs.updates = b.input("updates", {});
    in["updates"] = {{}, {updates}};
  }
  const ir::ValueId y = made.record_layer(b, inputs).y;
  const ir::Program program = ir::differentiate(b.finish({b.sum(y, {0, 1, 2}), y}), 0, {"b1"});
  for (const ir::ValueId id : program.inputs) mine[program.producer(id).name] = in.at(program.producer(id).name);
  const std::vector<exec::Tensor> out = exec::Reference(program).run(mine);
  return {out[1].data, out[2].data};
}

TEST(HmlstmTest, LearnsBoundariesThroughTheSlope) {
  const auto [gentle_y, gentle] = with_slope({{"slope", 1.0}});
  const auto [steep_y, steep] = with_slope({{"slope", 0.5}});
  EXPECT_EQ(gentle_y, steep_y);  // the slope changes no value,
  EXPECT_NE(gentle.back(), 0);   // and boundaries, which are steps, have a gradient,
  EXPECT_NE(gentle, steep);      // which the slope scales.
}

TEST(HmlstmTest, AnnealsTheSlopeByTheNumberOfUpdates) {
  const plugin::HyperValues annealed{{"slope", 0.5}, {"slope_end", 1.5}, {"anneal", int64_t{200}}};
  EXPECT_EQ(with_slope(annealed, 0).second, with_slope({{"slope", 0.5}}).second);
  EXPECT_EQ(with_slope(annealed, 100).second, with_slope({{"slope", 1.0}}).second);
  EXPECT_EQ(with_slope(annealed, 1000).second, with_slope({{"slope", 1.5}}).second);
  EXPECT_EQ(with_slope(annealed).second, with_slope({{"slope", 1.5}}).second);  // a host that does not count
}

// What the kit's comparison of gradients rests on.
TEST(FrozenStepsTest, HaveTheValueAndTheGradientOfTheStepsButAreSmooth) {
  const LayerProgram layer = layer_program(cell(), kSizes);
  const Numbers in = draw_inputs(layer, kSizes, 36), expected = run_reference(layer, in, true);
  const FrozenSteps frozen = freeze_steps(layer, in);
  EXPECT_EQ(frozen.inputs.size(), in.size() + 2);  // two levels have boundaries
  EXPECT_EQ(difference(expected, run_reference(frozen.layer, frozen.inputs, true), 1e-12, "frozen"), "");
  Numbers moved = frozen.inputs, moved_steps = in;
  moved["b1"].data.back() += 1e-4;
  moved_steps["b1"].data.back() += 1e-4;
  EXPECT_NE(run_reference(frozen.layer, moved, false).at("loss").data[0], expected.at("loss").data[0]);
  EXPECT_EQ(run_reference(layer, moved_steps, false).at("loss").data[0], expected.at("loss").data[0]);
}

}  // namespace
}  // namespace recur::conformance
