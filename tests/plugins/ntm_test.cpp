// The neural Turing machine: the kit, its equations written out as loops, and addressing by hand.
#include <algorithm>
#include <cmath>

#include "cell_test.hpp"
#include "layer_run.hpp"
#include "test_registry.hpp"

namespace recur::conformance {

INSTANTIATE_TEST_SUITE_P(Ntm, CellTest,
                         each_case({{"ntm_feedforward", {"ntm", {{"rows", int64_t{5}}, {"width", int64_t{3}}, {"read_heads", int64_t{2}}, {"write_heads", int64_t{2}}}}},
                                    {"ntm_lstm", {"ntm", {{"rows", int64_t{6}}, {"width", int64_t{4}}, {"shift_range", int64_t{2}}, {"controller", std::string("lstm")},
                                                          {"memory_start", std::string("learned")}, {"head_start", std::string("learned")}}}}}),
                         name_of_case);

namespace {

// One sequence, 5 rows of 3, two heads that read and two that write, shifts of -1, 0 and 1.
constexpr int M = 5, W = 3, R = 2, P = 2, Q = R + P, S = 3;
using Row = std::vector<double>;
using Matrix = std::vector<Row>;

plugin::CellInstance machine(int64_t input, int64_t hidden) {
  return test_registry().make("ntm", input, hidden, {{"rows", int64_t{M}}, {"width", int64_t{W}}, {"read_heads", int64_t{R}}, {"write_heads", int64_t{P}}});
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::log1p(std::exp(x)); }
Row softmax(Row x) {
  double total = 0;
  for (double& value : x) total += value = std::exp(value);
  for (double& value : x) value /= total;
  return x;
}
double dot(const Row& a, const Row& b) {
  double total = 0;
  for (size_t i = 0; i < a.size(); ++i) total += a[i] * b[i];
  return total;
}
Row part(const Row& from, int begin, int size) { return {from.begin() + begin, from.begin() + begin + size}; }

// What a head looks at next. Graves et al. 2014, equations 5 to 9.
Row addressed(const Matrix& memory, const Row& before, const Row& key, double strength, double gate, const Row& shift, double sharpness) {
  Row content;
  for (const Row& row : memory) content.push_back(strength * dot(key, row) / std::sqrt(dot(key, key) * dot(row, row)));
  content = softmax(content);
  Row focus(M), moved(M), w(M);
  for (int i = 0; i < M; ++i) focus[static_cast<size_t>(i)] = gate * content[static_cast<size_t>(i)] + (1 - gate) * before[static_cast<size_t>(i)];
  double total = 0;
  for (int i = 0; i < M; ++i) {
    for (int k = -1; k <= 1; ++k) moved[static_cast<size_t>(i)] += focus[static_cast<size_t>((i - k + M) % M)] * shift[static_cast<size_t>(k + 1)];
    total += w[static_cast<size_t>(i)] = std::pow(moved[static_cast<size_t>(i)], sharpness);
  }
  for (double& value : w) value /= total;
  return w;
}

// A step after the heads' parameters p are known: the memory and all weights change in place; returns the reads. Equations 2 to 4.
Matrix moved_heads(const Row& p, Matrix& memory, Matrix& weights) {
  constexpr int kStrength = Q * W, kGate = kStrength + Q, kSharpness = kGate + Q, kShift = kSharpness + Q, kErase = kShift + Q * S, kAdd = kErase + P * W;
  const auto at = [&](int i) { return p[static_cast<size_t>(i)]; };
  const Matrix seen = memory;
  for (int q = 0; q < Q; ++q) {
    Row key = part(p, q * W, W);
    for (double& value : key) value = std::tanh(value);
    Row& w = weights[static_cast<size_t>(q)];
    w = addressed(seen, w, key, softplus(at(kStrength + q)), sigmoid(at(kGate + q)), softmax(part(p, kShift + q * S, S)), 1 + softplus(at(kSharpness + q)));
  }
  for (int i = 0; i < M; ++i)
    for (int j = 0; j < W; ++j) {
      double& cell = memory[static_cast<size_t>(i)][static_cast<size_t>(j)];
      for (int h = 0; h < P; ++h) cell *= 1 - weights[static_cast<size_t>(R + h)][static_cast<size_t>(i)] * sigmoid(at(kErase + h * W + j));
      for (int h = 0; h < P; ++h) cell += weights[static_cast<size_t>(R + h)][static_cast<size_t>(i)] * std::tanh(at(kAdd + h * W + j));
    }
  Matrix reads(R, Row(W));
  for (size_t r = 0; r < R; ++r)
    for (size_t i = 0; i < M; ++i)
      for (size_t j = 0; j < W; ++j) reads[r][j] += weights[r][i] * memory[i][j];
  return reads;
}

Row flat(const Matrix& rows) {
  Row all;
  for (const Row& row : rows) all.insert(all.end(), row.begin(), row.end());
  return all;
}
Matrix rows_of(const std::vector<double>& flat_rows, int count) {
  const int width = static_cast<int>(flat_rows.size()) / count;
  Matrix rows;
  for (int i = 0; i < count; ++i) rows.push_back(part(flat_rows, i * width, width));
  return rows;
}
// The memory lies with its rows along the last axis.
std::vector<double> lying(const Matrix& memory) {
  std::vector<double> values;
  for (size_t j = 0; j < W; ++j)
    for (const Row& row : memory) values.push_back(row[j]);
  return values;
}
Matrix standing(const std::vector<double>& values) {
  Matrix memory(M, Row(W));
  for (size_t i = 0; i < M; ++i)
    for (size_t j = 0; j < W; ++j) memory[i][j] = values[j * M + i];
  return memory;
}
void expect_near(const Row& got, const Row& expected, const std::string& what, double tolerance = 1e-9) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], tolerance) << what << "[" << i << "]";
}

