#include <recur/sdk.hpp>

// Gated recurrent unit.  x [N, I], h [N, H]; gates u (update), r (reset), o (candidate).
struct Gru : recur::Cell {
  Hyper<std::string> reset = hyper("reset", "after", {"after", "before"}, "the reset gate acts after or before the recurrent product");
  bool after = reset == "after";

  Weight W = input_weight("W", 3 * hidden).gates("u r o");
  Weight U = recurrent_weight("U", 3 * hidden).gates("u r o");
  Weight b = after ? bias("b", 4 * hidden).gates("u r o u'") : bias("b", 3 * hidden).gates("u r o");
  Lowering fused = lowers_to(after ? "onednn.lbr_gru" : "onednn.gru", {.layer = W, .iter = U, .bias = b});

  Step step(Var x, State s) override {
    const int64_t H = hidden;
    Var h_prev = s["h"], z = matmul(x, W) + slice(b, 0, 3 * H), u, candidate;
    if (after) {
      auto [x_u, x_r, x_o] = split<3>(z);
      auto [h_u, h_r, h_o] = split<3>(matmul(h_prev, U));
      u = sigmoid(x_u + h_u);
      candidate = tanh(x_o + sigmoid(x_r + h_r) * (h_o + slice(b, 3 * H, 4 * H)));
    } else {
      Var ur = sigmoid(slice(z, 0, 2 * H) + matmul(h_prev, slice(U, 0, 2 * H)));
      auto [update, r] = split<2>(ur);
      u = update;
      candidate = tanh(slice(z, 2 * H, 3 * H) + matmul(r * h_prev, slice(U, 2 * H, 3 * H)));
    }
    Var h = u * h_prev + (1 - u) * candidate;
    return {.output = h, .state = {{"h", h}}};
  }
};

RECUR_CELL(Gru, "gru", "1.0.0", "Gated recurrent unit, reset after or before the recurrent product",
           "Cho et al., EMNLP 2014, arXiv:1406.1078 (v1: reset after, v3: before)")
