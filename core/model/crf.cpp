#include "crf.hpp"

namespace recur::model {

using ir::Op;
using ir::Shape;
using ir::ValueId;

namespace {

constexpr double kExcluded = -1e4;  // exp of it is 0 in single and in double precision
constexpr double kLeast = 1e-35;    // about e^-80: log stays finite

}  // namespace

ValueId crf_nats(ir::Builder& builder, const Crf& crf, ValueId x, ValueId labels, ValueId known, ValueId lengths) {
  const Shape shape = builder.shape(x);
  const int64_t T = shape[0], N = shape[1], V = shape[2];
  const auto largest = [&](ValueId scores) {
    return builder.emit(Op::kStopGradient, {builder.emit(Op::kReduceMax, {scores}, {1, -1})});
  };

  // Two lattices [T, N, 2, V]: all y, and those that agree with what is known.
  const ValueId right = builder.emit(Op::kPut, {labels, known}, {V});
  const ValueId wrong = builder.sub(builder.reshape(known, {T, N, 1}), right);
  const ValueId agreeing = builder.add(x, builder.mul(wrong, builder.constant(kExcluded)));
  const ValueId lattices =
      builder.emit(Op::kConcat, {builder.reshape(x, {T, N, 1, V}), builder.reshape(agreeing, {T, N, 1, V})}, {2});

  // States: log-sums over what came before a step, and the same with the step itself. The second are only kept for the last step.
  const ValueId transitions = builder.emit(Op::kExp, {crf.transitions});
  const ValueId start = builder.emit(Op::kBroadcast, {crf.start}, {N, 2, V});
  const ir::Builder::ScanVars step = builder.begin_scan({lattices}, {start, start}, false, lengths);
  const ValueId alpha = builder.add(step.states[0], step.x_t[0]);
  const ValueId top = largest(alpha);
  const ValueId sums = builder.matmul(builder.emit(Op::kExp, {builder.sub(alpha, top)}), transitions);
  const ValueId before = builder.add(builder.emit(Op::kLog, {builder.emit(Op::kMax, {sums, builder.constant(kLeast)})}), top);
  const ValueId last = builder.end_scan({before, alpha}, {}, "crf").final_states[1];

  const ValueId ended = builder.add(last, crf.end);
  const ValueId highest = largest(ended);
  const ValueId sum = builder.sum(builder.emit(Op::kExp, {builder.sub(ended, highest)}), {-1}, true);
  const ValueId log_z = builder.add(builder.emit(Op::kLog, {sum}), highest);  // [N, 2, 1]
  return builder.reshape(builder.sub(builder.slice(log_z, 1, 0, 1), builder.slice(log_z, 1, 1, 2)), {N});
}

ValueId crf_max_marginals(ir::Builder& builder, const Crf& crf, ValueId x, ValueId lengths) {
  const Shape shape = builder.shape(x);
  const int64_t N = shape[1], V = shape[2];
  // The best score of everything on one side of each step.
  const auto best_beside = [&](bool backwards) {
    const ValueId outer = builder.emit(Op::kBroadcast, {backwards ? crf.end : crf.start}, {N, V});
    const ir::Builder::ScanVars step = builder.begin_scan({x}, {outer}, backwards, lengths);
    const ValueId here = builder.add(step.states[0], step.x_t[0]);
    const ValueId there = builder.add(builder.reshape(here, backwards ? Shape{N, 1, V} : Shape{N, V, 1}), crf.transitions);
    const ValueId next = builder.emit(Op::kReduceMax, {there}, {0, backwards ? 2 : 1});
    return builder.end_scan({next}, {step.states[0]}, "viterbi").stacked[0];
  };
  const ValueId before = best_beside(false), after = best_beside(true);
  const ValueId best = builder.add(builder.add(before, x), after);
  if (lengths == ir::kNone) return best;
  const ValueId valid = builder.emit(Op::kLengthMask, {lengths}, {shape[0]});
  return builder.emit(Op::kSelect, {builder.reshape(valid, {shape[0], N, 1}), best, builder.constant(0)});
}

}  // namespace recur::model
