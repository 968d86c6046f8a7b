// The recurrent layers that oneDNN computes as a whole, from their equations, and their gradients by back-propagation
// through time. Sequences do not touch each other, so each function below is about one sequence:
// x [I], h [H], c [H], weights_layer W [I, G*H], weights_iter U [H, G*H], bias b [G*H] (lbr_gru [4H]).
//
//   rnn_tanh, rnn_relu   h' = f(x W + h U + b)
//   lstm, gates i f c o  i, f, o = sigmoid(x W + h U + b); k = tanh(...); c' = f c + i k; h' = o tanh(c')
//   gru, gates u r o     u, r = sigmoid(x W + h U + b); k = tanh(x W_o + (r h) U_o + b_o); h' = u h + (1 - u) k
//   lbr_gru, u r o u'    as gru, but k = tanh(x W_o + b_o + r (h U_o + b_u'))
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "recur/error/error.hpp"
#include "reference_operators.hpp"

namespace recur::exec {
namespace {

using Row = std::vector<double>;

enum class Kind { kTanh, kRelu, kLstm, kGru, kLbrGru };

Kind kind_of(const std::string& name) {
  if (name == "rnn_tanh") return Kind::kTanh;
  if (name == "rnn_relu") return Kind::kRelu;
  if (name == "lstm") return Kind::kLstm;
  if (name == "gru") return Kind::kGru;
  RECUR_CHECK(name == "lbr_gru", "primitive {}", name);
  return Kind::kLbrGru;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// y[j] += sum over i of x[i] m[i, j], for the columns j in [begin, end).
void add_product(const Row& x, const Row& m, size_t begin, size_t end, Row& y) {
  for (size_t i = 0; i < x.size(); ++i)
    for (size_t j = begin; j < end; ++j) y[j] += x[i] * m[i * y.size() + j];
}

// Adjoint of add_product: d_x += d_y m^T, d_m += x^T d_y.
void add_product_adjoint(const Row& x, const Row& m, size_t begin, size_t end, const Row& d_y, Row& d_x, Row& d_m) {
  for (size_t i = 0; i < x.size(); ++i)
    for (size_t j = begin; j < end; ++j) {
      d_x[i] += d_y[j] * m[i * d_y.size() + j];
      d_m[i * d_y.size() + j] += x[i] * d_y[j];
    }
}

struct Weights {
  Row layer, iter, bias;
};

// A step as the backward pass wants it again.
struct Step {
  Row x, h_before, c_before;
  Row gates;      // [G*H] after their non-linearities
  Row recurrent;  // lbr_gru: h U_o + b_u' [H]; gru: r h [H]
  Row h, c;       // after the step
};

class Layer {
 public:
  Layer(const ir::Primitive& primitive, Weights weights)
      : kind_(kind_of(primitive.name)),
        inputs_(static_cast<size_t>(primitive.input)),
        hidden_(static_cast<size_t>(primitive.hidden)),
        gates_(kind_ == Kind::kLstm ? 4 : kind_ == Kind::kTanh || kind_ == Kind::kRelu ? 1 : 3),
        weights_(std::move(weights)) {
    const size_t wide = gates_ * hidden_;
    RECUR_CHECK(weights_.layer.size() == inputs_ * wide && weights_.iter.size() == hidden_ * wide &&
                    weights_.bias.size() == (kind_ == Kind::kLbrGru ? 4 * hidden_ : wide),
                "{}: I {} H {}, weights of {}, {} and {} elements", primitive.name, inputs_, hidden_,
                weights_.layer.size(), weights_.iter.size(), weights_.bias.size());
  }

  Step forward(Row x, Row h_before, Row c_before) const;
  // d_h, d_c: gradients by h and c after the step, replaced by those by h and c before it. d_x [I] and d_weights are added to.
  void backward(const Step& step, Row& d_h, Row& d_c, Row& d_x, Weights& d_weights) const;

 private:
  Kind kind_;
  size_t inputs_, hidden_, gates_;
  Weights weights_;
};

Step Layer::forward(Row x, Row h_before, Row c_before) const {
  const size_t H = hidden_, wide = gates_ * H;
  Step s{std::move(x), std::move(h_before), std::move(c_before), Row(wide), Row(H), Row(H), Row(H)};
  Row& a = s.gates;
  for (size_t j = 0; j < wide; ++j) a[j] = weights_.bias[j];
  add_product(s.x, weights_.layer, 0, wide, a);
  const bool gated = kind_ == Kind::kGru || kind_ == Kind::kLbrGru;
  add_product(s.h_before, weights_.iter, 0, gated ? 2 * H : wide, a);

  if (kind_ == Kind::kTanh || kind_ == Kind::kRelu) {
    for (size_t j = 0; j < H; ++j) s.h[j] = a[j] = kind_ == Kind::kTanh ? std::tanh(a[j]) : std::max(a[j], 0.0);
    return s;
  }
  if (kind_ == Kind::kLstm) {
    for (size_t j = 0; j < H; ++j) {
      const double i = a[j] = sigmoid(a[j]), f = a[H + j] = sigmoid(a[H + j]), k = a[2 * H + j] = std::tanh(a[2 * H + j]),
                   o = a[3 * H + j] = sigmoid(a[3 * H + j]);
      s.c[j] = f * s.c_before[j] + i * k;
      s.h[j] = o * std::tanh(s.c[j]);
    }
    return s;
  }
  for (size_t j = 0; j < 2 * H; ++j) a[j] = sigmoid(a[j]);
  if (kind_ == Kind::kGru) {
    for (size_t j = 0; j < H; ++j) s.recurrent[j] = a[H + j] * s.h_before[j];
    add_product(s.recurrent, weights_.iter, 2 * H, wide, a);
  } else {
    Row product(wide);
    add_product(s.h_before, weights_.iter, 2 * H, wide, product);
    for (size_t j = 0; j < H; ++j) {
      s.recurrent[j] = product[2 * H + j] + weights_.bias[3 * H + j];
      a[2 * H + j] += a[H + j] * s.recurrent[j];
    }
  }
  for (size_t j = 0; j < H; ++j) {
    const double u = a[j], k = a[2 * H + j] = std::tanh(a[2 * H + j]);
    s.h[j] = u * s.h_before[j] + (1 - u) * k;
  }
  return s;
}

void Layer::backward(const Step& s, Row& d_h, Row& d_c, Row& d_x, Weights& d_weights) const {
  const size_t H = hidden_, wide = gates_ * H;
  const Row& a = s.gates;
  Row d_a(wide);  // by the sums before the non-linearities
  Row d_h_before(H), d_c_before(d_c.size());

  if (kind_ == Kind::kTanh || kind_ == Kind::kRelu) {
    for (size_t j = 0; j < H; ++j) d_a[j] = d_h[j] * (kind_ == Kind::kTanh ? 1 - a[j] * a[j] : a[j] > 0 ? 1 : 0);
    add_product_adjoint(s.h_before, weights_.iter, 0, wide, d_a, d_h_before, d_weights.iter);
  } else if (kind_ == Kind::kLstm) {
    for (size_t j = 0; j < H; ++j) {
      const double i = a[j], f = a[H + j], k = a[2 * H + j], o = a[3 * H + j], y = std::tanh(s.c[j]);
      const double d = d_c[j] + d_h[j] * o * (1 - y * y);  // all that reaches c'
      d_a[j] = d * k * i * (1 - i);
      d_a[H + j] = d * s.c_before[j] * f * (1 - f);
      d_a[2 * H + j] = d * i * (1 - k * k);
      d_a[3 * H + j] = d_h[j] * y * o * (1 - o);
      d_c_before[j] = d * f;
    }
    add_product_adjoint(s.h_before, weights_.iter, 0, wide, d_a, d_h_before, d_weights.iter);
  } else {
    Row d_recurrent(H);
    for (size_t j = 0; j < H; ++j) {
      const double u = a[j], k = a[2 * H + j];
      d_a[j] = d_h[j] * (s.h_before[j] - k) * u * (1 - u);
      d_a[2 * H + j] = d_h[j] * (1 - u) * (1 - k * k);
      d_h_before[j] = d_h[j] * u;
    }
    if (kind_ == Kind::kGru) {
      add_product_adjoint(s.recurrent, weights_.iter, 2 * H, wide, d_a, d_recurrent, d_weights.iter);
      for (size_t j = 0; j < H; ++j) {
        const double r = a[H + j];
        d_a[H + j] = d_recurrent[j] * s.h_before[j] * r * (1 - r);
        d_h_before[j] += d_recurrent[j] * r;
      }
    } else {
      Row d_product(wide);
      for (size_t j = 0; j < H; ++j) {
        const double r = a[H + j];
        d_a[H + j] = d_a[2 * H + j] * s.recurrent[j] * r * (1 - r);
        d_product[2 * H + j] = d_a[2 * H + j] * r;
        d_weights.bias[3 * H + j] += d_product[2 * H + j];
      }
      add_product_adjoint(s.h_before, weights_.iter, 2 * H, wide, d_product, d_h_before, d_weights.iter);
    }
    add_product_adjoint(s.h_before, weights_.iter, 0, 2 * H, d_a, d_h_before, d_weights.iter);
  }
  add_product_adjoint(s.x, weights_.layer, 0, wide, d_a, d_x, d_weights.layer);
  for (size_t j = 0; j < wide; ++j) d_weights.bias[j] += d_a[j];
  d_h = std::move(d_h_before);
  d_c = std::move(d_c_before);
}

// Row number `row` of a tensor of rows of the given width.
Row row_of(const Tensor& x, size_t row, size_t width) {
  const auto begin = x.data.begin() + static_cast<std::ptrdiff_t>(row * width);
  return Row(begin, begin + static_cast<std::ptrdiff_t>(width));
}

void put_row(const Row& row, size_t at, Tensor& x) {
  std::copy(row.begin(), row.end(), x.data.begin() + static_cast<std::ptrdiff_t>(at * row.size()));
}

// What both directions know: sizes, where the inputs are, and all steps of a sequence in the order in which they run.
struct Run {
  const ir::Primitive& primitive;
  const Inputs& in;
  size_t states, steps, batch, inputs, hidden;
  Layer layer;

  Run(const ir::Node& node, const Inputs& node_inputs)
      : primitive(*node.primitive),
        in(node_inputs),
        states(primitive.name == "lstm" ? 2 : 1),
        steps(static_cast<size_t>(in.at(0)->shape.at(0))),
        batch(static_cast<size_t>(in[0]->shape.at(1))),
        inputs(static_cast<size_t>(primitive.input)),
        hidden(static_cast<size_t>(primitive.hidden)),
        layer(primitive, Weights{in.at(1)->data, in.at(2)->data, in.at(3)->data}) {
    RECUR_CHECK(in.size() >= 4 + states, "{} with {} inputs", primitive.name, in.size());
  }

  size_t time_of(size_t s) const { return primitive.reverse ? steps - 1 - s : s; }
  size_t row_at(size_t s, size_t n) const { return time_of(s) * batch + n; }

  std::vector<Step> sequence(size_t n) const {
    std::vector<Step> done;
    Row h = row_of(*in[4], n, hidden), c = states == 2 ? row_of(*in[5], n, hidden) : Row(hidden);
    for (size_t s = 0; s < steps; ++s) {
      done.push_back(layer.forward(row_of(*in[0], row_at(s, n), inputs), h, c));
      h = done.back().h;
      c = done.back().c;
    }
    return done;
  }
};

}  // namespace

std::vector<Tensor> run_primitive(const ir::Node& node, const Inputs& in, const std::vector<ir::Shape>& out) {
  const Run run(node, in);
  std::vector<Tensor> results;  // y, final states..., workspace, which nothing here reads
  for (const ir::Shape& shape : out) results.push_back(zeros(shape));
  for (size_t i = 0; i < run.states; ++i) results.at(1 + i).data = in[4 + i]->data;
  for (size_t n = 0; n < run.batch; ++n) {
    const std::vector<Step> steps = run.sequence(n);
    for (size_t s = 0; s < steps.size(); ++s) put_row(steps[s].h, run.row_at(s, n), results[0]);
    if (steps.empty()) continue;
    put_row(steps.back().h, n, results[1]);
    if (run.states == 2) put_row(steps.back().c, n, results[2]);
  }
  return results;
}

std::vector<Tensor> run_primitive_gradient(const ir::Node& node, const Inputs& in, const std::vector<ir::Shape>& out) {
  const Run run(node, in);
  const size_t first = in.size() - 1 - run.states;  // d_y, d_final states come last
  const Tensor& d_y = *in[first];
  std::vector<Tensor> results;  // d_x, d_weights_layer, d_weights_iter, d_bias, d_initial states...
  for (const ir::Shape& shape : out) results.push_back(zeros(shape));
  Weights d_weights{results.at(1).data, results.at(2).data, results.at(3).data};
  for (size_t n = 0; n < run.batch; ++n) {
    const std::vector<Step> steps = run.sequence(n);
    Row d_h = row_of(*in[first + 1], n, run.hidden);
    Row d_c = run.states == 2 ? row_of(*in[first + 2], n, run.hidden) : Row(run.hidden);
    for (size_t s = steps.size(); s-- > 0;) {
      const Row d_out = row_of(d_y, run.row_at(s, n), run.hidden);
      for (size_t j = 0; j < run.hidden; ++j) d_h[j] += d_out[j];
      Row d_x(run.inputs);
      run.layer.backward(steps[s], d_h, d_c, d_x, d_weights);
      put_row(d_x, run.row_at(s, n), results[0]);
    }
    put_row(d_h, n, results.at(4));
    if (run.states == 2) put_row(d_c, n, results.at(5));
  }
  results[1].data = std::move(d_weights.layer);
  results[2].data = std::move(d_weights.iter);
  results[3].data = std::move(d_weights.bias);
  return results;
}

}  // namespace recur::exec
