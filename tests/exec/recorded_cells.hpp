// The cells that oneDNN has primitives for, recorded from their equations, each marked as replaceable by its primitive.
// Weights as oneDNN's own: layer [I, G*H], iter [H, G*H], bias [G*H] (lbr_gru [4H]); gates lstm i f c o, gru u r o,
// lbr_gru u r o and u' for the bias inside the reset.
#pragma once

#include <string>
#include <vector>

#include "recur/ir/builder.hpp"

namespace recur::exec {

struct CellWeights {
  ir::ValueId layer, iter, bias;
};

inline const std::vector<std::string> kRecordedCells{"rnn_tanh", "rnn_relu", "lstm", "gru", "lbr_gru"};

int64_t gates_of(const std::string& cell);
int64_t bias_blocks_of(const std::string& cell);  // the bias is [blocks * H]
size_t states_of(const std::string& cell);        // h, and c for lstm

// x [T, N, I], init [N, H] each -> final states and y [T, N, H].
ir::Builder::ScanResult record_cell(ir::Builder& b, const std::string& cell, int64_t hidden, ir::ValueId x,
                                    const CellWeights& weights, const std::vector<ir::ValueId>& init,
                                    bool reverse = false, ir::ValueId lengths = ir::kNone);

}  // namespace recur::exec
