#include "onednn_rnn.hpp"

#include <dnnl.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "recur/error/error.hpp"

namespace recur::exec {

namespace {

using dnnl::memory;

size_t floats(const memory::desc& desc) { return (desc.get_size() + sizeof(float) - 1) / sizeof(float); }

// A primitive with its arguments bound once. The C++ interface builds a map and a vector at each execution; this
// hands oneDNN the same array every time.
class Call {
 public:
  Call(const dnnl::engine& engine, dnnl::primitive primitive)
      : engine_(engine), primitive_(std::move(primitive)) {}

  void add(int argument, const memory::desc& desc) {
    if (desc.get_size() == 0) return;  // not an argument of this kind of primitive
    memories_.push_back(memory(desc, engine_, DNNL_MEMORY_NONE));
    arguments_.push_back({argument, memories_.back().get()});
  }

  void set(int argument, const void* data) {
    for (size_t i = 0; i < arguments_.size(); ++i) {
      if (arguments_[i].arg == argument) return memories_[i].set_data_handle(const_cast<void*>(data));
    }
  }

  void run(dnnl::stream& stream) {
    dnnl::error::wrap_c_api(dnnl_primitive_execute(primitive_.get(), stream.get(), static_cast<int>(arguments_.size()),
                                                   arguments_.data()),
                            "could not execute an RNN primitive");
  }

 private:
  dnnl::engine engine_;
  dnnl::primitive primitive_;
  std::vector<memory> memories_;
  std::vector<dnnl_exec_arg_t> arguments_;
};

// An array in the primitive's layout beside one in ours; one and the same where the layouts agree.
class Converted {
 public:
  Converted(const dnnl::engine& engine, const memory::desc& ours, const memory::desc& theirs, bool to_theirs) {
    if (ours == theirs) return;
    buffer_ = memory(theirs, engine);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const memory::desc &from = to_theirs ? ours : theirs, &to = to_theirs ? theirs : ours;
    const dnnl::reorder::primitive_desc desc(engine, from, engine, to, attributes);
    reorder_.emplace(engine, dnnl::reorder(desc));
    reorder_->add(DNNL_ARG_FROM, from);
    reorder_->add(DNNL_ARG_TO, to);
    reorder_->add(DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc());
    scratch_floats_ = floats(desc.scratchpad_desc());
    size_ = theirs.get_size();
  }

  size_t scratch_floats() const { return scratch_floats_; }

  // Ours to theirs, done anew where `stale`.
  const void* read(const float* ours, bool stale, dnnl::stream& stream, float* scratch) {
    if (!reorder_) return ours;
    if (stale) {
      reorder_->set(DNNL_ARG_FROM, ours);
      convert(DNNL_ARG_TO, stream, scratch);
    }
    return buffer_.get_data_handle();
  }

  // Where the primitive may add up what belongs in `ours` (whose size is given): begins with zeros.
  void* begin_sum(float* ours, size_t ours_floats) {
    void* target = reorder_ ? buffer_.get_data_handle() : ours;
    std::memset(target, 0, reorder_ ? size_ : ours_floats * sizeof(float));
    return target;
  }
  void end_sum(float* ours, dnnl::stream& stream, float* scratch) {
    if (!reorder_) return;
    reorder_->set(DNNL_ARG_TO, ours);
    convert(DNNL_ARG_FROM, stream, scratch);
  }

 private:
  void convert(int theirs, dnnl::stream& stream, float* scratch) {
    reorder_->set(theirs, buffer_.get_data_handle());
    reorder_->set(DNNL_ARG_SCRATCHPAD, scratch);
    reorder_->run(stream);
  }

  memory buffer_;
  std::optional<Call> reorder_;
  size_t scratch_floats_ = 0, size_ = 0;
};

// The descriptions of a layer's arrays. `any` lets oneDNN choose the layout of the weights.
struct Layout {
  memory::desc x, y, state, cell, ours_W, ours_U, any_W, any_U, bias;

