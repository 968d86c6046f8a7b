#include <recur/sdk.hpp>

// Simple recurrent network (Elman 1990).  x [N, I], h [N, H].
struct Vanilla : recur::Cell {
  Hyper<std::string> activation = hyper("activation", "tanh", {"tanh", "relu"}, "applied to the sum of both products");

  Weight W = input_weight("W", hidden);
  Weight U = recurrent_weight("U", hidden);
  Weight b = bias("b", hidden);

  bool is_relu = activation == "relu";
  Lowering fused = lowers_to(is_relu ? "onednn.rnn_relu" : "onednn.rnn_tanh", {.layer = W, .iter = U, .bias = b});

  Step step(Var x, State s) override {
    Var z = matmul(x, W) + b + matmul(s["h"], U);
    Var h = is_relu ? relu(z) : tanh(z);
    return {.output = h, .state = {{"h", h}}};
  }
};

RECUR_CELL(Vanilla, "vanilla", "1.0.0", "Simple recurrent network, tanh or relu",
           "Elman, Finding structure in time, Cognitive Science 14 (1990)")