TEST(NtmTest, IsItsEquations) {
  constexpr int I = 2, H = 4, T = 3;
  const LayerSizes sizes{.T = T, .N = 1, .I = I, .H = H};
  const LayerProgram layer = layer_program(machine(I, H), sizes);
  Numbers in = draw_inputs(layer, sizes, 11);
  for (const char* name : {"initial/read_weights", "initial/write_weights"})  // distributions, as after a step
    for (int h = 0; h < 2; ++h) {
      const Row w = softmax(part(in[name].data, h * M, M));
      std::copy(w.begin(), w.end(), in[name].data.begin() + h * M);
    }
  const Numbers out = run_reference(layer, in, false);

  Matrix memory = standing(in["initial/memory"].data), weights = rows_of(in["initial/read_weights"].data, R), reads = rows_of(in["initial/reads"].data, R);
  for (const Row& row : rows_of(in["initial/write_weights"].data, P)) weights.push_back(row);
  const auto product = [](const Row& x, const std::vector<double>& matrix, size_t columns) {
    Row y(columns);
    for (size_t i = 0; i < x.size(); ++i)
      for (size_t j = 0; j < columns; ++j) y[j] += x[i] * matrix[i * columns + j];
    return y;
  };
  for (int t = 0; t < T; ++t) {
    Row c = product(part(in["x"].data, t * I, I), in["W"].data, H);
    const Row seen = product(flat(reads), in["R"].data, H);
    for (size_t j = 0; j < H; ++j) c[j] = std::tanh(c[j] + seen[j] + in["b"].data[j]);
    Row p = product(c, in["heads"].data, in["heads_b"].data.size());
    for (size_t j = 0; j < p.size(); ++j) p[j] += in["heads_b"].data[j];
    reads = moved_heads(p, memory, weights);
    Row y = c;
    for (const double value : flat(reads)) y.push_back(value);
    expect_near(part(out.at("y").data, t * (H + R * W), H + R * W), y, "y at step " + std::to_string(t));
  }
  expect_near(out.at("final/memory").data, lying(memory), "memory");
  expect_near(out.at("final/read_weights").data, flat({weights[0], weights[1]}), "read weights");
  expect_near(out.at("final/write_weights").data, flat({weights[2], weights[3]}), "write weights");
  expect_near(out.at("final/reads").data, flat(reads), "reads");
}

// The heads' parameters come from their biases alone, so that they can be chosen; the same for every head.
struct Chosen {
  Row key = {0, 0, 0};
  double strength = 0, gate = 0, sharpness = -40;  // sharpness 1
  Row shift = {-40, 0, -40};                       // stay
  double erase = -40, add = 0;                     // nothing is written
};

