#include <recur/sdk.hpp>

// Neural Turing machine.  x [N, I], memory of M rows of width W; R read and P write heads, Q = R + P, which may move by up to K rows.
// The memory lies as [N, W, M]: rows are many and narrow, so what is done to each of them runs along the last axis.
struct Ntm : recur::Cell {
  const int64_t M = hyper("rows", 128, {2, 65536}, "M, rows of the memory");
  const int64_t W = hyper("width", 20, {1, 4096}, "W, width of a row");
  const int64_t R = hyper("read_heads", 1, {1, 64}, "R, heads that read");
  const int64_t P = hyper("write_heads", 1, {1, 64}, "P, heads that erase and add");
  const int64_t K = hyper("shift_range", 1, {0, 64}, "K, rows that a head may move by in a step, either way");
  Hyper<std::string> controller = hyper("controller", "feedforward", "feedforward, or the id of a cell: lstm, say");
  Hyper<std::string> memory_start = hyper("memory_start", "constant", {"constant", "learned"}, "the memory before the first step");
  Hyper<std::string> head_start = hyper("head_start", "constant", {"constant", "learned"}, "the heads' rows and what they read before the first step");

  const int64_t Q = R + P, S = 2 * K + 1;
  std::optional<Inner> core;
  std::optional<Weight> Wx, Wr, b;

  Carry memory = carry("memory", {W, M}).start(1e-6);
  Carry read_weights = carry("read_weights", {R, M}), write_weights = carry("write_weights", {P, M});  // 0: not yet anywhere
  Carry reads = carry("reads", {R, W});
  std::optional<Weight> first_rows, heads, heads_b;

  Ntm() {
    if (S > M) throw recur::Error("a head that moves by up to shift_range rows either way needs at least 2 shift_range + 1 rows");
    if (controller != "feedforward") {
      core.emplace(inner("controller", controller, input + R * W, hidden));
      carry_states_of(*core);
    } else {
      Wx = input_weight("W", hidden);
      Wr = weight("R", {R * W, hidden});
      b = bias("b", hidden);
    }
    const int64_t C = core ? core->output() : hidden, columns = Q * (W + 3 + S) + 2 * P * W;
    const char* blocks = "key strength gate sharpness shift erase add";
    heads = weight("heads", {C, columns}).gates(blocks);
    heads_b = bias("heads_b", columns).gates(blocks);
    if (memory_start == "learned") memory.learned();
    if (head_start == "learned") {
      reads.learned();
      first_rows = weight("first_rows", {Q, M}, Init::normal(0, 0.1)).fill(0, 1, 5);
    }
  }

  Step step(Var x, State s) override {
    const int64_t N = x.dim(0);
    Step result;
    Var c = control(x, reshape(s[reads], {N, R * W}), s, result.state);
    const std::vector<Var> p = split(matmul(c, *heads) + *heads_b, {Q * W, Q, Q, Q, Q * S, P * W, P * W});
    Var w = address(s[memory], concat({s[read_weights], s[write_weights]}, 1), p);
    Var w_read = slice(w, 0, R, 1), w_write = slice(w, R, Q, 1);

    Var erase = -sigmoid(p[5]), add = tanh(p[6]), keep = 1, more = 0;  // negated here, where it is small
    for (int64_t i = 0; i < P; ++i) {
      Var at = reshape(slice(w_write, i, i + 1, 1), {N, M});
      keep = keep * (1 + outer(slice(erase, i * W, (i + 1) * W), at));
      more = more + outer(slice(add, i * W, (i + 1) * W), at);
    }
    Var written = s[memory] * keep + more;
    Var read = matmul(w_read, written, {.b = true});

    result.output = concat(c, reshape(read, {N, R * W}));
    result.state.insert(result.state.end(), {{"memory", written}, {"read_weights", w_read}, {"write_weights", w_write}, {"reads", read}});
    return result;
  }

  // What the controller makes of the input and of what was read at the step before, [N, C].
  Var control(Var x, Var seen, const State& s, recur::Next& next) {
    if (!core) return tanh(matmul(x, *Wx) + *b + matmul(seen, *Wr));
    auto [output, states] = core->step(concat(x, seen), core->states(s));
    core->put(states, next);
    return output;
  }

  // The weights of all heads, [N, Q, M], from those of the step before.
  Var address(Var memory, Var before, const std::vector<Var>& p) {
    const int64_t N = memory.dim(0);
    const auto each = [&](Var parameter) { return reshape(parameter, {N, Q, 1}); };
    Var key = tanh(reshape(p[0], {N, Q, W})), strength = softplus(each(p[1])), gate = sigmoid(each(p[2]));
    Var sharpness = 1 + softplus(each(p[3])), shift = softmax(reshape(p[4], {N, Q, S}));

    Var similarity = matmul(key, memory) * (1 / norm(key, 2)) * (1 / norm(memory, 1));
    Var content = softmax(strength * similarity);
    Var somewhere = relu(before);  // weights are not negative; whatever a caller begins with, powers stay defined
    Var past = select(sum(somewhere, {-1}, true) > 0.5, somewhere, start()), focus = past + gate * (content - past);

    Var moved = 0;
    for (int64_t k = -K; k <= K; ++k) moved = moved + slice(shift, k + K, k + K + 1) * roll(focus, k);
    return softmax(sharpness * log(moved + 1e-12));  // powers over their sum, so written that they cannot all underflow
  }

  // The rows that the heads begin at, [1, Q, M]: the first, or learned ones.
  Var start() {
    if (first_rows) return reshape(softmax(*first_rows), {1, Q, M});
    return broadcast(concat(constant(1, {1, 1, 1}), constant(0, {1, 1, M - 1})), {1, Q, M});
  }

  static Var norm(Var v, int64_t axis) { return sqrt(sum(square(v), {axis}, true) + 1e-16); }
};

RECUR_CELL(Ntm, "ntm", "1.0.0", "Neural Turing machine: a controller with read and write heads on a memory",
           "Graves, Wayne and Danihelka, Neural Turing machines, arXiv:1410.5401 (2014)")
