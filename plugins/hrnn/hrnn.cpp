#include <recur/sdk.hpp>

#include <optional>
#include <sstream>

// A recurrent network in levels over given boundaries: the lowest runs over all steps, each higher one over the segments of the one
// below.  x [T, N, I] -> y [T, N, O]: at each step what the top level has at the segment that the step lies in.
struct Hrnn : recur::Layer {
  const int64_t L = hyper("levels", 2, {1, RECUR_MAX_LEVELS + 1}, "recurrent levels; the data give boundaries of one level fewer");
  Hyper<std::string> cell = hyper("cell", "lstm", "id of every level's cell, or one for each from the lowest, with spaces between");
  Hyper<std::string> directions = hyper("directions", "forwards", {"forwards", "both"}, "whether each level also runs backwards");
  Hyper<std::string> pool = hyper("pool", "last", {"last", "attention"}, "what stands for a segment: its last state, or a weighted mean of all");
  const int64_t attention_size = hyper("attention_size", 0, {0, 65536}, "units that weigh the steps of a segment; 0: the hidden size");
  Hyper<bool> afresh = hyper("afresh", true, "every segment begins with the cell's start in place of where the one before ended");
  const bool both = directions == "both", attends = pool == "attention";

  struct Attention {
    Weight W, b, context;
  };
  struct Level {
    Inner forwards;
    std::optional<Inner> backwards;
    std::optional<Attention> attention;
  };
  std::vector<Level> levels;

  Hrnn() {
    needs_segments(L - 1);
    const std::vector<std::string> ids = cells();
    const int64_t A = attention_size > 0 ? attention_size : hidden;
    int64_t width = input;
    for (int64_t l = 0; l < L; ++l) {
      const std::string name = "level" + std::to_string(l + 1), &id = ids[static_cast<size_t>(l)];
      Level level{inner(name + ".forwards", id, width, hidden), {}, {}};
      if (both) level.backwards = inner(name + ".backwards", id, width, hidden);
      width = level.forwards.output() * (both ? 2 : 1);
      if (attends) level.attention = Attention{weight(name + ".attention.W", {width, A}), bias(name + ".attention.b", A), weight(name + ".attention.context", {A, 1})};
      levels.push_back(level);
    }
  }

  Sequence sequence(Var x, State) override {
    Var y = x, valid = lengths, row = resets ? counted(resets) : Var();  // row: which of the sequences in one row a step belongs to
    for (int64_t l = 1; l <= L; ++l) {
      const Level& level = levels[static_cast<size_t>(l - 1)];
      const bool top = l == L;
      const Segments cut = top ? Segments{} : segments(l);
      const Var part = sum_of(cut.of, row), anew = afresh ? part : row;
      const Var ahead = changes(anew, valid, false), behind = both ? changes(anew, valid, true) : Var();
      Var f = run(level.forwards, y, {.lengths = valid, .resets = ahead}).y, b;
      if (both) b = run(*level.backwards, y, {.reverse = true, .lengths = valid, .resets = behind}).y;
      y = both ? concat(f, b) : f;
      if (attends) y = attended(y, *level.attention, valid, changes(part, valid, false));
      if (top) break;
      y = !attends && both ? concat(gather_time(f, cut.ends), gather_time(b, begins(cut))) : gather_time(y, cut.ends);
      if (row) row = gather_time(row, cut.ends);
      valid = cut.counts;
    }
    for (int64_t l = L - 1; l >= 1; --l) y = gather_time(y, segments(l).of);
    return {.output = y};
  }

  // The mean of h [B, N, O] from where a segment began to each step, weighted by softmax(tanh(h W + b) context). The largest score so far is
  // taken out of the exponentials; the quotient does not depend on it.
  Var attended(Var h, const Attention& attention, Var valid, Var anew) {
    Var score = matmul(tanh(matmul(h, attention.W) + attention.b), attention.context);
    const int64_t N = h.dim(1), O = h.dim(2);
    return scan({score, h}, {constant(-1e30, {N, 1}), constant(0, {N, 1}), constant(0, {N, O})},
                [](const std::vector<Var>& now, const std::vector<Var>& before) {
                  Var largest = stop_gradient(max(before[0], now[0]));
                  Var keep = exp(stop_gradient(before[0]) - largest), e = exp(now[0] - largest);
                  Var total = before[1] * keep + e, sum = before[2] * keep + e * now[1];
                  return Body{.next = {largest, total, sum}, .out = {sum / total}};
                },
                {.lengths = valid, .resets = anew})
        .out[0];
  }

  // 1 where a scan comes to a step whose number [B, N] differs from the one before; no value where there are no numbers.
  Var changes(Var number, Var valid, bool reverse) {
    if (!number) return {};
    return scan({number}, {constant(-1, {number.dim(1)})},
                [](const std::vector<Var>& now, const std::vector<Var>& before) { return Body{{now[0]}, {1 - equal(now[0], before[0])}}; },
                {.reverse = reverse, .lengths = valid, .resets = Var()})
        .out[0];
  }
  // How many marks [T, N] there were up to each step.
  Var counted(Var marks) {
    return scan({marks}, {constant(0, {marks.dim(1)})},
                [](const std::vector<Var>& now, const std::vector<Var>& before) { return Body{{before[0] + now[0]}, {before[0] + now[0]}}; },
                {.lengths = Var(), .resets = Var()})
        .out[0];
  }
  // The first step of each segment, [S, N]: behind the end of the one before.
  Var begins(const Segments& cut) {
    return scan({cut.ends}, {constant(0, {cut.ends.dim(1)})},
                [](const std::vector<Var>& end, const std::vector<Var>& begin) { return Body{{end[0] + 1}, {begin[0]}}; },
                {.lengths = cut.counts, .resets = Var()})
        .out[0];
  }
  static Var sum_of(Var a, Var b) { return a && b ? a + b : a ? a : b; }

  std::vector<std::string> cells() const {
    std::istringstream in(cell.value());
    std::vector<std::string> ids;
    for (std::string id; in >> id;) ids.push_back(id);
    if (ids.size() == 1) ids.resize(static_cast<size_t>(L), ids[0]);
    if (std::ssize(ids) != L) throw recur::Error("cell names " + std::to_string(ids.size()) + " cells for " + std::to_string(L) + " levels; one, or one for each, is needed");
    return ids;
  }
};

RECUR_LAYER(Hrnn, "hrnn", "1.0.0", "Any cells in levels over given boundaries, each segment a step of the level above",
            "El Hihi and Bengio, NIPS 1995; attention: Yang et al., Hierarchical attention networks, NAACL 2016",
            "needs boundaries with the data, and whole sequences: it carries no state from one part of a sequence to the next")
