// oneDNN's RNN primitives against their equations in double, and their gradients against central differences.
#include "onednn_rnn.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "recur/random/stream.hpp"

namespace recur::exec {
namespace {

struct Sizes {
  int64_t T, N, I, H;
};

// Everything that a pass reads, in double.
struct Problem {
  std::string kind;
  Sizes s;
  bool reverse;
  std::vector<double> x, W, U, b, h0, c0;
};

struct Result {
  std::vector<double> y, hT, cT;
};

size_t count(int64_t n) { return static_cast<size_t>(n); }
double sigmoid(double v) { return 1 / (1 + std::exp(-v)); }
int64_t gates_of(const std::string& kind) { return kind == "lstm" ? 4 : kind == "gru" || kind == "lbr_gru" ? 3 : 1; }
int64_t bias_rows_of(const std::string& kind) { return kind == "lbr_gru" ? 4 : gates_of(kind); }

// One step of one sequence: x [I], h and c [H] in place.
void step(const Problem& p, const double* x, double* h, double* c) {
  const int64_t I = p.s.I, H = p.s.H, G = gates_of(p.kind);
  const auto from_x = [&](int64_t gate, int64_t j) {
    double sum = p.b[count(gate * H + j)];
    for (int64_t i = 0; i < I; ++i) sum += x[i] * p.W[count(i * G * H + gate * H + j)];
    return sum;
  };
  const auto from = [&](const std::vector<double>& state, int64_t gate, int64_t j) {
    double sum = 0;
    for (int64_t i = 0; i < H; ++i) sum += state[count(i)] * p.U[count(i * G * H + gate * H + j)];
    return sum;
  };
  const std::vector<double> before(h, h + H);
  std::vector<double> u(count(H)), r(count(H));
  if (G == 3) {
    for (int64_t j = 0; j < H; ++j) {
      u[count(j)] = sigmoid(from_x(0, j) + from(before, 0, j));
      r[count(j)] = sigmoid(from_x(1, j) + from(before, 1, j));
    }
  }
  std::vector<double> reset(before);
  for (size_t j = 0; j < reset.size(); ++j) reset[j] *= r[j];
  for (int64_t j = 0; j < H; ++j) {
    const double last = before[count(j)];
    if (p.kind == "rnn_tanh") h[j] = std::tanh(from_x(0, j) + from(before, 0, j));
    if (p.kind == "rnn_relu") h[j] = std::max(0.0, from_x(0, j) + from(before, 0, j));
    if (p.kind == "lstm") {
      const double i = sigmoid(from_x(0, j) + from(before, 0, j)), f = sigmoid(from_x(1, j) + from(before, 1, j));
      const double g = std::tanh(from_x(2, j) + from(before, 2, j)), o = sigmoid(from_x(3, j) + from(before, 3, j));
      c[j] = f * c[j] + i * g;
      h[j] = o * std::tanh(c[j]);
    }
    if (G == 3) {
      const double inner = p.kind == "gru" ? from(reset, 2, j) : r[count(j)] * (from(before, 2, j) + p.b[count(3 * H + j)]);
      h[j] = u[count(j)] * last + (1 - u[count(j)]) * std::tanh(from_x(2, j) + inner);
    }
  }
}

Result evaluate(const Problem& p) {
  const auto [T, N, I, H] = p.s;
  Result result{std::vector<double>(count(T * N * H)), p.h0, p.c0};
  if (p.kind != "lstm") result.cT.assign(count(N * H), 0);
  for (int64_t k = 0; k < T; ++k) {
    const int64_t t = p.reverse ? T - 1 - k : k;
    for (int64_t n = 0; n < N; ++n) {
      step(p, &p.x[count((t * N + n) * I)], &result.hT[count(n * H)], &result.cT[count(n * H)]);
      std::copy_n(&result.hT[count(n * H)], H, &result.y[count((t * N + n) * H)]);
    }
  }
  return result;
}

std::vector<double> numbers(Stream& stream, int64_t n) {
  std::vector<double> values(count(n));
  for (double& v : values) v = static_cast<float>(stream.uniform(-0.8, 0.8));  // exact in float as well
  return values;
}

Problem make_problem(const std::string& kind, Sizes s, bool reverse) {
  Stream stream(1, 0, kind);
  const int64_t G = gates_of(kind);
  return {kind, s, reverse,
          numbers(stream, s.T * s.N * s.I), numbers(stream, s.I * G * s.H), numbers(stream, s.H * G * s.H),
          numbers(stream, bias_rows_of(kind) * s.H), numbers(stream, s.N * s.H), numbers(stream, s.N * s.H)};
}

std::vector<float> to_float(const std::vector<double>& v) { return {v.begin(), v.end()}; }

void expect_near(const std::vector<float>& actual, const std::vector<double>& exact, double tolerance, const char* what) {
  ASSERT_EQ(actual.size(), exact.size()) << what;
  for (size_t i = 0; i < exact.size(); ++i) ASSERT_NEAR(actual[i], exact[i], tolerance) << what << "[" << i << "]";
}

// The problem in float with a primitive made for it.
struct Native {
  std::vector<float> x, W, U, b, h0, c0, y, hT, cT, workspace, scratch;
  OnednnRnn rnn;

