// Where the time of a training step of one recurrent layer goes, by kind of instruction and instruction by instruction; one thread.
//
//   build/release/bench/profile CELL T N I H [NAME=VALUE ...] [--list N]
//
// NAME=VALUE: hyper-parameters of the cell. --list: so many of the instructions that take longest (20); 0: all, in their order. The clock
// is read after every instruction, which makes the whole a few percent slower; the head tells the time without that.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "layer.hpp"
#include "recur/error/error.hpp"

namespace recur::bench {
namespace {

// What an instruction is for.
std::string_view purpose_of(const std::string& kind) {
  if (kind == "gemm_packed" || kind == "gemm") return "products";
  if (kind == "batched_gemm") return "products, one a sequence";
  if (kind == "pack") return "packing weights";
  if (kind == "group") return "element-wise groups";
  if (kind == "copy" || kind == "fill") return "layout";
  if (kind == "noise") return "noise";
  if (kind == "primitive" || kind == "primitive_gradient") return "primitives";
  if (kind.starts_with("gather") || kind == "take" || kind == "put" || kind == "scatter_time" || kind == "length_mask") return "indices";
  return "rows: sums, softmax, norms";
}

constexpr double kSeconds = 1;  // measured for

double seconds_since(std::clock_t begin) { return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC; }

// Processor time of the fastest step.
double fastest_step(Layer& layer) {
  double best = 1e9;
  const std::clock_t begin = std::clock();
  while (seconds_since(begin) < kSeconds) {
    const std::clock_t before = std::clock();
    layer.step();
    best = std::min(best, seconds_since(before));
  }
  return best;
}

// The instructions of one step, each at its fastest: whatever else the machine does only ever adds time.
std::vector<exec::InstructionTime> fastest_instructions(Layer& layer) {
  std::vector<exec::InstructionTime> best;
  const std::clock_t begin = std::clock();
  while (seconds_since(begin) < kSeconds) {
    layer.engine.native.start_timing();
    layer.step();
    std::vector<exec::InstructionTime> times = layer.engine.native.instruction_times();
    if (best.empty()) best = times;
    for (size_t i = 0; i < times.size(); ++i) best[i].seconds = std::min(best[i].seconds, times[i].seconds);
  }
  return best;
}

// The text as a whole number, a number or text, whatever the hyper-parameter wants.
plugin::HyperValues hypers_of(const std::vector<std::string>& arguments) {
  plugin::HyperValues hypers;
  for (const std::string& argument : arguments) {
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals), value = argument.substr(equals + 1);
    char* end = nullptr;
    const long long whole = std::strtoll(value.c_str(), &end, 10);
    if (*end == '\0') hypers[name] = static_cast<int64_t>(whole);
    else if (const double number = std::strtod(value.c_str(), &end); *end == '\0') hypers[name] = number;
    else hypers[name] = value;
  }
  return hypers;
}

void run(const std::string& id, const LayerSizes& s, const std::vector<std::string>& hypers, size_t listed) {
  const plugin::CellInstance cell = registry().make(id, s.I, s.H, hypers_of(hypers));
  Layer layer(cell, s, exec::Path::kRecorded);
  layer.step();
  const double step = fastest_step(layer), flops = product_flops_of(cell, s);
  fmt::print("{} T {} N {} I {} H {}: {:.0f} us a step, {:.1f} MFLOP of products, {:.1f} GFLOP/s\n", id, s.T, s.N, s.I, s.H, step * 1e6, flops * 1e-6,
             flops / step * 1e-9);
  std::vector<exec::InstructionTime> times = fastest_instructions(layer);
  double total = 0;
  for (const exec::InstructionTime& time : times) total += time.seconds;
  std::map<std::string, exec::InstructionTime> purposes;
  for (const exec::InstructionTime& time : times) {
    exec::InstructionTime& sum = purposes[std::string(purpose_of(time.kind))];
    sum.runs += time.runs;
    sum.seconds += time.seconds;
    sum.flops += time.flops;
  }
  const auto print = [&](const std::string& what, const exec::InstructionTime& time) {
    fmt::print("{:5.1f} % {:9.1f} us {:8} runs {:>14} {}\n", 100 * time.seconds / total, time.seconds * 1e6, time.runs,
               time.flops > 0 ? fmt::format("{:.1f} GFLOP/s", time.flops / time.seconds * 1e-9) : "", what);
  };
  fmt::print("\nby purpose\n");
  std::vector<std::pair<std::string, exec::InstructionTime>> sorted(purposes.begin(), purposes.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  for (const auto& [purpose, time] : sorted) print(purpose, time);
  fmt::print("\nby instruction{}\n", listed == 0 ? ", in their order" : "");
  if (listed == 0) listed = times.size();
  else std::sort(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  for (size_t i = 0; i < std::min(listed, times.size()); ++i) print((times[i].prologue ? "weights: " : "") + times[i].text, times[i]);
}

}  // namespace
}  // namespace recur::bench

int main(int argc, char** argv) {
  omp_set_num_threads(1);
  std::vector<std::string> words(argv + 1, argv + argc), hypers;
  size_t listed = 20;
  if (words.size() >= 7 && words[words.size() - 2] == "--list") {
    listed = static_cast<size_t>(std::atoll(words.back().c_str()));
    words.resize(words.size() - 2);
  }
  if (words.size() < 5) {
    fmt::print(stderr, "usage: {} CELL T N I H [NAME=VALUE ...] [--list N]\n", argv[0]);
    return 2;
  }
  hypers.assign(words.begin() + 5, words.end());
  try {
    const auto size = [&](size_t i) { return static_cast<int64_t>(std::atoll(words[i].c_str())); };
    recur::bench::run(words[0], {size(1), size(2), size(3), size(4)}, hypers, listed);
  } catch (const recur::UserError& error) {
    for (const std::string& message : error.messages()) fmt::print(stderr, "{}\n", message);
    return 2;
  }
  return 0;
}
