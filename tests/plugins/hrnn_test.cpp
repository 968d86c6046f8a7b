// Levels over boundaries: the kit, and the same computed segment by segment with loops.
#include <cmath>

#include "cell_test.hpp"
#include "layer_run.hpp"
#include "test_registry.hpp"

namespace recur::conformance {

INSTANTIATE_TEST_SUITE_P(Hrnn, CellTest,
                         each_case({{"hrnn_two_levels", {"hrnn", {}}},
                                    {"hrnn_three_levels_both", {"hrnn", {{"levels", int64_t{3}}, {"cell", std::string("gru mgu vanilla")}, {"directions", std::string("both")}}}},
                                    {"hrnn_attention_both", {"hrnn", {{"cell", std::string("gru")}, {"directions", std::string("both")}, {"pool", std::string("attention")}, {"attention_size", int64_t{6}}}}},
                                    {"hrnn_carrying_attention", {"hrnn", {{"pool", std::string("attention")}, {"afresh", false}}}}}),
                         name_of_case);

namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>;
using Cuts = std::vector<int64_t>;  // the last step of each segment

Row product(const Row& x, const exec::Tensor& matrix) {
  const auto columns = static_cast<size_t>(matrix.shape[1]);
  Row y(columns);
  for (size_t i = 0; i < x.size(); ++i)
    for (size_t j = 0; j < columns; ++j) y[j] += x[i] * matrix.data[i * columns + j];
  return y;
}

Row joined(Row a, const Row& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Of one sequence of 11 steps in words of 3, 1, 4, 2 and 1, in sentences of 2, 2 and 1 words.
constexpr LayerSizes kSizes{.T = 11, .N = 2, .I = 3, .H = 4};
const Cuts kWords{2, 3, 7, 9, 10}, kSentences{1, 3, 4};

class HrnnTest : public testing::Test {
 protected:
  // hrnn of simple recurrent cells, whose second sequence is that one; the first is shorter.
  Row run(plugin::HyperValues hypers, double begins_anew_at = -1) {
    hypers["cell"] = std::string("vanilla");
    const plugin::CellInstance layer = test_registry().make("hrnn", kSizes.I, kSizes.H, hypers);
    const int64_t levels = layer.levels();
    const LayerProgram drawn = layer_program(layer, kSizes, true);
    in_ = draw_inputs(drawn, kSizes, 21);
    in_["lengths"].data = {5, 11};
    if (levels > 0) boundaries(1, kSizes.T, {1, 4}, kWords);
    if (levels > 1) boundaries(2, segments_of(kSizes.T, 1), {1}, kSentences);
    ir::Builder b;
    plugin::LayerInputs inputs;
    inputs.x = b.input("x", {kSizes.T, kSizes.N, kSizes.I});
    inputs.lengths = b.input("lengths", {kSizes.N});
    inputs.segments = plugin::segment_inputs(b, levels, kSizes.T, kSizes.N);
    if (begins_anew_at >= 0) {
      inputs.resets = b.input("resets", {kSizes.T, kSizes.N});
      in_["resets"] = {{kSizes.T, kSizes.N}, Row(static_cast<size_t>(kSizes.T * kSizes.N))};
      in_["resets"].data[static_cast<size_t>(begins_anew_at) * 2 + 1] = 1;
    }
    inputs.weights = [&](const std::string& name) { return b.input(name, in_.at(name).shape); };
    const ir::Program program = bind_segments(b.finish({layer.record_layer(b, inputs).y}), levels, kSizes.T);
    Numbers mine;
    for (const ir::ValueId id : program.inputs) mine[program.producer(id).name] = in_.at(program.producer(id).name);
    const exec::Tensor y = exec::Reference(program).run(mine)[0];
    width_ = static_cast<size_t>(y.shape[2]);
    return sequence_of(y, 1, true).data;
  }

  Rows x() const {
    const exec::Tensor own = sequence_of(in_.at("x"), 1, true);
    Rows rows;
    for (size_t t = 0; t < static_cast<size_t>(kSizes.T); ++t) rows.push_back({own.data.begin() + static_cast<long>(t * 3), own.data.begin() + static_cast<long>(t * 3 + 3)});
    return rows;
  }

  // The simple recurrent cell `name` over the rows, from zero.
  Rows scanned(const std::string& name, Rows rows, bool reverse = false) const {
    Row h(static_cast<size_t>(kSizes.H));
    if (reverse) std::reverse(rows.begin(), rows.end());
    for (Row& row : rows) {
      const Row a = product(row, in_.at(name + ".W")), c = product(h, in_.at(name + ".U"));
      for (size_t i = 0; i < h.size(); ++i) h[i] = std::tanh(a[i] + c[i] + in_.at(name + ".b").data[i]);
      row = h;
    }
    if (reverse) std::reverse(rows.begin(), rows.end());
    return rows;
  }
  // Forwards, or both directions side by side.
  Rows level(const std::string& name, const Rows& rows, bool both) const {
    Rows f = scanned(name + ".forwards", rows);
    if (!both) return f;
    const Rows b = scanned(name + ".backwards", rows, true);
    for (size_t i = 0; i < f.size(); ++i) f[i] = joined(f[i], b[i]);
    return f;
  }
  // The mean of the rows by what attention gives each.
  Row attended(const std::string& name, const Rows& rows) const {
    Row mean(rows[0].size());
    double total = 0;
    for (const Row& row : rows) {
      Row u = product(row, in_.at(name + ".attention.W"));
      double score = 0;
      for (size_t i = 0; i < u.size(); ++i) score += std::tanh(u[i] + in_.at(name + ".attention.b").data[i]) * in_.at(name + ".attention.context").data[i];
      total += std::exp(score);
      for (size_t i = 0; i < mean.size(); ++i) mean[i] += std::exp(score) * row[i];
    }
    for (double& value : mean) value /= total;
    return mean;
  }
  static std::vector<Rows> cut(const Rows& rows, const Cuts& ends) {
    std::vector<Rows> parts;
    size_t begin = 0;
    for (const int64_t end : ends) {
      parts.emplace_back(rows.begin() + static_cast<long>(begin), rows.begin() + end + 1);
      begin = static_cast<size_t>(end) + 1;
    }
    return parts;
  }
  // Each row as often as its segment has steps.
  static Rows spread(const Rows& rows, const Cuts& ends) {
    Rows all;
    for (size_t s = 0; s < ends.size(); ++s)
      while (std::ssize(all) <= ends[s]) all.push_back(rows[s]);
    return all;
  }
  void expect(const Row& got, const Rows& expected) const {
    ASSERT_EQ(got.size(), expected.size() * width_);
    for (size_t t = 0; t < expected.size(); ++t)
      for (size_t i = 0; i < width_; ++i) EXPECT_NEAR(got[t * width_ + i], expected[t][i], 1e-12) << "step " << t << " column " << i;
  }

  Numbers in_;
  size_t width_ = 0;

 private:
  void boundaries(int64_t number, int64_t below, const Cuts& first, const Cuts& second) {
    const std::string name = "segments" + std::to_string(number) + "/";
    const int64_t S = segments_of(kSizes.T, number);
    exec::Tensor ends{{S, 2}, {}}, of{{below, 2}, {}};
    for (int64_t s = 0; s < S; ++s)
      for (const Cuts* own : {&first, &second}) ends.data.push_back(static_cast<double>((*own)[static_cast<size_t>(std::min<int64_t>(s, std::ssize(*own) - 1))]));
    for (int64_t t = 0; t < below; ++t)
      for (const Cuts* own : {&first, &second}) {
        size_t s = 0;
        while (s + 1 < own->size() && (*own)[s] < t) ++s;
        of.data.push_back(static_cast<double>(s));
      }
    in_[name + "ends"] = std::move(ends);
    in_[name + "of"] = std::move(of);
    in_[name + "counts"] = {{2}, {static_cast<double>(first.size()), static_cast<double>(second.size())}};
  }
};

TEST_F(HrnnTest, RunsEachWordThenTheWords) {
  const Row y = run({});
  Rows words;
  for (const Rows& word : cut(x(), kWords)) words.push_back(level("level1", word, false).back());
  expect(y, spread(level("level2", words, false), kWords));
}

TEST_F(HrnnTest, GoesOnFromWordToWordWhereAskedTo) {
  const Row y = run({{"afresh", false}});
  const Rows steps = level("level1", x(), false);
  Rows words;
  for (const int64_t end : kWords) words.push_back(steps[static_cast<size_t>(end)]);
  expect(y, spread(level("level2", words, false), kWords));
}

TEST_F(HrnnTest, RunsSentencesOfWordsInBothDirections) {
  const Row y = run({{"levels", int64_t{3}}, {"directions", std::string("both")}});
  // What stands for a segment is the last state of each direction: the backward one's is at the segment's first step.
  const auto summaries = [&](const std::string& name, const Rows& rows, const Cuts& ends) {
    Rows all;
    for (const Rows& part : cut(rows, ends)) all.push_back(joined(scanned(name + ".forwards", part).back(), scanned(name + ".backwards", part, true).front()));
    return all;
  };
  const Rows words = summaries("level1", x(), kWords), sentences = summaries("level2", words, kSentences);
  expect(y, spread(spread(level("level3", sentences, true), kSentences), kWords));
}

TEST_F(HrnnTest, WeighsWordsAndSentencesByAttention) {
  const Row y = run({{"directions", std::string("both")}, {"pool", std::string("attention")}});
  Rows words;
  for (const Rows& word : cut(x(), kWords)) words.push_back(attended("level1", level("level1", word, true)));
  const Rows top = level("level2", words, true);
  Rows so_far;
  for (size_t s = 0; s < top.size(); ++s) so_far.push_back(attended("level2", {top.begin(), top.begin() + static_cast<long>(s) + 1}));
  expect(y, spread(so_far, kWords));
}

// Two texts in one row: the second begins with the third word.
TEST_F(HrnnTest, BeginsAnewOnAllLevelsWhereATextDoes) {
  const plugin::HyperValues hypers{{"directions", std::string("both")}, {"afresh", false}};
  const Row y = run(hypers, 4);
  const auto text = [&](const Rows& rows, const Cuts& ends) {
    const Rows f = scanned("level1.forwards", rows), b = scanned("level1.backwards", rows, true);
    Rows words;
    int64_t begin = 0;
    for (const int64_t end : ends) {
      words.push_back(joined(f[static_cast<size_t>(end)], b[static_cast<size_t>(begin)]));
      begin = end + 1;
    }
    return spread(level("level2", words, true), ends);
  };
  const Rows all = x();
  Rows expected = text({all.begin(), all.begin() + 4}, {2, 3});
  for (const Row& row : text({all.begin() + 4, all.end()}, {3, 5, 6})) expected.push_back(row);
  expect(y, expected);
}

TEST_F(HrnnTest, IsTheCellItselfOnOneLevel) {
  const Row y = run({{"levels", int64_t{1}}});
  expect(y, level("level1", x(), false));
}

TEST_F(HrnnTest, SaysHowManyCellsItNeeds) {
  try {
    test_registry().make("hrnn", 3, 4, {{"levels", int64_t{3}}, {"cell", std::string("gru lstm")}});
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("cell names 2 cells for 3 levels"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace recur::conformance
