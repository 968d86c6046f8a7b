// The kernels' speed on one thread: products beside dnnl_sgemm and oneDNN's matmul primitive with weights reordered
// once (FLOP/s), element-wise and row kernels in the first-level cache (elements/s).
//
// Compare numbers of one run only, and take medians:
//   --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true
#include <benchmark/benchmark.h>
#include <dnnl.hpp>
#include <omp.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "kernels.hpp"
#include "recur/random/stream.hpp"

namespace recur::exec {
namespace {

struct Free {
  void operator()(float* p) const { std::free(p); }
};
using Array = std::unique_ptr<float[], Free>;

// Page-aligned, so that no result depends on where the heap happened to put an array.
Array numbers(size_t n) {
  Array array(static_cast<float*>(std::aligned_alloc(4096, (n * sizeof(float) / 4096 + 1) * 4096)));
  Stream stream(n);
  for (size_t i = 0; i < n; ++i) array[i] = static_cast<float>(stream.uniform(-1, 1));
  return array;
}

struct Product {
  int64_t m, k, n;
  Array a, b, c;

  explicit Product(const benchmark::State& state)
      : m(state.range(0)), k(state.range(1)), n(state.range(2)),
        a(numbers(static_cast<size_t>(m * k))), b(numbers(static_cast<size_t>(k * n))),
        c(numbers(static_cast<size_t>(m * n))) {}

  void report(benchmark::State& state) const {
    state.counters["FLOP/s"] = benchmark::Counter(2.0 * static_cast<double>(m * k * n),
                                                  benchmark::Counter::kIsIterationInvariantRate);
  }
};

void gemm_packed_weights(benchmark::State& state) {
  Product p(state);
  const Array packed = numbers(packed_size(p.k, p.n));
  pack(p.b.get(), p.k, p.n, p.n, false, packed.get());
  for (auto _ : state) {
    gemm_packed(p.m, p.n, p.k, p.a.get(), p.k, packed.get(), nullptr, 0, p.c.get(), p.n);
    benchmark::ClobberMemory();
  }
  p.report(state);
}

void gemm_unpacked(benchmark::State& state) {
  const bool transpose_a = state.range(3) != 0;
  Product p(state);
  const Array scratch = numbers(gemm_scratch(p.m, p.n, p.k, transpose_a, false));
  for (auto _ : state) {
    gemm(transpose_a, false, p.m, p.n, p.k, p.a.get(), transpose_a ? p.m : p.k, p.b.get(), p.n, false, p.c.get(), p.n,
         scratch.get());
    benchmark::ClobberMemory();
  }
  p.report(state);
}

void onednn_sgemm(benchmark::State& state) {
  const bool transpose_a = state.range(3) != 0;
  Product p(state);
  for (auto _ : state) {
    dnnl_sgemm(transpose_a ? 'T' : 'N', 'N', p.m, p.n, p.k, 1.0f, p.a.get(), transpose_a ? p.m : p.k, p.b.get(), p.n,
               0.0f, p.c.get(), p.n);
    benchmark::ClobberMemory();
  }
  p.report(state);
}

void onednn_matmul(benchmark::State& state) {
  using dnnl::memory;
  Product p(state);
  const auto tag = state.range(3) != 0 ? memory::format_tag::ba : memory::format_tag::ab;
  dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  const auto describe = [](int64_t rows, int64_t columns, memory::format_tag layout) {
    return memory::desc({rows, columns}, memory::data_type::f32, layout);
  };
  const memory::desc a = describe(p.m, p.k, tag), c = describe(p.m, p.n, memory::format_tag::ab);
  const dnnl::matmul::desc operation(a, describe(p.k, p.n, memory::format_tag::any), c);
  const dnnl::matmul::primitive_desc desc(operation, engine);
  memory a_memory(a, engine, p.a.get()), c_memory(c, engine, p.c.get());
  memory b_plain(describe(p.k, p.n, memory::format_tag::ab), engine, p.b.get()), b_memory(desc.weights_desc(), engine);
  dnnl::reorder(b_plain, b_memory).execute(stream, b_plain, b_memory);
  const dnnl::matmul matmul(desc);
  const std::array<dnnl_exec_arg_t, 3> arguments{
      {{DNNL_ARG_SRC, a_memory.get()}, {DNNL_ARG_WEIGHTS, b_memory.get()}, {DNNL_ARG_DST, c_memory.get()}}};
  for (auto _ : state) {
    dnnl_primitive_execute(matmul.get(), stream.get(), arguments.size(), arguments.data());
    benchmark::ClobberMemory();
  }
  p.report(state);
}

// Recurrent steps [N, H] [H, G*H], forward and (the last three) backward.
void recurrent_shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"m", "k", "n", "ta"});
  for (const auto& [m, k, n] : std::vector<std::array<int64_t, 3>>{
           {1, 64, 256}, {1, 128, 512}, {8, 128, 512}, {32, 128, 512}, {64, 256, 1024}, {20, 650, 2600},
           {64, 512, 2048}, {64, 1024, 4096}, {64, 1024, 256}, {20, 2600, 650}, {64, 4096, 1024}}) {
    b->Args({m, k, n, 0});
  }
}
// Inputs of all time steps [T*N, I] [I, G*H], and weight gradients.
void one_off_shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"m", "k", "n", "ta"});
  for (const auto& [m, k, n] : std::vector<std::array<int64_t, 3>>{
           {100, 64, 256}, {3200, 128, 512}, {700, 650, 2600}, {2048, 512, 2048}}) {
    b->Args({m, k, n, 0});
    b->Args({k, m, n, 1});
  }
}