  Layout(const ir::Primitive& p, int64_t T, int64_t N) {
    constexpr auto kF32 = memory::data_type::f32;
    using tag = memory::format_tag;
    const int64_t gates = p.name == "lstm" ? 4 : p.name == "gru" || p.name == "lbr_gru" ? 3 : 1;
    const memory::dims W{1, 1, p.input, gates, p.hidden}, U{1, 1, p.hidden, gates, p.hidden};
    x = {{T, N, p.input}, kF32, tag::tnc};
    y = {{T, N, p.hidden}, kF32, tag::tnc};
    state = {{1, 1, N, p.hidden}, kF32, tag::ldnc};
    if (p.name == "lstm") cell = state;
    ours_W = {W, kF32, tag::ldigo};
    ours_U = {U, kF32, tag::ldigo};
    any_W = {W, kF32, tag::any};
    any_U = {U, kF32, tag::any};
    bias = {{1, 1, p.name == "lbr_gru" ? 4 : gates, p.hidden}, kF32, tag::ldgo};
  }
};

// What is needed of a primitive_desc, whatever its type.
struct Made {
  dnnl::primitive primitive;
  memory::desc W, U, dW, dU, workspace, scratchpad;
};

template <class Primitive, class Desc, class... Hint>
Made make(const Desc& desc, const dnnl::engine& engine, const Hint&... forward_hint) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const typename Primitive::primitive_desc pd(desc, attributes, engine, forward_hint...);
  Made made{Primitive(pd), pd.weights_layer_desc(), pd.weights_iter_desc(), {}, {}, pd.workspace_desc(),
            pd.scratchpad_desc()};
  if constexpr (sizeof...(Hint) > 0) {
    made.dW = pd.diff_weights_layer_desc();
    made.dU = pd.diff_weights_iter_desc();
  }
  return made;
}

struct Pair {
  Made forward;
  std::optional<Made> backward;
};

// desc(kind) and gradient_desc() give the operation descriptions; oneDNN wants the forward one as a hint for the other.
template <class Forward, class Backward, class Desc, class GradientDesc>
Pair make_pair_of(const dnnl::engine& engine, bool training, const Desc& desc, const GradientDesc& gradient_desc) {
  if (!training) return {make<Forward>(desc(dnnl::prop_kind::forward_inference), engine), std::nullopt};
  const auto forward = desc(dnnl::prop_kind::forward_training);
  const typename Forward::primitive_desc hint(forward, engine);
  return {make<Forward>(forward, engine), make<Backward>(gradient_desc(), engine, hint)};
}

Pair make_primitives(const ir::Primitive& p, const Layout& l, const dnnl::engine& engine) {
  const auto direction =
      p.reverse ? dnnl::rnn_direction::unidirectional_right2left : dnnl::rnn_direction::unidirectional_left2right;
  constexpr auto kBackward = dnnl::prop_kind::backward;
  if (p.name == "lstm") {
    return make_pair_of<dnnl::lstm_forward, dnnl::lstm_backward>(
        engine, p.training,
        [&](dnnl::prop_kind kind) {
          return dnnl::lstm_forward::desc(kind, direction, l.x, l.state, l.cell, l.any_W, l.any_U, l.bias, l.y, l.state,
                                          l.cell);
        },
        [&] {
          return dnnl::lstm_backward::desc(kBackward, direction, l.x, l.state, l.cell, l.any_W, l.any_U, l.bias, l.y,
                                           l.state, l.cell, l.x, l.state, l.cell, l.any_W, l.any_U, l.bias, l.y,
                                           l.state, l.cell);
        });
  }
  const auto gru = [&]<class Forward, class Backward>() {
    return make_pair_of<Forward, Backward>(
        engine, p.training,
        [&](dnnl::prop_kind kind) {
          return typename Forward::desc(kind, direction, l.x, l.state, l.any_W, l.any_U, l.bias, l.y, l.state);
        },
        [&] {
          return typename Backward::desc(kBackward, direction, l.x, l.state, l.any_W, l.any_U, l.bias, l.y, l.state,
                                         l.x, l.state, l.any_W, l.any_U, l.bias, l.y, l.state);
        });
  };
  if (p.name == "gru") return gru.template operator()<dnnl::gru_forward, dnnl::gru_backward>();
  if (p.name == "lbr_gru") return gru.template operator()<dnnl::lbr_gru_forward, dnnl::lbr_gru_backward>();
  RECUR_CHECK(p.name == "rnn_tanh" || p.name == "rnn_relu", "no primitive is called '{}'", p.name);
  const auto activation = p.name == "rnn_tanh" ? dnnl::algorithm::eltwise_tanh : dnnl::algorithm::eltwise_relu;
  return make_pair_of<dnnl::vanilla_rnn_forward, dnnl::vanilla_rnn_backward>(
      engine, p.training,
      [&](dnnl::prop_kind kind) {
        return dnnl::vanilla_rnn_forward::desc(kind, activation, direction, l.x, l.state, l.any_W, l.any_U, l.bias,
                                               l.y, l.state);
      },
      [&] {
        return dnnl::vanilla_rnn_backward::desc(kBackward, activation, direction, l.x, l.state, l.any_W, l.any_U,
                                                l.bias, l.y, l.state, l.x, l.state, l.any_W, l.any_U, l.bias, l.y,
                                                l.state);
      });
}

// One pass with its copies of the weights.
struct Pass {
  Call call;
  Converted W, U;
  size_t scratch_floats;
  bool stale = true;

