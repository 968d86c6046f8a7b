// The likelihood of x by a network that has read what came before it.
//
//   h_t            what the layers make of x_1 ... x_t-1; before the first step they read zeros
//   gaussian       p(x_t | past) = prod_c N(x_tc; m_c, d_c^2), (m, s) = h_t W + b, d = softplus(s) + 0.001
//   bernoulli      p(x_t | past) = prod_c p_c^x_tc (1 - p_c)^(1 - x_tc), logits h_t W + b
//
// The floor of the deviation keeps a value that never changes from making the likelihood infinite.
#pragma once

#include "recur/data/task.hpp"
#include "recur/ir/builder.hpp"

namespace recur::model {

// Parameters of the distribution of C values.
int64_t distribution_width(data::OutputSpec::Distribution distribution, int64_t C);

// x [T, N, C] a step later: zeros, x_1, ..., x_T-1.
ir::ValueId one_step_later(ir::Builder& builder, ir::ValueId x);

// log p of x [.., C] under parameters [.., P], in nats: [.., 1].
ir::ValueId log_density(ir::Builder& builder, data::OutputSpec::Distribution distribution, ir::ValueId parameters, ir::ValueId x);

// A draw [N, C] for parameters [N, P].
ir::ValueId drawn(ir::Builder& builder, data::OutputSpec::Distribution distribution, ir::ValueId parameters);

}  // namespace recur::model
