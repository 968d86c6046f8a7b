#include <recur/sdk.hpp>

// Long short-term memory with forget gates.  x [N, I], h and c [N, H].
struct Lstm : recur::Cell {
  Hyper<double> forget_bias = hyper("forget_bias", 1.0, {-10, 10}, "added to the forget gate's bias at the start");

  Weight W = input_weight("W", 4 * hidden).gates("i f c o");
  Weight U = recurrent_weight("U", 4 * hidden).gates("i f c o");
  Weight b = bias("b", 4 * hidden).gates("i f c o").fill(hidden, 2 * hidden, forget_bias);
  Carry h0 = carry("h"), c0 = carry("c");
  Lowering fused = lowers_to("onednn.lstm", {.layer = W, .iter = U, .bias = b});

  Step step(Var x, State s) override {
    auto [i, f, g, o] = split<4>(matmul(x, W) + b + matmul(s["h"], U));
    Var c = sigmoid(f) * s["c"] + sigmoid(i) * tanh(g);
    Var h = sigmoid(o) * tanh(c);
    return {.output = h, .state = {{"h", h}, {"c", c}}};
  }
};

RECUR_CELL(Lstm, "lstm", "1.0.0", "Long short-term memory with forget gates",
           "Hochreiter and Schmidhuber, Neural Computation 9(8), 1997; Gers et al., Neural Computation 12(10), 2000")