  Pass(const dnnl::engine& engine, const Layout& l, const Made& made)
      : call(engine, made.primitive),
        W(engine, l.ours_W, made.W, true),
        U(engine, l.ours_U, made.U, true),
        scratch_floats(std::max({floats(made.scratchpad), W.scratch_floats(), U.scratch_floats()})) {
    call.add(DNNL_ARG_SRC_LAYER, l.x);
    call.add(DNNL_ARG_SRC_ITER, l.state);
    call.add(DNNL_ARG_SRC_ITER_C, l.cell);
    call.add(DNNL_ARG_WEIGHTS_LAYER, made.W);
    call.add(DNNL_ARG_WEIGHTS_ITER, made.U);
    call.add(DNNL_ARG_BIAS, l.bias);
    call.add(DNNL_ARG_DST_LAYER, l.y);
    call.add(DNNL_ARG_DST_ITER, l.state);
    call.add(DNNL_ARG_DST_ITER_C, l.cell);
    call.add(DNNL_ARG_WORKSPACE, made.workspace);
    call.add(DNNL_ARG_SCRATCHPAD, made.scratchpad);
  }

  void set(const RnnInputs& in, const RnnOutputs& out, dnnl::stream& stream, float* scratch) {
    call.set(DNNL_ARG_SRC_LAYER, in.x);
    call.set(DNNL_ARG_SRC_ITER, in.h0);
    call.set(DNNL_ARG_SRC_ITER_C, in.c0);
    call.set(DNNL_ARG_WEIGHTS_LAYER, W.read(in.W, stale, stream, scratch));
    call.set(DNNL_ARG_WEIGHTS_ITER, U.read(in.U, stale, stream, scratch));
    call.set(DNNL_ARG_BIAS, in.b);
    call.set(DNNL_ARG_DST_LAYER, out.y);
    call.set(DNNL_ARG_DST_ITER, out.hT);
    call.set(DNNL_ARG_DST_ITER_C, out.cT);
    call.set(DNNL_ARG_WORKSPACE, out.workspace);
    call.set(DNNL_ARG_SCRATCHPAD, scratch);
    stale = false;
  }
};

struct BackwardPass : Pass {
  Converted dW, dU;
  size_t W_floats, U_floats, b_floats;

  BackwardPass(const dnnl::engine& engine, const Layout& l, const Made& made)
      : Pass(engine, l, made),
        dW(engine, l.ours_W, made.dW, false),
        dU(engine, l.ours_U, made.dU, false),
        W_floats(floats(l.ours_W)),
        U_floats(floats(l.ours_U)),
        b_floats(floats(l.bias)) {
    scratch_floats = std::max({scratch_floats, dW.scratch_floats(), dU.scratch_floats()});
    call.add(DNNL_ARG_DIFF_DST_LAYER, l.y);
    call.add(DNNL_ARG_DIFF_DST_ITER, l.state);
    call.add(DNNL_ARG_DIFF_DST_ITER_C, l.cell);
    call.add(DNNL_ARG_DIFF_SRC_LAYER, l.x);
    call.add(DNNL_ARG_DIFF_SRC_ITER, l.state);
    call.add(DNNL_ARG_DIFF_SRC_ITER_C, l.cell);
    call.add(DNNL_ARG_DIFF_WEIGHTS_LAYER, made.dW);
    call.add(DNNL_ARG_DIFF_WEIGHTS_ITER, made.dU);
    call.add(DNNL_ARG_DIFF_BIAS, l.bias);
  }

