// A linear-chain conditional random field over the classes of every step (Lafferty, McCallum and Pereira 2001), recorded into a program.
//
//   score(y) = start[y_0] + sum_t x[t, y_t] + sum_{t > 0} transitions[y_{t-1}, y_t] + end[y_last]      p(y) = exp(score(y)) / Z
//
// x [T, N, V] are the network's outputs, y one of the V^length ways to give a class to every step of a sequence.
//
// Errors: none of its own. Threading: as the builder.
#pragma once

#include "recur/ir/builder.hpp"

namespace recur::model {

struct Crf {
  ir::ValueId transitions = ir::kNone;  // [V, V]: from the class of a step to that of the next
  ir::ValueId start = ir::kNone;        // [V]
  ir::ValueId end = ir::kNone;          // [V]
};

// -log p of the labels in nats [N], and of those labels alone that are known: the others are summed over (Tsuboi et al. 2008, equation 4).
//   log Z - log Z', Z' the sum over all y that agree with the known labels
// labels [T, N]: any class where it is not known. known [T, N]: 1 or 0. lengths [N], or kNone: all T steps.
// The forward recursion for Z and Z' side by side, O(T V^2); scores of transitions below -80 count as -80.
ir::ValueId crf_nats(ir::Builder& builder, const Crf& crf, ir::ValueId x, ir::ValueId labels, ir::ValueId known, ir::ValueId lengths);

// [T, N, V]: the best score of all y with that class at that step, so that the largest of each step are the best y of all, the Viterbi path
// (where several are the best, each step may take another's). Zero beyond a sequence's length. O(T V^2); no gradient.
ir::ValueId crf_max_marginals(ir::Builder& builder, const Crf& crf, ir::ValueId x, ir::ValueId lengths);

}  // namespace recur::model
