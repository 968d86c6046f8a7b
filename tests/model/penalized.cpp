#include <recur/sdk.hpp>

// What the other cells have not: a learned start, a state with two axes, and a term of the loss.  x [N, I], h [N, H], m [N, 2, 3]
struct Penalized : recur::Cell {
  Weight W = input_weight("W", hidden), U = recurrent_weight("U", hidden);
  Carry h0 = carry("h").learned();
  Carry m0 = carry("m", {2, 3}).start(0.5);

  Step step(Var x, State s) override {
    Var m = s["m"];
    Var h = tanh(matmul(x, W) + matmul(s["h"], U) + reshape(mean(m, {1, 2}), {RECUR_DIM_N, 1}));
    auxiliary_loss("activity", mean(square(h)), 0.25);
    return {.output = h, .state = {{"h", h}, {"m", 0.5 * m + reshape(mean(h), {RECUR_DIM_N, 1, 1})}}};
  }
};

RECUR_CELL(Penalized, "penalized", "1.0.0", "For tests: learned start, auxiliary loss, a state with two axes")