  Native(const Problem& p, bool training)
      : x(to_float(p.x)), W(to_float(p.W)), U(to_float(p.U)), b(to_float(p.b)), h0(to_float(p.h0)), c0(to_float(p.c0)),
        y(count(p.s.T * p.s.N * p.s.H)), hT(h0.size()), cT(h0.size()),
        rnn({p.kind, p.s.I, p.s.H, training, p.reverse}, p.s.T, p.s.N) {
    workspace.resize(rnn.workspace_floats());
    scratch.resize(rnn.scratch_floats());
  }
  RnnInputs in() const { return {x.data(), W.data(), U.data(), b.data(), h0.data(), c0.data()}; }
  RnnOutputs out() { return {y.data(), hT.data(), cT.data(), workspace.data()}; }
  void forward() { rnn.forward(in(), out(), scratch.data()); }
};

class OnednnRnnTest : public testing::TestWithParam<std::tuple<const char*, bool>> {
 protected:
  void SetUp() override { omp_set_num_threads(1); }
  std::string kind() const { return std::get<0>(GetParam()); }
  bool reverse() const { return std::get<1>(GetParam()); }
};

TEST_P(OnednnRnnTest, ForwardFollowsTheEquationsInTrainingAndInInference) {
  for (const Sizes s : {Sizes{4, 3, 5, 7}, Sizes{1, 1, 1, 1}, Sizes{3, 2, 33, 40}, Sizes{6, 1, 16, 16}}) {
    const Problem p = make_problem(kind(), s, reverse());
    const Result exact = evaluate(p);
    for (const bool training : {true, false}) {
      Native native(p, training);
      EXPECT_EQ(native.rnn.workspace_floats() > 0, training);
      native.forward();
      const double largest = std::max(1.0, *std::max_element(exact.y.begin(), exact.y.end()));  // relu's states grow
      expect_near(native.y, exact.y, 5e-6 * largest, "y");
      expect_near(native.hT, exact.hT, 5e-6 * largest, "hT");
      if (kind() == "lstm") expect_near(native.cT, exact.cT, 5e-6, "cT");
    }
  }
}

TEST_P(OnednnRnnTest, BackwardGivesTheGradientsOfTheEquations) {
  const Sizes s{4, 2, 3, 5};
  Problem p = make_problem(kind(), s, reverse());
  Stream stream(2);
  const std::vector<double> dy = numbers(stream, s.T * s.N * s.H), dhT = numbers(stream, s.N * s.H),
                            dcT = numbers(stream, s.N * s.H);
  const auto objective = [&] {
    const Result r = evaluate(p);
    double sum = 0;
    for (size_t i = 0; i < dy.size(); ++i) sum += dy[i] * r.y[i];
    for (size_t i = 0; i < dhT.size(); ++i) sum += dhT[i] * r.hT[i] + (kind() == "lstm" ? dcT[i] * r.cT[i] : 0);
    return sum;
  };

  Native native(p, true);
  native.forward();
  const std::vector<float> d_y = to_float(dy), d_hT = to_float(dhT), d_cT = to_float(dcT);
  // Not zero before: the gradients are to be overwritten.
  std::vector<float> dx(p.x.size(), 9.0f), dW(p.W.size(), 9.0f), dU(p.U.size(), 9.0f), db(p.b.size(), 9.0f),
      dh0(p.h0.size(), 9.0f), dc0(p.c0.size(), 9.0f);
  const RnnInputGradients d_in{dx.data(), dW.data(), dU.data(), db.data(), dh0.data(), dc0.data()};
  native.rnn.backward(native.in(), native.out(), {d_y.data(), d_hT.data(), d_cT.data()}, d_in, native.scratch.data());

  const auto check = [&](std::vector<double>& values, const std::vector<float>& gradient, const char* what) {
    std::vector<double> exact(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      const double value = values[i];
      constexpr double kStep = 1e-6;
      values[i] = value + kStep;
      const double above = objective();
      values[i] = value - kStep;
      const double below = objective();
      values[i] = value;
      exact[i] = (above - below) / (2 * kStep);
    }
    expect_near(gradient, exact, 2e-5, what);
  };
  check(p.x, dx, "dx");
  check(p.W, dW, "dW");
  check(p.U, dU, "dU");
  check(p.b, db, "db");
  check(p.h0, dh0, "dh0");
  if (kind() == "lstm") check(p.c0, dc0, "dc0");
}

TEST_P(OnednnRnnTest, TakesNewWeightsWhenToldAndNewPointersAtAnyTime) {
  const Sizes s{3, 2, 4, 6};
  Problem p = make_problem(kind(), s, reverse());
  Native native(p, true);
  native.forward();
  for (double& w : p.W) w = static_cast<float>(w * 0.5);
  native.W = to_float(p.W);
  native.rnn.weights_changed();
  std::vector<float> other(native.y.size());
  RnnOutputs out = native.out();
  out.y = other.data();
  native.rnn.forward(native.in(), out, native.scratch.data());
  const Result exact = evaluate(p);
  expect_near(other, exact.y, 1e-5, "y");
}

TEST_P(OnednnRnnTest, RunsAgainToTheSameBits) {
  Native native(make_problem(kind(), {5, 4, 20, 24}, reverse()), true);
  native.forward();
  const std::vector<float> first = native.y;
  native.rnn.weights_changed();
  native.forward();
  EXPECT_EQ(native.y, first);
}

INSTANTIATE_TEST_SUITE_P(Kinds, OnednnRnnTest,
                         testing::Combine(testing::Values("rnn_tanh", "rnn_relu", "lstm", "gru", "lbr_gru"),
                                          testing::Bool()),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param)) + (std::get<1>(test.param) ? "_reverse" : "");
                         });

}  // namespace
}  // namespace recur::exec