class NtmHeads : public testing::Test {
 protected:
  static constexpr LayerSizes kSizes{.T = 1, .N = 1, .I = 1, .H = 1};

  Numbers step(const Chosen& chosen) {
    const LayerProgram layer = layer_program(machine(1, 1), kSizes);
    Numbers in = draw_inputs(layer, kSizes, 1);
    std::fill(in["heads"].data.begin(), in["heads"].data.end(), 0);
    Row& b = in["heads_b"].data;
    b.clear();
    for (int q = 0; q < Q; ++q) b.insert(b.end(), chosen.key.begin(), chosen.key.end());
    for (const double each : {chosen.strength, chosen.gate, chosen.sharpness}) b.insert(b.end(), Q, each);
    for (int q = 0; q < Q; ++q) b.insert(b.end(), chosen.shift.begin(), chosen.shift.end());
    b.insert(b.end(), P * W, chosen.erase);
    b.insert(b.end(), P * W, chosen.add);
    in["initial/memory"].data = lying(memory);
    in["initial/read_weights"].data = flat({before, before});
    in["initial/write_weights"].data = flat({before, before});
    return run_reference(layer, in, false);
  }
  Row weights(const Chosen& chosen) { return part(step(chosen).at("final/read_weights").data, 0, M); }

  Matrix memory = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 3, 4}, {-1, 0, 0}};
  Row before = {0, 0, 0, 0.25, 0.75};
};

TEST_F(NtmHeads, AShiftGoesRoundFromTheLastRowToTheFirst) {
  expect_near(weights({.gate = -40, .shift = {-40, -40, 40}}), {0.75, 0, 0, 0, 0.25}, "forwards", 1e-10);
  before = {0.75, 0.25, 0, 0, 0};
  expect_near(weights({.gate = -40, .shift = {40, -40, -40}}), {0.25, 0, 0, 0, 0.75}, "backwards", 1e-10);
}

TEST_F(NtmHeads, FindWhatIsLikeTheirKeyWhateverItsLength) {
  // The key (0, k, 0) is like the rows by the cosines 0, 1, 0, 3/5 and 0; strength ln(1 + e^b) = 2 ln 2 for b = ln 3.
  const double three_fifths = std::pow(4, 0.6), total = 4 + three_fifths + 3;
  expect_near(weights({.key = {0, 0.1, 0}, .strength = std::log(3), .gate = 40}),
              {1 / total, 4 / total, 1 / total, three_fifths / total, 1 / total}, "content", 1e-8);
}

TEST_F(NtmHeads, SharpenWhatTheyLookAt) {
  // Sharpness 1 + ln(1 + e^b) = 2 for b = ln(e - 1): squares over their sum.
  expect_near(weights({.gate = -40, .sharpness = std::log(std::exp(1) - 1)}), {0, 0, 0, 0.1, 0.9}, "squares", 1e-9);
}

TEST_F(NtmHeads, InterpolateBetweenContentAndWhereTheyWere) {
  // Without a direction every row is as like as any other: 1/5 each, half of it and half of the weights before.
  expect_near(weights({}), {0.1, 0.1, 0.1, 0.225, 0.475}, "half and half", 1e-9);
}

TEST_F(NtmHeads, EraseAndAddWhereTheyAre) {
  before = {0, 1, 0, 0, 0};
  const double half = std::atanh(0.5);
  const Row written = step({.gate = -40, .erase = 40, .add = half}).at("final/memory").data;
  memory[1] = {1, 1, 1};  // both heads erase all of it and add a half each
  expect_near(written, lying(memory), "memory", 1e-9);
}

TEST_F(NtmHeads, BeginAtTheFirstRow) {
  before = Row(M);
  expect_near(weights({.gate = -40}), {1, 0, 0, 0, 0}, "first row", 1e-10);
}

TEST(NtmTest, RefusesShiftsThatMeetThemselves) {
  EXPECT_THROW(test_registry().make("ntm", 2, 3, {{"rows", int64_t{4}}, {"shift_range", int64_t{2}}}), std::exception);
}

}  // namespace
}  // namespace recur::conformance
