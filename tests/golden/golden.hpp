// Golden values of the classic cells: inputs, outputs and gradients that golden_rnn.py worked out from the equations in
// the papers, without any of recur's code. Weights in oneDNN's layout and gate order.
//
// Errors: a file that is missing or not as golden_rnn.py writes it is an InvariantError.
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "recur/exec/reference.hpp"

namespace recur {

// tensors: the inputs x [T, N, I], W [I, G*H], U [H, G*H], b [G*H] (lbr_gru [4H]), h0 [N, H] and, for lstm, c0; lengths [N]
// in some files; the outputs y [T, N, H], h_final, c_final; the gradients that come in, d:y, d:h_final, d:c_final;
// and those that go out, d:x, d:W, d:U, d:b, d:h0, d:c0.
struct Golden {
  std::string file;  // "lstm_lengths"
  std::string cell;  // rnn_tanh, rnn_relu, lstm, gru (reset before the product), lbr_gru (after)
  int64_t T = 0, N = 0, I = 0, H = 0;
  std::map<std::string, exec::Tensor> tensors;

  bool has_lengths() const { return tensors.contains("lengths"); }
  bool has_cell_state() const { return tensors.contains("c0"); }
  const exec::Tensor& at(const std::string& name) const;
};

Golden load_golden(const std::string& file);
std::vector<std::string> golden_files();  // every one there is

}  // namespace recur