BENCHMARK(gemm_packed_weights)->Apply(recurrent_shapes);
BENCHMARK(onednn_sgemm)->Apply(recurrent_shapes)->Apply(one_off_shapes);
BENCHMARK(onednn_matmul)->Apply(recurrent_shapes)->Apply(one_off_shapes);
BENCHMARK(gemm_unpacked)->Apply(recurrent_shapes)->Apply(one_off_shapes);

// Three inputs of rows x cols, dense.
void element(benchmark::State& state, ElementKernel kernel) {
  const auto rows = static_cast<size_t>(state.range(0)), cols = static_cast<size_t>(state.range(1));
  const Array a = numbers(rows * cols), b = numbers(rows * cols), c = numbers(rows * cols), out = numbers(rows * cols);
  const float* in[3] = {a.get(), b.get(), c.get()};
  const size_t ld[3] = {cols, cols, cols};
  for (auto _ : state) {
    kernel(rows, cols, out.get(), cols, in, ld);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(rows * cols));
}

#define RECUR_BENCH_ELEMENT(NAME) \
  BENCHMARK_CAPTURE(element, NAME, element_kernel(ir::Op::NAME))->Args({1, 64})->Args({8, 256})
#define RECUR_BENCH_FUSED(NAME) \
  BENCHMARK_CAPTURE(element, NAME, fused_kernel(Fused::NAME))->Args({1, 64})->Args({8, 256})
RECUR_BENCH_ELEMENT(kAdd);
RECUR_BENCH_ELEMENT(kMul);
RECUR_BENCH_ELEMENT(kDiv);
RECUR_BENCH_ELEMENT(kExp);
RECUR_BENCH_ELEMENT(kLog);
RECUR_BENCH_ELEMENT(kTanh);
RECUR_BENCH_ELEMENT(kSigmoid);
RECUR_BENCH_ELEMENT(kSoftplus);
RECUR_BENCH_ELEMENT(kSin);
RECUR_BENCH_ELEMENT(kPow);
RECUR_BENCH_ELEMENT(kSigmoidGradient);
RECUR_BENCH_ELEMENT(kTanhGradient);
RECUR_BENCH_ELEMENT(kSelect);
RECUR_BENCH_FUSED(kMulAdd);
RECUR_BENCH_FUSED(kLerp);

using RowKernel = void (*)(size_t rows, size_t cols, const float* x, float* out);

void over_rows(benchmark::State& state, RowKernel kernel) {
  const auto rows = static_cast<size_t>(state.range(0)), cols = static_cast<size_t>(state.range(1));
  const Array x = numbers(rows * cols), out = numbers(rows * cols);
  for (auto _ : state) {
    kernel(rows, cols, x.get(), out.get());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(rows * cols));
}

#define RECUR_BENCH_ROWS(NAME, CALL)                                                                       \
  BENCHMARK_CAPTURE(over_rows, NAME, [](size_t rows, size_t cols, const float* x, float* out) { CALL; })   \
      ->Args({32, 65})                                                                                     \
      ->Args({32, 256})
RECUR_BENCH_ROWS(sum_rows, sum_rows(rows, cols, x, cols, out));
RECUR_BENCH_ROWS(sum_columns, sum_columns(rows, cols, x, cols, out));
RECUR_BENCH_ROWS(softmax, softmax_rows(rows, cols, x, cols, out, cols));
RECUR_BENCH_ROWS(layer_norm, layer_norm_rows(rows, cols, 1e-5f, x, cols, out, cols));
RECUR_BENCH_ROWS(sum_of_squares, benchmark::DoNotOptimize(sum_of_squares(rows * cols, x)); (void)out);
RECUR_BENCH_ROWS(fill_uniform, fill_uniform(1, 2, 3, 4, rows * cols, out); (void)x);
RECUR_BENCH_ROWS(fill_normal, fill_normal(1, 2, 3, 4, rows * cols, out); (void)x);

}  // namespace
}  // namespace recur::exec

int main(int argc, char** argv) {
  omp_set_num_threads(1);
  benchmark::AddCustomContext("simd", recur::exec::simd_target());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
