// Layer: a whole sequence, with scans of its own.
//
//   struct Bidirectional : recur::Layer {
//     Hyper<std::string> cell = hyper("cell", "gru", "id of the cell that runs in both directions");
//     Inner forwards = inner("forwards", cell, input, hidden), backwards = inner("backwards", cell, input, hidden);
//     Sequence sequence(Var x, State) override {
//       return {.output = concat(run(forwards, x).y, run(backwards, x, {.reverse = true}).y)};
//     }
//   };
#pragma once

#include <recur/sdk/inner.hpp>
#include <recur/sdk/unit.hpp>

#include <optional>

namespace recur {

struct ScanOptions {
  bool reverse = false;
  // Where not set, the layer's own; Var() for none, as in a scan over something else than the layer's time. In a reverse scan the
  // layer's own resets act at each sequence's last step, where that scan meets it first; resets given here act where they stand.
  std::optional<Var> lengths = {}, resets = {};
};

struct RunOptions {
  bool reverse = false;
  std::optional<std::vector<Var>> states = {};   // before the first step; where not set, the cell's own start
  std::optional<Var> lengths = {}, resets = {};  // as in ScanOptions
};

// Boundaries of one level, given with the data: level 1 cuts the layer's T steps into segments (characters into words), level k + 1 cuts the
// segments of level k. B is T at level 1, else the number of segments of the level below; S is this level's.
struct Segments {
  Var ends;    // [S, N]: the last step of each segment (for gather_time), the last again beyond a sequence's segments
  Var of;      // [B, N]: the segment that each step lies in
  Var counts;  // [N]: how many segments each sequence has; the lengths of a scan over them
};

// Derive, declare as in a Cell (without states unless carried by name), and write sequence.
class Layer : public Unit {
 public:
  struct Sequence {
    Var output;       // [T, N, O]
    Next state = {};  // a value for every state
  };

  // x [T, N, I]
  virtual Sequence sequence(Var x, State s) = 0;

  // For the trampolines.
  static constexpr recur_kind kKind = RECUR_LAYER;
  void ready() {}
  uint32_t levels() const { return levels_; }
  void record(Var x, const recur_var* states, uint32_t count, Var with_lengths, Var with_resets, recur_var* y, recur_var* final_states) {
    lengths = with_lengths;
    resets = with_resets;
    const Sequence result = sequence(x, state_of(states, count));
    if (!result.output) throw Error("sequence gave no output");
    write_next(result.state, final_states);
    *y = result.output.id();
  }

 protected:
  using Inner = recur::Inner;
  Inner inner(const std::string& name, const std::string& id, int64_t I, int64_t H) { return Inner(build(), name, id, I, H); }
  void carry_states_of(const Inner& cell) { cell.carry_into(carries_); }

  Var lengths;  // [N], or no value: all T steps are valid
  Var resets;   // [T, N], or no value; 1 where a sequence starts anew

  // Says, while declaring, that the layer reads boundaries of levels 1 to `levels`; segments(level) gives them while recording.
  void needs_segments(int64_t levels) { levels_ = static_cast<uint32_t>(levels); }
  using Segments = recur::Segments;
  Segments segments(int64_t level) const {
    const detail::Call& call = detail::recording();
    detail::need(call, offsetof(recur_host, segments));
    recur_segments out{};
    out.struct_size = sizeof(out);
    detail::check(call.host->segments(call.recorder, static_cast<uint32_t>(level), &out));
    return {Var::from_id(out.ends), Var::from_id(out.of), Var::from_id(out.counts)};
  }

  using ScanOptions = recur::ScanOptions;
  using RunOptions = recur::RunOptions;
  struct Body {
    std::vector<Var> next;      // the states after the step, in the order of init
    std::vector<Var> out = {};  // to be stacked over time
  };
  struct Scanned {
    std::vector<Var> last;  // the states after the last step
    std::vector<Var> out;   // [T, N, ...]
  };
  // Repeats body over time: body(x_t, states) -> Body, both std::vector<Var>. xs [T, ...] become x_t [...].
  template <class F>
  Scanned scan(const std::vector<Var>& xs, const std::vector<Var>& init, F body, const ScanOptions& options = {}) {
    const detail::Call& call = detail::recording();
    const Var anew = options.resets ? *options.resets : options.reverse && resets ? resets_from_behind() : resets;
    const std::vector<recur_var> x_ids = detail::ids(xs), init_ids = detail::ids(init);
    std::vector<recur_var> x_t(xs.size()), states(init.size());
    detail::check(call.host->begin_scan(call.recorder, x_ids.data(), count(x_ids), init_ids.data(), count(init_ids),
                                        options.reverse, options.lengths.value_or(lengths).id(), anew.id(), x_t.data(),
                                        states.data()));
    const Body step = body(detail::vars(x_t), detail::vars(states));
    if (step.next.size() != init.size())
      throw Error("a scan over " + std::to_string(init.size()) + " states was given " + std::to_string(step.next.size()) + " next ones");
    const std::vector<recur_var> next = detail::ids(step.next), out = detail::ids(step.out);
    std::vector<recur_var> last(next.size()), stacked(out.size());
    detail::check(call.host->end_scan(call.recorder, next.data(), count(next), out.data(), count(out), last.data(), stacked.data()));
    return {detail::vars(last), detail::vars(stacked)};
  }

  struct Run {
    Var y;                  // [T, N, O]
    std::vector<Var> last;  // the states after the last step
  };
  // An inner cell over the layer's time.
  Run run(const Inner& cell, Var x, const RunOptions& options = {}) {
    const Scanned result = scan(
        {x}, options.states ? *options.states : cell.start(),
        [&](const std::vector<Var>& x_t, const std::vector<Var>& states) {
          const Inner::Stepped step = cell.step(x_t[0], states);
          return Body{step.next, {step.output}};
        },
        {.reverse = options.reverse, .lengths = options.lengths, .resets = options.resets});
    return {result.out[0], result.last};
  }

 private:
  uint32_t levels_ = 0;

  // [T, N]: 1 where the next step belongs to another sequence.
  Var resets_from_behind() {
    const auto shift = [](const std::vector<Var>& mark, const std::vector<Var>& before) { return Body{{mark[0]}, {before[0]}}; };
    return scan({resets}, {constant(0, {resets.dim(1)})}, shift, {.reverse = true, .lengths = Var(), .resets = Var()}).out[0];
  }
  static uint32_t count(const std::vector<recur_var>& ids) { return static_cast<uint32_t>(ids.size()); }
};

}  // namespace recur
