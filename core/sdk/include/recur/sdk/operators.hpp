// The operators of the host as functions of Vars. Shapes broadcast as in numpy where two values meet element by
// element. Axes count from 0, negative ones from the end; unless said otherwise the last axis is meant.
#pragma once

#include <recur/sdk/var.hpp>

#include <array>
#include <concepts>
#include <cstddef>

namespace recur {

// ---- Arithmetic and comparison, broadcasting ----

inline Var operator+(Var a, Var b) { return detail::emit(RECUR_OP_ADD, {a, b}); }
inline Var operator-(Var a, Var b) { return detail::emit(RECUR_OP_SUB, {a, b}); }
inline Var operator*(Var a, Var b) { return detail::emit(RECUR_OP_MUL, {a, b}); }
inline Var operator/(Var a, Var b) { return detail::emit(RECUR_OP_DIV, {a, b}); }
inline Var operator-(Var a) { return detail::emit(RECUR_OP_NEG, {a}); }
inline Var min(Var a, Var b) { return detail::emit(RECUR_OP_MIN, {a, b}); }
inline Var max(Var a, Var b) { return detail::emit(RECUR_OP_MAX, {a, b}); }
inline Var pow(Var a, Var b) { return detail::emit(RECUR_OP_POW, {a, b}); }  // a > 0

// 1 where it holds, else 0; no gradient.
inline Var operator>(Var a, Var b) { return detail::emit(RECUR_OP_GREATER, {a, b}); }
inline Var operator>=(Var a, Var b) { return detail::emit(RECUR_OP_GREATER_EQUAL, {a, b}); }
inline Var operator<(Var a, Var b) { return b > a; }
inline Var operator<=(Var a, Var b) { return b >= a; }
inline Var equal(Var a, Var b) { return detail::emit(RECUR_OP_EQUAL, {a, b}); }
// a where condition is not 0, else b.
inline Var select(Var condition, Var a, Var b) { return detail::emit(RECUR_OP_SELECT, {condition, a, b}); }

// ---- Element by element ----

inline Var abs(Var x) { return detail::emit(RECUR_OP_ABS, {x}); }
inline Var exp(Var x) { return detail::emit(RECUR_OP_EXP, {x}); }
inline Var log(Var x) { return detail::emit(RECUR_OP_LOG, {x}); }
inline Var sqrt(Var x) { return detail::emit(RECUR_OP_SQRT, {x}); }
inline Var square(Var x) { return detail::emit(RECUR_OP_SQUARE, {x}); }
inline Var reciprocal(Var x) { return detail::emit(RECUR_OP_RECIPROCAL, {x}); }
inline Var tanh(Var x) { return detail::emit(RECUR_OP_TANH, {x}); }
inline Var sigmoid(Var x) { return detail::emit(RECUR_OP_SIGMOID, {x}); }
inline Var relu(Var x) { return detail::emit(RECUR_OP_RELU, {x}); }
inline Var softplus(Var x) { return detail::emit(RECUR_OP_SOFTPLUS, {x}); }  // log(1 + exp(x))
inline Var sin(Var x) { return detail::emit(RECUR_OP_SIN, {x}); }
inline Var cos(Var x) { return detail::emit(RECUR_OP_COS, {x}); }
inline Var sign(Var x) { return detail::emit(RECUR_OP_SIGN, {x}); }    // no gradient
inline Var round(Var x) { return detail::emit(RECUR_OP_ROUND, {x}); }  // ties to even; no gradient
inline Var floor(Var x) { return detail::emit(RECUR_OP_FLOOR, {x}); }  // no gradient

// ---- Products ----

struct Transpose {
  bool a = false, b = false;
};
// a [..., K], b [K, M] -> [..., M]; with b of rank 3 batched over the first dimension of both.
// matmul(a, b, {.b = true}) takes b transposed.
inline Var matmul(Var a, Var b, Transpose transposed = {}) {
  return detail::emit(RECUR_OP_MATMUL, {a, b}, {transposed.a, transposed.b});
}
// a [N, A], b [N, B] -> [N, A, B]
inline Var outer(Var a, Var b) { return detail::emit(RECUR_OP_OUTER, {a, b}); }

// ---- Layout ----

inline Var concat(const std::vector<Var>& parts, int64_t axis = -1) { return detail::emit(RECUR_OP_CONCAT, parts, {axis}); }
template <std::same_as<Var>... More>
Var concat(Var first, Var second, More... more) {
  return concat(std::vector<Var>{first, second, more...});
}
inline Var slice(Var x, int64_t begin, int64_t end, int64_t axis = -1) {
  return detail::emit(RECUR_OP_SLICE, {x}, {axis, begin, end});
}
// Parts equal parts: auto [f, c] = split<2>(z);
template <size_t Parts>
std::array<Var, Parts> split(Var x, int64_t axis = -1) {
  const int64_t size = x.dim(axis), part = size / static_cast<int64_t>(Parts);
  if (size < 0 || size % static_cast<int64_t>(Parts) != 0)
    throw Error("split<" + std::to_string(Parts) + ">: an axis of size " + (size < 0 ? "N or T" : std::to_string(size)) +
                " does not divide into " + std::to_string(Parts) + " equal parts");
  std::array<Var, Parts> parts;
  for (size_t i = 0; i < Parts; ++i) {
    const int64_t begin = static_cast<int64_t>(i) * part;
    parts[i] = slice(x, begin, begin + part, axis);
  }
  return parts;
}
// Parts of the sizes given.
inline std::vector<Var> split(Var x, const std::vector<int64_t>& sizes, int64_t axis = -1) {
  std::vector<Var> parts;
  int64_t begin = 0;
  for (int64_t size : sizes) {
    parts.push_back(slice(x, begin, begin + size, axis));
    begin += size;
  }
  return parts;
}
inline Var reshape(Var x, const Dims& dims) { return detail::emit(RECUR_OP_RESHAPE, {x}, dims); }
inline Var transpose(Var x, const std::vector<int64_t>& permutation) {
  return detail::emit(RECUR_OP_TRANSPOSE, {x}, permutation);
}
// out[i + shift mod size] = in[i]
inline Var roll(Var x, int64_t shift, int64_t axis = -1) { return detail::emit(RECUR_OP_ROLL, {x}, {axis, shift}); }
inline Var broadcast(Var x, const Dims& dims) { return detail::emit(RECUR_OP_BROADCAST, {x}, dims); }

// ---- Reductions. keep: the axes stay, with size 1 ----

namespace detail {
inline Var reduce(recur_op op, Var x, const std::vector<int64_t>& axes, bool keep) {
  std::vector<int64_t> ints{keep};
  ints.insert(ints.end(), axes.begin(), axes.end());
  return emit(op, {x}, ints);
}
}  // namespace detail

inline Var sum(Var x, const std::vector<int64_t>& axes = {-1}, bool keep = false) {
  return detail::reduce(RECUR_OP_SUM, x, axes, keep);
}
inline Var mean(Var x, const std::vector<int64_t>& axes = {-1}, bool keep = false) {
  return detail::reduce(RECUR_OP_MEAN, x, axes, keep);
}
inline Var reduce_max(Var x, const std::vector<int64_t>& axes = {-1}, bool keep = false) {
  return detail::reduce(RECUR_OP_REDUCE_MAX, x, axes, keep);
}

// ---- Over the last axis ----

inline Var softmax(Var x) { return detail::emit(RECUR_OP_SOFTMAX, {x}); }
inline Var log_softmax(Var x) { return detail::emit(RECUR_OP_LOG_SOFTMAX, {x}); }
// (x - mean) / sqrt(variance + epsilon), without gain and bias
inline Var layer_norm(Var x, double epsilon = 1e-5) { return detail::emit(RECUR_OP_LAYER_NORM, {x}, {}, {epsilon}); }
// logits [..., V], index [...] -> [...], in nats
inline Var cross_entropy(Var logits, Var index) { return detail::emit(RECUR_OP_CROSS_ENTROPY, {logits, index}); }

// ---- Gathering; indices are whole numbers kept as values ----

inline Var gather(Var table, Var index) { return detail::emit(RECUR_OP_GATHER, {table, index}); }  // [V, D], [...] -> [..., D]
inline Var take(Var x, Var index) { return detail::emit(RECUR_OP_TAKE, {x, index}); }  // [..., K], [...] -> [...]
// x [T, N, D...], index [S, N] -> [S, N, D...]: of each sequence the steps named
inline Var gather_time(Var x, Var index) { return detail::emit(RECUR_OP_GATHER_TIME, {x, index}); }

// ---- Constants and noise. Noise is the host's: the same for the same seed, step and element ----

inline Var constant(double value, const Dims& dims = {}) { return detail::emit(RECUR_OP_CONSTANT, {}, dims, {value}); }
inline Var uniform(const Dims& dims) { return detail::emit(RECUR_OP_UNIFORM, {}, dims); }  // [0, 1)
inline Var normal(const Dims& dims) { return detail::emit(RECUR_OP_NORMAL, {}, dims); }    // mean 0, variance 1
inline Var uniform_like(Var x) { return uniform(x.shape()); }
inline Var normal_like(Var x) { return normal(x.shape()); }

// ---- Gradient flow ----

inline Var stop_gradient(Var x) { return detail::emit(RECUR_OP_STOP_GRADIENT, {x}); }
// The value of hard, the gradient of soft.
inline Var straight_through(Var hard, Var soft) { return detail::emit(RECUR_OP_STRAIGHT_THROUGH, {hard, soft}); }

}  // namespace recur
