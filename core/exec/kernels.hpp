// The f32 kernels: SIMD over Highway, the instruction set chosen at run time. Pointers need no alignment.
// All of them give the same bits for the same row whatever the number of rows, and whatever thread calls.
//
// Threading: pure functions of their arguments.
#pragma once

#include <recur/abi.h>

#include <cstddef>
#include <cstdint>

#include "recur/ir/program.hpp"

namespace recur::exec {

// ---- Element by element --------------------------------------------------------------------------------------
// out[r, c] = op(in0[r, c], in1[r, c], ...) for rows x cols elements; element (r, c) of operand k is at
// in[k][r * ld[k] + c]; ld 0 repeats one row. out may be the same as an input with the same ld, and may not overlap otherwise.
using ElementKernel = void (*)(size_t rows, size_t cols, float* out, size_t ld_out, const float* const* in,
                               const size_t* ld);
// Never null for operators with is_elementwise(op) other than kMap and kMapGradient; includes kTanhGradient,
// kSigmoidGradient, kSelect. tanh, sigmoid, exp, log, softplus: within 4 ulp or 1e-6 absolute of the exact value.
ElementKernel element_kernel(ir::Op op);

// Further fused forms that the element-wise interpreter uses.
enum class Fused {
  kMulAdd,        // a * b + c
  kNegMulAdd,     // c - a * b
  kLerp,          // a * b + (1 - a) * c
  kMulMul,        // a * b * c
  kCopy,          // a
  kFill,          // in[0][0] everywhere
  kExpandColumn,  // a[r * ld] repeated over the columns of row r
};
ElementKernel fused_kernel(Fused op);

// ---- Products ---------------------------------------------------------------------------------------------------
// c [m, n] = a [m, k] b [k, n] + d, where b was packed; d [m, n] with row stride ld_d (0 repeats one row), or null for none.
// d may be c itself (accumulate). Every element is summed over k in rising order with fused multiply-adds, one
// accumulator an element, beginning from d, so the result does not depend on m or on neighbours.
size_t packed_size(int64_t k, int64_t n);  // floats
// b: [k, n] with row stride ld, or [n, k] where transposed.
void pack(const float* b, int64_t k, int64_t n, int64_t ld, bool transposed, float* packed);
void gemm_packed(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* packed, const float* d,
                 int64_t ld_d, float* c, int64_t ldc);

// c [m, n] (+)= op(a) op(b) for products that are done once (weight gradients, hoisted inputs): packs on the way, to
// the same bits as gemm_packed with d null (or c, where it accumulates). scratch: gemm_scratch(...) floats.
size_t gemm_scratch(int64_t m, int64_t n, int64_t k, bool transpose_a, bool transpose_b);
void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, bool accumulate, float* c, int64_t ldc, float* scratch);

// c [batch, m, n] (+)= op(a) op(b), one dense product after the other. The bits of each depend on m, n, k and the transposes, not on the
// batch. scratch: gemm_scratch(m, n, k, ...) floats.
void gemm_batched(bool transpose_a, bool transpose_b, int64_t batch, int64_t m, int64_t n, int64_t k, const float* a, const float* b, bool accumulate,
                  float* c, float* scratch);

// ---- Rows ---------------------------------------------------------------------------------------------------------
// x [rows, cols] with row stride ld.
void sum_rows(size_t rows, size_t cols, const float* x, size_t ld, float* out);       // out[r]; fixed order within a row
void sum_columns(size_t rows, size_t cols, const float* x, size_t ld, float* out);    // out[c]
void max_rows(size_t rows, size_t cols, const float* x, size_t ld, float* out);
void softmax_rows(size_t rows, size_t cols, const float* x, size_t ldx, float* out, size_t ldo);
void log_softmax_rows(size_t rows, size_t cols, const float* x, size_t ldx, float* out, size_t ldo);
void layer_norm_rows(size_t rows, size_t cols, float epsilon, const float* x, size_t ldx, float* out, size_t ldo);
void layer_norm_gradient_rows(size_t rows, size_t cols, float epsilon, const float* x, size_t ldx, const float* d,
                              size_t ldd, float* dx, size_t ldo);
// out[r] = -log_softmax(x[r])[index[r]]; index holds whole numbers. An index outside [0, cols) gives NaN.
void cross_entropy_rows(size_t rows, size_t cols, const float* x, size_t ldx, const float* index, float* out);
// dx[r, c] = (softmax(x[r])[c] - (c == index[r])) * d[r]
void cross_entropy_gradient_rows(size_t rows, size_t cols, const float* x, size_t ldx, const float* index,
                                 const float* d, float* dx, size_t ldo);

// ---- Noise --------------------------------------------------------------------------------------------------------
void fill_uniform(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, size_t n, float* out);  // see noise.hpp
void fill_normal(uint64_t seed, uint64_t update, uint64_t stream, uint32_t t, size_t n, float* out);

// ---- Parameters (flat arrays of n elements) -------------------------------------------------------------------
double sum_of_squares(size_t n, const float* x);  // in double, fixed order
void scale(size_t n, float factor, float* x);
void clamp(size_t n, float low, float high, float* x);

// The name of the instruction set in use ("AVX3", "AVX2", ...).
const char* simd_target();

}  // namespace recur::exec
