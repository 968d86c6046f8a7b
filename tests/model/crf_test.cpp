// The conditional random field against the enumeration of all V^T ways to label a sequence, in both engines.
#include "../../core/model/crf.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <ostream>

#include "recur/exec/engine.hpp"
#include "recur/exec/reference.hpp"
#include "recur/ir/adjoint.hpp"
#include "recur/random/stream.hpp"

namespace recur::model {
namespace {

using exec::Tensor;
using Tensors = std::map<std::string, Tensor>;

constexpr int64_t T = 4, N = 5, V = 3;
const std::vector<std::string> kParameters{"x", "transitions", "start", "end"};

// Outputs: the sum of weighted nats (so that no two sequences count alike), nats [N], max-marginals [T, N, V].
ir::Program program(bool has_lengths) {
  ir::Builder b;
  const ir::ValueId x = b.input("x", {ir::kTime, ir::kBatch, V});
  const Crf crf{b.input("transitions", {V, V}), b.input("start", {V}), b.input("end", {V})};
  const ir::ValueId labels = b.input("labels", {ir::kTime, ir::kBatch}), known = b.input("known", {ir::kTime, ir::kBatch});
  const ir::ValueId lengths = has_lengths ? b.input("lengths", {ir::kBatch}) : ir::kNone;
  const ir::ValueId nats = crf_nats(b, crf, x, labels, known, lengths);
  const ir::ValueId loss = b.sum(b.mul(nats, b.input("weight", {ir::kBatch})), {0});
  return ir::bind(b.finish({loss, nats, crf_max_marginals(b, crf, x, lengths)}, {"loss", "nats", "best"}), {{ir::kTime, T}, {ir::kBatch, N}});
}

struct Problem {
  Tensors inputs;
  bool has_lengths = true;

