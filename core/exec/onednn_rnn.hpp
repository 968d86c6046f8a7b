// One recurrent layer in one direction, computed as a whole by oneDNN's RNN primitive (2.x API, f32).
//
// Made once for its sizes; running creates nothing and takes no memory of its own. Arrays are row-major:
//   x, dx [T, N, I]   y, dy [T, N, H]   states [N, H]
//   W, dW [I, G*H]    U, dU [H, G*H]    b, db [G*H]
// with G gates in oneDNN's order: lstm i f c o, gru and lbr_gru u r o (the bias of lbr_gru is [4*H]: u r o u'), rnn_tanh
// and rnn_relu one. Where the layer runs in reverse, final states are those after step 0.
//
// oneDNN wants weights in layouts of its own; they are converted on the first run after weights_changed().
//
// Errors: a primitive that oneDNN cannot make is an InvariantError.
// Threading: one run at a time. Make and run it with the OpenMP team set to the same size (one, usually).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "recur/ir/program.hpp"

namespace recur::exec {

// What a forward pass reads. c0 is null but for lstm.
struct RnnInputs {
  const float* x = nullptr;
  const float *W = nullptr, *U = nullptr, *b = nullptr;
  const float *h0 = nullptr, *c0 = nullptr;
};

// What it writes. cT is null but for lstm; workspace is null unless training.
struct RnnOutputs {
  float* y = nullptr;
  float *hT = nullptr, *cT = nullptr;
  float* workspace = nullptr;  // what backward needs, workspace_floats(); good for one backward pass
};

struct RnnOutputGradients {
  const float* dy = nullptr;
  const float *dhT = nullptr, *dcT = nullptr;
};

// Overwritten, not added to.
struct RnnInputGradients {
  float* dx = nullptr;
  float *dW = nullptr, *dU = nullptr, *db = nullptr;
  float *dh0 = nullptr, *dc0 = nullptr;
};

class OnednnRnn {
 public:
  OnednnRnn(const ir::Primitive& primitive, int64_t T, int64_t N);
  ~OnednnRnn();
  OnednnRnn(OnednnRnn&&) noexcept;
  OnednnRnn& operator=(OnednnRnn&&) noexcept;

  // What the caller lends each run; aligned to 64 bytes for speed.
  size_t scratch_floats() const;
  size_t workspace_floats() const;  // 0 unless training

  // The values behind W and U are new, also where the pointers are the same.
  void weights_changed();

  void forward(const RnnInputs& in, const RnnOutputs& out, float* scratch);
  // Requires primitive.training and a forward pass with the same inputs, whose outputs these are.
  void backward(const RnnInputs& in, const RnnOutputs& out, const RnnOutputGradients& d_out,
                const RnnInputGradients& d_in, float* scratch);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace recur::exec
