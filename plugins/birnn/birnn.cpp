#include <recur/sdk.hpp>

// Any cell forwards and backwards over a sequence.  x [T, N, I] -> y [T, N, 2 O], or [T, N, O] where the directions meet element by element.
struct Birnn : recur::Layer {
  Hyper<std::string> cell = hyper("cell", "lstm", "id of the cell that runs in both directions");
  Hyper<std::string> join = hyper("join", "concat", {"concat", "sum", "mean", "product"}, "how the two directions become one output");
  Inner forwards = inner("forwards", cell, input, hidden), backwards = inner("backwards", cell, input, hidden);

  Sequence sequence(Var x, State) override {
    Var f = run(forwards, x).y, b = run(backwards, x, {.reverse = true}).y;
    if (join == "sum") return {.output = f + b};
    if (join == "mean") return {.output = 0.5 * (f + b)};
    if (join == "product") return {.output = f * b};
    return {.output = concat(f, b)};
  }
};

RECUR_LAYER(Birnn, "birnn", "1.0.0", "Any cell forwards and backwards",
            "Schuster and Paliwal, Bidirectional recurrent neural networks, IEEE Trans. Signal Processing 45(11), 1997",
            "needs whole sequences: it carries no state from one part of a sequence to the next")