  double at(const char* name, int64_t i) const { return inputs.at(name).data[static_cast<size_t>(i)]; }
  int64_t length(int64_t n) const { return has_lengths ? static_cast<int64_t>(at("lengths", n)) : T; }
  double score(int64_t n, const std::vector<int64_t>& y) const {
    double score = at("start", y[0]) + at("end", y.back());
    for (size_t t = 0; t < y.size(); ++t) {
      score += at("x", (static_cast<int64_t>(t) * N + n) * V + y[t]);
      if (t > 0) score += at("transitions", y[t - 1] * V + y[t]);
    }
    return score;
  }
  bool agrees(int64_t n, const std::vector<int64_t>& y) const {
    for (size_t t = 0; t < y.size(); ++t) {
      const int64_t place = static_cast<int64_t>(t) * N + n;
      if (at("known", place) > 0 && y[t] != static_cast<int64_t>(at("labels", place))) return false;
    }
    return true;
  }
  // Every labelling of sequence n.
  void for_each(int64_t n, const std::function<void(const std::vector<int64_t>&)>& visit) const {
    std::vector<int64_t> y(static_cast<size_t>(length(n)));
    for (;;) {
      visit(y);
      size_t t = 0;
      while (t < y.size() && ++y[t] == V) y[t++] = 0;
      if (t == y.size()) return;
    }
  }
  double nats(int64_t n) const {
    double all = 0, agreeing = 0;
    for_each(n, [&](const auto& y) {
      all += std::exp(score(n, y));
      if (agrees(n, y)) agreeing += std::exp(score(n, y));
    });
    return std::log(all) - std::log(agreeing);
  }
};

Problem problem(bool has_lengths) {
  Problem p;
  p.has_lengths = has_lengths;
  const auto draw = [&](const std::string& name, const ir::Shape& shape, double scale) {
    Tensor& tensor = p.inputs[name];
    tensor.shape = shape;
    int64_t size = 1;
    for (const int64_t dim : shape) size *= dim;
    Stream stream(3, 0, name);
    for (int64_t i = 0; i < size; ++i) tensor.data.push_back(static_cast<double>(static_cast<float>(scale * stream.normal())));
  };
  draw("x", {T, N, V}, 2);
  draw("transitions", {V, V}, 1);
  draw("start", {V}, 1);
  draw("end", {V}, 1);
  p.inputs["weight"] = {{N}, {1, 0.5, 0.25, 2, 1}};
  // Sequence 2 is known in part, 4 not at all.
  p.inputs["labels"] = {{T, N}, {0, 2, 1, 2, 0, 1, 0, 0, 0, 0, 2, 0, 2, 0, 0, 1, 0, 0, 0, 0}};
  p.inputs["known"] = {{T, N}, {1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0}};
  if (has_lengths) p.inputs["lengths"] = {{N}, {4, 2, 3, 1, 4}};
  return p;
}

using Executor = std::function<std::vector<Tensor>(const ir::Program&, const Tensors&)>;

std::vector<Tensor> reference(const ir::Program& program, const Tensors& inputs) { return exec::Reference(program).run(inputs); }

std::vector<Tensor> run_native(exec::Native& native, const Tensors& inputs, size_t outputs) {
  for (const auto& [name, tensor] : inputs) std::copy(tensor.data.begin(), tensor.data.end(), native.input(name).begin());
  native.run();
  std::vector<Tensor> results;
  for (size_t i = 0; i < outputs; ++i) results.push_back({{}, {native.output(i).begin(), native.output(i).end()}});
  return results;
}

std::vector<Tensor> native(const ir::Program& program, const Tensors& inputs) {
  exec::PathMemory memory;
  exec::Engine engine = exec::compile_inference(program, {}, memory);
  return run_native(engine.native, inputs, program.outputs.size());
}

struct Engine {
  std::string name;
  Executor run;
  double tolerance;
  friend void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }
};

class CrfTest : public testing::TestWithParam<std::tuple<Engine, bool>> {
 protected:
  const Engine& engine() const { return std::get<0>(GetParam()); }
  bool has_lengths() const { return std::get<1>(GetParam()); }
};

TEST_P(CrfTest, TheLossIsThatOfTheEnumeration) {
  const Problem p = problem(has_lengths());
  const std::vector<Tensor> outputs = engine().run(program(has_lengths()), p.inputs);
  for (int64_t n = 0; n < N; ++n) EXPECT_NEAR(outputs[1].data[static_cast<size_t>(n)], p.nats(n), engine().tolerance) << "sequence " << n;
  EXPECT_NEAR(p.nats(4), 0, 1e-12) << "nothing is known of it";
  EXPECT_GT(p.nats(2), 0);
}

TEST_P(CrfTest, MaxMarginalsAreTheBestScoresAndTheirLargestTheBestLabelling) {
  const Problem p = problem(has_lengths());
  const std::vector<double> got = engine().run(program(has_lengths()), p.inputs)[2].data;
  for (int64_t n = 0; n < N; ++n) {
    std::vector<double> best(T * V, -std::numeric_limits<double>::infinity());
    std::vector<int64_t> best_labels;
    double highest = best[0];
    p.for_each(n, [&](const auto& y) {
      const double score = p.score(n, y);
      for (size_t t = 0; t < y.size(); ++t) best[t * V + static_cast<size_t>(y[t])] = std::max(best[t * V + static_cast<size_t>(y[t])], score);
      if (score > highest) highest = score, best_labels = y;
    });
    for (int64_t t = 0; t < T; ++t) {
      const double* const row = got.data() + (t * N + n) * V;
      if (t >= p.length(n)) {
        for (int64_t v = 0; v < V; ++v) EXPECT_EQ(row[v], 0);
        continue;
      }
      for (int64_t v = 0; v < V; ++v) EXPECT_NEAR(row[v], best[static_cast<size_t>(t * V + v)], engine().tolerance);
      EXPECT_EQ(std::max_element(row, row + V) - row, best_labels[static_cast<size_t>(t)]) << "sequence " << n << ", step " << t;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, CrfTest,
                         testing::Combine(testing::Values(Engine{"reference", reference, 1e-10}, Engine{"native", native, 1e-4}), testing::Bool()),
                         [](const auto& each) { return std::get<0>(each.param).name + (std::get<1>(each.param) ? "_with_lengths" : "_without_lengths"); });

TEST(Crf, ItsGradientEqualsCentralDifferencesInBothEngines) {
  for (const bool has_lengths : {true, false}) {
    const ir::Program recorded = program(has_lengths);
    Tensors inputs = problem(has_lengths).inputs;
    const std::vector<Tensor> gradients = reference(ir::differentiate(recorded, 0, kParameters), inputs);
    exec::PathMemory memory;
    exec::Engine trained = exec::compile_training(recorded, 0, {}, memory, {}, kParameters);
    const std::vector<Tensor> fast = run_native(trained.native, inputs, recorded.outputs.size() + kParameters.size());
    for (size_t p = 0; p < kParameters.size(); ++p) {
      std::vector<double>& values = inputs[kParameters[p]].data;
      for (size_t i = 0; i < values.size(); ++i) {
        constexpr double kStep = 1e-5;
        const double before = values[i];
        values[i] = before + kStep;
        const double above = reference(recorded, inputs)[0].data[0];
        values[i] = before - kStep;
        const double below = reference(recorded, inputs)[0].data[0];
        values[i] = before;
        const double slope = (above - below) / (2 * kStep);
        EXPECT_NEAR(gradients[recorded.outputs.size() + p].data[i], slope, 1e-8) << kParameters[p] << "[" << i << "]";
        EXPECT_NEAR(fast[recorded.outputs.size() + p].data[i], slope, 1e-4) << kParameters[p] << "[" << i << "]";
      }
    }
  }
}

TEST(Crf, StaysFiniteWhereScoresAreFarApart) {
  const ir::Program recorded = program(true);
  Tensors inputs = problem(true).inputs;
  for (double& value : inputs["x"].data) value *= 300;
  inputs["transitions"].data.assign(V * V, -500);
  exec::PathMemory memory;
  exec::Engine trained = exec::compile_training(recorded, 0, {}, memory, {}, kParameters);
  for (const Tensor& tensor : run_native(trained.native, inputs, recorded.outputs.size() + kParameters.size()))
    for (const double value : tensor.data) EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace recur::model