  void run(const RnnOutputGradients& d_out, const RnnInputGradients& d_in, dnnl::stream& stream, float* scratch) {
    call.set(DNNL_ARG_DIFF_DST_LAYER, d_out.dy);
    call.set(DNNL_ARG_DIFF_DST_ITER, d_out.dhT);
    call.set(DNNL_ARG_DIFF_DST_ITER_C, d_out.dcT);
    call.set(DNNL_ARG_DIFF_SRC_LAYER, d_in.dx);
    call.set(DNNL_ARG_DIFF_SRC_ITER, d_in.dh0);
    call.set(DNNL_ARG_DIFF_SRC_ITER_C, d_in.dc0);
    // The primitive adds to the gradients of its weights.
    call.set(DNNL_ARG_DIFF_WEIGHTS_LAYER, dW.begin_sum(d_in.dW, W_floats));
    call.set(DNNL_ARG_DIFF_WEIGHTS_ITER, dU.begin_sum(d_in.dU, U_floats));
    std::fill_n(d_in.db, b_floats, 0.0f);
    call.set(DNNL_ARG_DIFF_BIAS, d_in.db);
    call.run(stream);
    dW.end_sum(d_in.dW, stream, scratch);
    dU.end_sum(d_in.dU, stream, scratch);
  }
};

}  // namespace

struct OnednnRnn::State {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::optional<Pass> forward;
  std::optional<BackwardPass> backward;
  size_t scratch_floats = 0, workspace_floats = 0;

  State(const ir::Primitive& p, int64_t T, int64_t N) {
    const Layout layout(p, T, N);
    const Pair made = make_primitives(p, layout, engine);
    forward.emplace(engine, layout, made.forward);
    scratch_floats = forward->scratch_floats;
    if (!made.backward) return;
    backward.emplace(engine, layout, *made.backward);
    scratch_floats = std::max(scratch_floats, backward->scratch_floats);
    workspace_floats = floats(made.forward.workspace);
  }
};

OnednnRnn::OnednnRnn(const ir::Primitive& primitive, int64_t T, int64_t N) {
  try {
    state_ = std::make_unique<State>(primitive, T, N);
  } catch (const dnnl::error& error) {
    RECUR_CHECK(false, "oneDNN cannot make {} for T {} N {} I {} H {}: {}", primitive.name, T, N, primitive.input,
                primitive.hidden, error.what());
  }
}

OnednnRnn::~OnednnRnn() = default;
OnednnRnn::OnednnRnn(OnednnRnn&&) noexcept = default;
OnednnRnn& OnednnRnn::operator=(OnednnRnn&&) noexcept = default;

size_t OnednnRnn::scratch_floats() const { return state_->scratch_floats; }
size_t OnednnRnn::workspace_floats() const { return state_->workspace_floats; }

void OnednnRnn::weights_changed() {
  state_->forward->stale = true;
  if (state_->backward) state_->backward->stale = true;
}

void OnednnRnn::forward(const RnnInputs& in, const RnnOutputs& out, float* scratch) {
  State& s = *state_;
  s.forward->set(in, out, s.stream, scratch);
  s.forward->call.run(s.stream);
}

void OnednnRnn::backward(const RnnInputs& in, const RnnOutputs& out, const RnnOutputGradients& d_out,
                         const RnnInputGradients& d_in, float* scratch) {
  State& s = *state_;
  RECUR_CHECK(s.backward.has_value(), "backward needs a primitive made for training");
  s.backward->set(in, out, s.stream, scratch);
  s.backward->run(d_out, d_in, s.stream, scratch);
}

}  // namespace recur::exec
