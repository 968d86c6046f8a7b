#include "recur/exec/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <vector>

#include "kernels.hpp"
#include "recur/error/error.hpp"
#include "recur/ir/adjoint.hpp"
#include "recur/ir/passes.hpp"
#include "recur/random/stream.hpp"

namespace recur::exec {
namespace {

using Clock = std::chrono::steady_clock;

// The recorded form keeps what a primitive does not promise (the same bits whatever a sequence's neighbours, no allocation while
// running), and two measurements of the same thing differ by a few percent: the primitive has to win clearly.
constexpr double kAdvantage = 1.05;

bool has_lowering(const ir::Program& program) {
  return std::any_of(program.nodes.begin(), program.nodes.end(), [](const ir::Node& node) { return node.lowering != nullptr; });
}

// Raised whenever kernels or passes have become faster, so that what older builds found out is measured again.
constexpr std::string_view kGeneration = "1";

// FNV-1a of the program's listing and of what its speed depends on.
std::string fingerprint(const ir::Program& program, bool training) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : fmt::format("{}{}{}", ir::print(program), simd_target(), kGeneration)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{}-{:016x}", training ? "train" : "infer", hash);
}

// Small numbers in every input: whole numbers stand for indices and lengths as well.
void fill_inputs(const ir::Program& program, Native& native, std::vector<std::vector<float>>& weights) {
  Stream stream(0x7265637572);
  for (const ir::ValueId id : program.inputs) {
    const ir::Shape& shape = program.shape(id);
    size_t size = 1;
    for (const int64_t dim : shape) size *= static_cast<size_t>(dim);
    std::vector<float>& values = weights.emplace_back(size);
    for (float& value : values) value = static_cast<float>(stream.uniform(0, 0.1));
    native.bind_input(program.producer(id).name, values.data());
  }
}

// Seconds of one run as training sees it: with weights that are new each time. The least of a few runs, because whatever else
// the machine does only ever makes a run longer.
double seconds_a_run(const ir::Program& program, Native& native, bool training) {
  std::vector<std::vector<float>> inputs;
  fill_inputs(program, native, inputs);
  native.run();
  double best = 1e9, total = 0;
  for (int i = 0; i < 100 && (i < 3 || total < 0.01); ++i) {
    if (training) native.weights_changed();
    const auto begin = Clock::now();
    native.run();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    best = std::min(best, seconds);
    total += seconds;
  }
  return best;
}

// What to differentiate, and by what.
struct Gradient {
  size_t loss;
  std::vector<std::string> by;
};

ir::Program prepare(const ir::Program& bound, Path path, const Gradient* gradient) {
  ir::Program program = ir::clone(bound);
  if (path == Path::kLowered) program = ir::lower(std::move(program), gradient != nullptr);
  if (gradient != nullptr) program = ir::differentiate(program, gradient->loss, gradient->by);
  return ir::optimize(std::move(program));
}

Engine compile(const ir::Program& bound, const Gradient* gradient, const std::vector<std::string>& parameters, PathMemory& memory,
               PathChoice choice) {
  const NativeOptions options{{parameters.begin(), parameters.end()}};
  if (!has_lowering(bound)) choice = Path::kRecorded;
  if (!choice) {
    choice = memory.decide(fingerprint(bound, gradient != nullptr), [&] {
      double seconds[2];
      for (const Path path : {Path::kRecorded, Path::kLowered}) {
        const ir::Program program = prepare(bound, path, gradient);
        Native native(program, options);
        seconds[static_cast<int>(path)] = seconds_a_run(program, native, gradient != nullptr);
      }
      return seconds[0] <= kAdvantage * seconds[1] ? Path::kRecorded : Path::kLowered;
    });
  }
  return {Native(prepare(bound, *choice, gradient), options), *choice};
}

}  // namespace

std::string_view to_string(Path path) { return path == Path::kRecorded ? "recorded" : "lowered"; }

PathMemory::PathMemory(std::filesystem::path file) : file_(std::move(file)) {
  std::ifstream in(file_);
  std::string key, path;
  while (in >> key >> path) decisions_[key] = path == "lowered" ? Path::kLowered : Path::kRecorded;
}

Path PathMemory::decide(const std::string& key, const std::function<Path()>& measure) {
  const std::lock_guard lock(mutex_);
  if (const auto found = decisions_.find(key); found != decisions_.end()) return found->second;
  const Path path = decisions_[key] = measure();
  if (file_.empty()) return path;
  // Another process may have written meanwhile; losing one of its decisions costs a measurement, no more.
  std::error_code ignored;
  std::filesystem::create_directories(file_.parent_path(), ignored);
  std::filesystem::path fresh = file_;
  fresh += fmt::format(".{:x}.tmp", reinterpret_cast<uintptr_t>(this));
  {
    std::ofstream out(fresh);
    for (const auto& [name, decision] : decisions_) out << name << ' ' << to_string(decision) << '\n';
  }
  std::filesystem::rename(fresh, file_, ignored);
  return path;
}

std::map<std::string, Path> PathMemory::decisions() const {
  const std::lock_guard lock(mutex_);
  return decisions_;
}

Engine compile_training(const ir::Program& bound, size_t loss, const std::vector<std::string>& parameters, PathMemory& memory,
                        PathChoice choice, const std::vector<std::string>& further_inputs) {
  Gradient gradient{loss, parameters};
  gradient.by.insert(gradient.by.end(), further_inputs.begin(), further_inputs.end());
  return compile(bound, &gradient, parameters, memory, choice);
}

Engine compile_inference(const ir::Program& bound, const std::vector<std::string>& parameters, PathMemory& memory, PathChoice choice) {
  return compile(bound, nullptr, parameters, memory, choice);
}

}  // namespace recur::exec
