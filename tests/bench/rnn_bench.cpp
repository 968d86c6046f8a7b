// Time of a training step of one recurrent layer (forward, backward, gradients by weights, input and initial states), one thread:
//   chosen     the form that the engine takes
//   recorded   the cell's own equations, compiled
//   lowered    oneDNN's primitive within the program
//   onednn     the primitive called by hand, with the reorders that new weights need
//   two_lstms  for birnn: two LSTM layers on the same input, recorded
//   sgemm      the products' FLOPs in one large dnnl_sgemm
// and of one inference step with carried state. MFLOP: of the program's products (ir::product_flops), in every form the same.
#include <benchmark/benchmark.h>
#include <dnnl.h>
#include <fmt/format.h>
#include <omp.h>

#include <cmath>
#include <map>

#include "layer.hpp"
#include "onednn_rnn.hpp"

namespace recur::bench {
namespace {

constexpr LayerSizes kSizes[] = {{100, 1, 64, 64}, {100, 32, 128, 128}, {50, 64, 256, 256}, {35, 20, 650, 650}, {128, 64, 512, 512}, {100, 64, 1024, 1024}};

struct Variant {
  std::string name, cell;
  plugin::HyperValues hypers;
  std::string primitive;  // "" where oneDNN has none
  int64_t gates = 0;      // of the primitive
  std::vector<LayerSizes> sizes{std::begin(kSizes), std::end(kSizes)};
};
const std::vector<Variant>& variants() {
  static const std::vector<Variant> all{{"vanilla", "vanilla", {}, "rnn_tanh", 1},
                                        {"lstm", "lstm", {}, "lstm", 4},
                                        {"gru", "gru", {{"reset", std::string("after")}}, "lbr_gru", 3},
                                        {"gru_before", "gru", {{"reset", std::string("before")}}, "gru", 3},
                                        {"mgu", "mgu", {}, ""},
                                        {"birnn(lstm)", "birnn", {}, "", 0, {{100, 32, 128, 128}, {50, 64, 256, 256}}},
                                        {"vrnn", "vrnn", {}, "", 0, {{100, 32, 64, 128}}},
                                        {"vrnn_large", "vrnn", {{"latent", int64_t{64}}, {"features", int64_t{256}}}, "", 0, {{50, 64, 256, 256}}},
                                        {"ntm", "ntm", {}, "", 0, {{20, 32, 10, 100}, {40, 32, 64, 256}}},
                                        {"hmlstm", "hmlstm", {}, "", 0, {{100, 32, 64, 128}, {50, 64, 256, 256}}}};
  return all;
}

double product_flops(const Variant& v, const LayerSizes& s) {
  static std::map<std::string, double> known;
  const auto [at, fresh] = known.emplace(fmt::format("{}/{}/{}/{}/{}", v.name, s.T, s.N, s.I, s.H), 0);
  if (fresh) at->second = product_flops_of(registry().make(v.cell, s.I, s.H, v.hypers), s);
  return at->second;
}

void report(benchmark::State& state, const Variant& v, const LayerSizes& s) { state.counters["MFLOP"] = product_flops(v, s) * 1e-6; }

void training_step(benchmark::State& state, const Variant& v, const LayerSizes& s, exec::PathChoice choice) {
  Layer layer(registry().make(v.cell, s.I, s.H, v.hypers), s, choice);
  for (auto _ : state) layer.step();
  state.SetLabel(std::string(exec::to_string(layer.engine.path)));
  report(state, v, s);
}

void two_lstms(benchmark::State& state, const Variant& v, const LayerSizes& s) {
  Layer one(registry().make("lstm", s.I, s.H), s, exec::Path::kRecorded), other(registry().make("lstm", s.I, s.H), s, exec::Path::kRecorded);
  for (auto _ : state) {
    one.step();
    other.step();
  }
  report(state, v, s);
}

void by_hand(benchmark::State& state, const Variant& v, const LayerSizes& s) {
  const ir::Primitive primitive{v.primitive, s.I, s.H, true, false};
  exec::OnednnRnn rnn(primitive, s.T, s.N);
  const auto size = [](int64_t n) { return static_cast<size_t>(n); };
  const int64_t biases = v.primitive == "lbr_gru" ? 4 : v.gates;
  const double range = 1 / std::sqrt(static_cast<double>(s.H));
  std::vector<float> x = draw(size(s.T * s.N * s.I), 1, 1), W = draw(size(s.I * v.gates * s.H), range, 2), U = draw(size(s.H * v.gates * s.H), range, 3);
  std::vector<float> b = draw(size(biases * s.H), range, 4), h0 = draw(size(s.N * s.H), range, 5), c0 = h0, dy = draw(size(s.T * s.N * s.H), 1, 6);
  std::vector<float> y(dy.size()), hT(h0.size()), cT(h0.size()), zero(h0.size()), dx(x.size()), dW(W.size()), dU(U.size()), db(b.size()), dh(h0.size()), dc(h0.size());
  std::vector<float> workspace(rnn.workspace_floats() + 16), scratch(rnn.scratch_floats() + 16);
  const auto aligned = [](std::vector<float>& v16) { return v16.data() + (16 - reinterpret_cast<uintptr_t>(v16.data()) / 4 % 16) % 16; };
  const bool lstm = v.primitive == "lstm";
  const exec::RnnInputs in{x.data(), W.data(), U.data(), b.data(), h0.data(), lstm ? c0.data() : nullptr};
  const exec::RnnOutputs out{y.data(), hT.data(), lstm ? cT.data() : nullptr, aligned(workspace)};
  for (auto _ : state) {
    rnn.weights_changed();
    rnn.forward(in, out, aligned(scratch));
    rnn.backward(in, out, {dy.data(), zero.data(), lstm ? zero.data() : nullptr}, {dx.data(), dW.data(), dU.data(), db.data(), dh.data(), lstm ? dc.data() : nullptr}, aligned(scratch));
  }
  report(state, v, s);
}

void large_product(benchmark::State& state, const Variant& v, const LayerSizes& s) {
  constexpr int64_t kSide = 768;
  const int64_t k = std::max<int64_t>(1, static_cast<int64_t>(product_flops(v, s) / (2.0 * kSide * kSide)));
  std::vector<float> a = draw(static_cast<size_t>(kSide * k), 1, 1), b = draw(static_cast<size_t>(kSide * k), 1, 2), c(kSide * kSide);
  for (auto _ : state) dnnl_sgemm('N', 'N', kSide, kSide, k, 1, a.data(), k, b.data(), kSide, 0, c.data(), kSide);
  report(state, v, s);
}

void inference_step(benchmark::State& state, const Variant& v, int64_t hidden) {
  const LayerSizes s{1, 1, hidden, hidden};
  const plugin::CellInstance cell = registry().make(v.cell, s.I, s.H, v.hypers);
  const LayerProgram layer = layer_program(cell, s, false, RECUR_GENERATE);
  exec::PathMemory memory;
  exec::Engine engine = exec::compile_inference(layer.program, layer.weights, memory);
  std::map<std::string, std::vector<float>> inputs;
  for (const ir::ValueId id : layer.program.inputs) {
    const std::string& name = layer.program.producer(id).name;
    size_t size = 1;
    for (const int64_t dim : layer.program.shape(id)) size *= static_cast<size_t>(dim);
    inputs[name] = draw(size, 1 / std::sqrt(static_cast<double>(hidden)), 1);
    engine.native.bind_input(name, inputs[name].data());
  }
  std::vector<std::pair<std::vector<float>*, std::span<const float>>> carried;
  for (const plugin::StateInfo& info : cell.states()) carried.emplace_back(&inputs["initial/" + info.name], engine.native.output("final/" + info.name));
  for (auto _ : state) {
    engine.native.run();
    for (auto& [to, from] : carried) std::copy(from.begin(), from.end(), to->begin());
  }
  state.SetLabel(std::string(exec::to_string(engine.path)));
}

void add(const std::string& name, const std::function<void(benchmark::State&)>& run) {
  benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMicrosecond)->MeasureProcessCPUTime()->UseRealTime();
}

void register_all() {
  for (const Variant& v : variants()) {
    for (const LayerSizes& s : v.sizes) {
      const auto name = [&](const char* form) { return fmt::format("training_step/{}/{}/T:{}/N:{}/I:{}/H:{}", v.name, form, s.T, s.N, s.I, s.H); };
      add(name("chosen"), [&v, s](benchmark::State& state) { training_step(state, v, s, {}); });
      add(name("recorded"), [&v, s](benchmark::State& state) { training_step(state, v, s, exec::Path::kRecorded); });
      if (!v.primitive.empty()) {
        add(name("lowered"), [&v, s](benchmark::State& state) { training_step(state, v, s, exec::Path::kLowered); });
        add(name("onednn"), [&v, s](benchmark::State& state) { by_hand(state, v, s); });
      }
      if (v.cell == "birnn") add(name("two_lstms"), [&v, s](benchmark::State& state) { two_lstms(state, v, s); });
      add(name("sgemm"), [&v, s](benchmark::State& state) { large_product(state, v, s); });
    }
  }
  for (const Variant& v : variants())
    if (v.cell != "birnn") add(fmt::format("inference_step/{}/H:128", v.name), [&v](benchmark::State& state) { inference_step(state, v, 128); });
}

}  // namespace
}  // namespace recur::bench

int main(int argc, char** argv) {
  omp_set_num_threads(1);
  recur::bench::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
