// The element-wise kernels: one loop, instantiated with each operator.
#include "kernels.hpp"
#include "kernels/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/elementwise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/functions-inl.hpp"
#include "kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace recur::exec::HWY_NAMESPACE {
namespace {

HWY_INLINE V one_where(hn::Mask<Floats> mask) { return hn::IfThenElseZero(mask, set(1.0f)); }

// Each operator: its arity and its value. NaN in any input that the result depends on gives NaN.
#define RECUR_UNARY(NAME, EXPRESSION)                        \
  struct NAME {                                              \
    static constexpr size_t kArity = 1;                      \
    static HWY_INLINE V apply(V a) { return EXPRESSION; }    \
  };
#define RECUR_BINARY(NAME, EXPRESSION)                         \
  struct NAME {                                                \
    static constexpr size_t kArity = 2;                        \
    static HWY_INLINE V apply(V a, V b) { return EXPRESSION; } \
  };
#define RECUR_TERNARY(NAME, EXPRESSION)                             \
  struct NAME {                                                     \
    static constexpr size_t kArity = 3;                             \
    static HWY_INLINE V apply(V a, V b, V c) { return EXPRESSION; } \
  };

RECUR_UNARY(Copy, a)
RECUR_UNARY(Neg, hn::Neg(a))
RECUR_UNARY(Abs, hn::Abs(a))
RECUR_UNARY(Exp, exp_of(a))
RECUR_UNARY(Log, log_of(a))
RECUR_UNARY(Sqrt, hn::Sqrt(a))
RECUR_UNARY(Square, hn::Mul(a, a))
RECUR_UNARY(Reciprocal, hn::Div(set(1.0f), a))
RECUR_UNARY(Tanh, tanh_of(a))
RECUR_UNARY(Sigmoid, sigmoid_of(a))
RECUR_UNARY(Relu, max_or_second(hn::Zero(kFloats), a))
RECUR_UNARY(Softplus, softplus_of(a))
RECUR_UNARY(Sin, sin_of(a))
RECUR_UNARY(Cos, cos_of(a))
RECUR_UNARY(Round, hn::Round(a))
RECUR_UNARY(Floor, hn::Floor(a))
RECUR_UNARY(Sign, hn::IfThenElse(hn::Gt(a, hn::Zero(kFloats)), set(1.0f),
                                 hn::IfThenElse(hn::Lt(a, hn::Zero(kFloats)), set(-1.0f), a)))
RECUR_BINARY(Add, hn::Add(a, b))
RECUR_BINARY(Sub, hn::Sub(a, b))
RECUR_BINARY(Mul, hn::Mul(a, b))
RECUR_BINARY(Div, hn::Div(a, b))
RECUR_BINARY(Min, hn::IfThenElse(hn::Eq(a, a), min_or_second(a, b), a))
RECUR_BINARY(Max, hn::IfThenElse(hn::Eq(a, a), max_or_second(a, b), a))
RECUR_BINARY(Pow, pow_of(a, b))
RECUR_BINARY(Greater, one_where(hn::Gt(a, b)))
RECUR_BINARY(GreaterEqual, one_where(hn::Ge(a, b)))
RECUR_BINARY(Equal, one_where(hn::Eq(a, b)))
RECUR_BINARY(TanhGradient, hn::Mul(b, hn::NegMulAdd(a, a, set(1.0f))))
RECUR_BINARY(SigmoidGradient, hn::Mul(b, hn::NegMulAdd(a, a, a)))
RECUR_TERNARY(Select, hn::IfThenElse(hn::Eq(a, hn::Zero(kFloats)), c, b))
RECUR_TERNARY(MulAdd, hn::MulAdd(a, b, c))
RECUR_TERNARY(NegMulAdd, hn::NegMulAdd(a, b, c))
RECUR_TERNARY(Lerp, hn::MulAdd(a, b, hn::NegMulAdd(a, c, c)))
RECUR_TERNARY(MulMul, hn::Mul(hn::Mul(a, b), c))

#undef RECUR_UNARY
#undef RECUR_BINARY
#undef RECUR_TERNARY

// Inputs of one row.
struct Row {
  const float* in[3];
};

template <class Operator>
HWY_INLINE V apply_at(const Row& row, size_t c) {
  if constexpr (Operator::kArity == 1) return Operator::apply(load(row.in[0] + c));
  if constexpr (Operator::kArity == 2) return Operator::apply(load(row.in[0] + c), load(row.in[1] + c));
  if constexpr (Operator::kArity == 3) {
    return Operator::apply(load(row.in[0] + c), load(row.in[1] + c), load(row.in[2] + c));
  }
}

template <class Operator>
HWY_INLINE V apply_first(const Row& row, size_t c, size_t count) {
  if constexpr (Operator::kArity == 1) return Operator::apply(load_first(row.in[0] + c, count));
  if constexpr (Operator::kArity == 2) {
    return Operator::apply(load_first(row.in[0] + c, count), load_first(row.in[1] + c, count));
  }
  if constexpr (Operator::kArity == 3) {
    return Operator::apply(load_first(row.in[0] + c, count), load_first(row.in[1] + c, count),
                           load_first(row.in[2] + c, count));
  }
}

template <class Operator>
HWY_INLINE void apply_row(size_t cols, float* out, const Row& row) {
  size_t c = 0;
  for (; c + kLanes <= cols; c += kLanes) store(apply_at<Operator>(row, c), out + c);
  if (c < cols) store_first(apply_first<Operator>(row, c, cols - c), out + c, cols - c);
}

template <class Operator>
void run(size_t rows, size_t cols, float* out, size_t ld_out, const float* const* in, const size_t* ld) {
  constexpr size_t kArity = Operator::kArity;
  Row row{};
  bool dense = ld_out == cols;
  for (size_t i = 0; i < kArity; ++i) {
    row.in[i] = in[i];
    dense = dense && ld[i] == cols;
  }
  if (dense || rows == 1) return apply_row<Operator>(rows * cols, out, row);
  for (size_t r = 0; r < rows; ++r) {
    apply_row<Operator>(cols, out, row);
    out += ld_out;
    for (size_t i = 0; i < kArity; ++i) row.in[i] += ld[i];
  }
}

HWY_INLINE void fill_row(size_t cols, float value, float* out) {
  const V v = set(value);
  size_t c = 0;
  for (; c + kLanes <= cols; c += kLanes) store(v, out + c);
  if (c < cols) store_first(v, out + c, cols - c);
}

void fill(size_t rows, size_t cols, float* out, size_t ld_out, const float* const* in, const size_t*) {
  const float value = in[0][0];
  if (ld_out == cols) return fill_row(rows * cols, value, out);
  for (size_t r = 0; r < rows; ++r) fill_row(cols, value, out + r * ld_out);
}

void expand_column(size_t rows, size_t cols, float* out, size_t ld_out, const float* const* in, const size_t* ld) {
  for (size_t r = 0; r < rows; ++r) fill_row(cols, in[0][r * ld[0]], out + r * ld_out);
}

ElementKernel choose_element_kernel(ir::Op op) {
  switch (op) {
    case ir::Op::kAdd: return run<Add>;
    case ir::Op::kSub: return run<Sub>;
    case ir::Op::kMul: return run<Mul>;
    case ir::Op::kDiv: return run<Div>;
    case ir::Op::kMin: return run<Min>;
    case ir::Op::kMax: return run<Max>;
    case ir::Op::kPow: return run<Pow>;
    case ir::Op::kGreater: return run<Greater>;
    case ir::Op::kGreaterEqual: return run<GreaterEqual>;
    case ir::Op::kEqual: return run<Equal>;
    case ir::Op::kSelect: return run<Select>;
    case ir::Op::kNeg: return run<Neg>;
    case ir::Op::kAbs: return run<Abs>;
    case ir::Op::kExp: return run<Exp>;
    case ir::Op::kLog: return run<Log>;
    case ir::Op::kSqrt: return run<Sqrt>;
    case ir::Op::kSquare: return run<Square>;
    case ir::Op::kReciprocal: return run<Reciprocal>;
    case ir::Op::kTanh: return run<Tanh>;
    case ir::Op::kSigmoid: return run<Sigmoid>;
    case ir::Op::kRelu: return run<Relu>;
    case ir::Op::kSoftplus: return run<Softplus>;
    case ir::Op::kSin: return run<Sin>;
    case ir::Op::kCos: return run<Cos>;
    case ir::Op::kSign: return run<Sign>;
    case ir::Op::kRound: return run<Round>;
    case ir::Op::kFloor: return run<Floor>;
    case ir::Op::kTanhGradient: return run<TanhGradient>;
    case ir::Op::kSigmoidGradient: return run<SigmoidGradient>;
    case ir::Op::kStopGradient:
    case ir::Op::kStraightThrough: return run<Copy>;  // the value of the first input
    default: return nullptr;
  }
}

ElementKernel choose_fused_kernel(Fused op) {
  switch (op) {
    case Fused::kMulAdd: return run<MulAdd>;
    case Fused::kNegMulAdd: return run<NegMulAdd>;
    case Fused::kLerp: return run<Lerp>;
    case Fused::kMulMul: return run<MulMul>;
    case Fused::kCopy: return run<Copy>;
    case Fused::kFill: return fill;
    case Fused::kExpandColumn: return expand_column;
  }
  return nullptr;
}

}  // namespace
}  // namespace recur::exec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace recur::exec {

HWY_EXPORT(choose_element_kernel);
HWY_EXPORT(choose_fused_kernel);

ElementKernel element_kernel(ir::Op op) { return HWY_DYNAMIC_DISPATCH(choose_element_kernel)(op); }

ElementKernel fused_kernel(Fused op) { return HWY_DYNAMIC_DISPATCH(choose_fused_kernel)(op); }

}  // namespace recur::exec
#endif
