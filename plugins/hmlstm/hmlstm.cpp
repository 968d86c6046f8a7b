#include <recur/sdk.hpp>

// Hierarchical multiscale LSTM: levels that find the boundaries of their segments themselves.
// x [N, I]; each level has h and c [N, H] and, but for the top one, a boundary z [N, 1] that is 0 or 1.
struct Hmlstm : recur::Cell {
  const int64_t L = hyper("levels", 3, {1, 16}, "L, levels");
  const double slope = hyper("slope", 1.0, {1e-3, 1e3}, "of the hard sigmoid of the boundaries, in the gradient only");
  const double slope_end = hyper("slope_end", 5.0, {1e-3, 1e3}, "what the slope grows to");
  const int64_t anneal = hyper("anneal", 0, {0, 1e9}, "updates over which the slope grows; 0: it stays");
  Hyper<double> forget_bias = hyper("forget_bias", 1.0, {-10, 10}, "added to the forget gates' biases at the start");
  Hyper<std::string> gives = hyper("output", "gated", {"gated", "all", "top"}, "all levels gated into one, side by side, or the top one");

  struct Level {
    Weight below, own, b;
    std::optional<Weight> above;
    std::string h, c, z;
  };
  std::vector<Level> levels;
  std::optional<Weight> gates, embed;

  Hmlstm() {
    for (int64_t l = 1; l <= L; ++l) {
      const bool top = l == L;
      const std::string n = std::to_string(l);
      const int64_t columns = top ? 4 * hidden : 4 * hidden + 1;
      const char* order = top ? "f i o g" : "f i o g z";
      Level level{l == 1 ? input_weight("W1", columns) : weight("W" + n, {hidden, columns}), recurrent_weight("U" + n, columns), bias("b" + n, columns), {}, "h" + n, "c" + n, "z" + n};
      level.b.fill(0, hidden, forget_bias);
      if (!top) level.above = weight("D" + n, {hidden, columns});
      for (Weight* each : {&level.below, &level.own, &level.b}) each->gates(order);
      carry(level.h);
      carry(level.c);
      if (!top) carry(level.z, {1});
      levels.push_back(level);
    }
    if (gives == "gated") {
      gates = weight("gates", {L * hidden, L});
      embed = weight("embed", {L * hidden, hidden});
    }
  }

  Step step(Var x, State s) override {
    const int64_t H = hidden;
    Step result;
    std::vector<Var> all;
    Var below = x, z_below = 1;  // the lowest level is given something new at every step
    for (int64_t l = 0; l < L; ++l) {
      const Level& level = levels[static_cast<size_t>(l)];
      const bool top = l + 1 == L;
      Var h = s[level.h], c = s[level.c], z = top ? Var(0) : s[level.z];
      Var sums = matmul(below, level.below);
      if (l > 0) sums = z_below * sums;
      sums = sums + level.b + matmul(h, level.own);
      if (!top) sums = sums + z * matmul(s[levels[static_cast<size_t>(l) + 1].h], *level.above);
      auto [f, i, o] = split<3>(sigmoid(slice(sums, 0, 3 * H)));
      Var candidate = i * tanh(slice(sums, 3 * H, 4 * H));

      // z: flush. z_below alone: update. Neither: copy. As products, so that the boundaries have gradients.
      Var copy = (1 - z) * (1 - z_below), c_next = copy * c + (1 - z) * z_below * (f * c) + (1 - copy) * candidate;
      Var h_next = copy * h + (1 - copy) * (o * tanh(c_next));
      result.state.insert(result.state.end(), {{level.h, h_next}, {level.c, c_next}});
      if (!top) {
        z_below = boundary(slice(sums, 4 * H, 4 * H + 1));
        result.state.emplace_back(level.z, z_below);
      }
      below = h_next;
      all.push_back(h_next);
    }
    result.output = gives == "top" ? below : gives == "all" ? concat(all) : gated(concat(all));
    return result;
  }

  // 1 where the sum is positive; its gradient is that of the hard sigmoid max(0, min(1, (slope sum + 1) / 2)).
  Var boundary(Var sum) const {
    Var a = slope;
    if (anneal > 0) a = a + (slope_end - slope) * min(updates() / static_cast<double>(anneal), 1);
    return straight_through(sum > 0, max(min(0.5 * (a * sum + 1), 1), 0));
  }

  // relu(sum over levels of g_l h_l W_l): one gate a level, seen from all levels.
  Var gated(Var all) const {
    const int64_t N = all.dim(0);
    Var g = reshape(sigmoid(matmul(all, *gates)), {N, L, 1});
    return relu(matmul(reshape(g * reshape(all, {N, L, hidden}), {N, L * hidden}), *embed));
  }
};

RECUR_CELL(Hmlstm, "hmlstm", "1.0.0", "Hierarchical multiscale LSTM, which learns the boundaries of its segments",
           "Chung, Ahn and Bengio, Hierarchical multiscale recurrent neural networks, ICLR 2017, arXiv:1609.01704")
